import assert from "node:assert/strict";
import {
  type Clip,
  disposeClip,
  randomClip,
  smallConfig,
  writeSafetensors,
} from "../../lib/clip/mod.ts";
import { drawnShapes, drawShapes } from "../../lib/datasets/mod.ts";
import { readCheckpoint, writeCheckpoint } from "../../lib/engine/checkpoint.ts";
import {
  type Checkpoint,
  checkpointFile,
  disposeState,
  type EpochRecord,
  evaluate,
  fit,
  type Images,
  openImages,
  type Snapshot,
} from "../../lib/engine/mod.ts";
import {
  defineMethod,
  type Method,
  method,
  minimise,
  resolveSettings,
  trained,
} from "../../lib/methods/mod.ts";
import { coopPrompting } from "../../lib/methods/coop.ts";
import { adam } from "../../lib/optim/mod.ts";
import { streams } from "../../lib/random/mod.ts";
import { memory, readSync, useBackend } from "../../lib/tensor/mod.ts";

const root = await Deno.makeTempDir();
const drawn = drawShapes(root);

class Killed extends Error {}

interface Setting {
  method: string | Method;
  settings?: Record<string, unknown>;
  views?: number;
  epochs?: number;
}

interface At {
  clip: Clip;
  images: Images;
}

async function lab(use: (at: At) => Promise<void>): Promise<void> {
  await useBackend("wasm");
  await drawn;
  const clip = randomClip(smallConfig, 3);
  using images = openImages(clip, { workers: 0 });
  await use({ clip, images });
  disposeClip(clip);
}

/** Trains a few steps, as a process of its own would: learner and streams are new. */
async function train(
  { method: name, settings: own = {}, views, epochs = 2 }: Setting,
  { clip, images }: At,
  checkpoint?: Checkpoint,
) {
  const data = await drawnShapes.load(root);
  const chosen = typeof name === "string" ? method(name) : name;
  const task = { clip, classNames: data.classNames, template: data.template };
  const learner = chosen.learner(
    task,
    resolveSettings(chosen, { ...own, ..."textDepth" in chosen.settings ? shallow : {} }),
  );
  const records: EpochRecord[] = [];
  const state = await fit(learner, {
    items: data.train.filter((_, i) => i % 20 === 0).slice(0, 8),
    validation: data.val.filter((_, i) => i % 12 === 0),
    needs: chosen.needs,
    training: { epochs, batchSize: 4, rate: 0.01, warmupEpochs: 1, warmupRate: 1e-3 },
    images,
    random: streams(5),
    views,
    onEpoch: (epoch) => records.push({ ...epoch, seconds: 0 }),
    checkpoint,
  });
  const { predictions } = await evaluate(learner, state.params, data.test.slice(0, 24), {
    needs: chosen.needs,
    images,
  });
  const params = Object.entries(state.params).map(([key, x]) => [key, readSync(x).slice()]);
  disposeState(state);
  learner.dispose();
  return { params, predictions, records };
}

const shallow = { textDepth: 2, imageDepth: 2 };

/** Writes every snapshot, and is killed after `lives` of them. */
function mortal(path: string, lives: number): Checkpoint {
  const file = checkpointFile(path, "this", (line) => assert.fail(line));
  return {
    load: file.load,
    async offer(snapshot: Snapshot) {
      await writeCheckpoint(path, "this", snapshot);
      if (--lives === 0) throw new Killed();
    },
  };
}

/** CoOp by Adam. */
const byAdam = defineMethod({
  ...coopPrompting,
  name: "coop-by-adam",
  learner(task, own) {
    const by = coopPrompting.student(task, own);
    const rule = minimise((params, batch) => by.answer(params, batch));
    return trained(by, rule, adam({ decay: 5e-4 }));
  },
}) as unknown as Method;

const settings: (Setting & { what: string })[] = [
  { what: "CoOp", method: "coop", settings: { contextLength: 4 } },
  { what: "CoOp on fixed views", method: "coop", settings: { contextLength: 4 }, views: 2 },
  { what: "a method by Adam", method: byAdam, settings: { contextLength: 4 } },
  { what: "ProGrad", method: "prograd", settings: { contextLength: 4 } },
  { what: "CoCoOp", method: "cocoop" },
  { what: "VPT", method: "vpt", settings: { depth: 2 } },
  { what: "ProMetaR, which draws tasks and mixes", method: "prometar" },
  { what: "PromptSRC, which averages over epochs", method: "promptsrc" },
  {
    what: "early stopping",
    method: "coop",
    settings: { contextLength: 4, patience: 2 },
    epochs: 5,
  },
];

for (const { what, ...setting } of settings) {
  Deno.test(`killed between any steps, ${what} ends as if it had not been`, async () => {
    await lab(async (at) => {
      const whole = await train(setting, at);
      const path = `${await Deno.makeTempDir()}/one.safetensors`;
      let kills = 0;
      // Lives of 1, 2, 1, 2 … steps: kills in the middle of epochs and at their ends.
      for (let lives = 1;; lives = 3 - lives) {
        try {
          assert.deepEqual(await train(setting, at, mortal(path, lives)), whole);
          break;
        } catch (error) {
          if (!(error instanceof Killed)) throw error;
          kills++;
        }
      }
      assert.ok(kills >= 2, `${kills} kills`);
    });
  });
}

Deno.test("a checkpoint that is truncated, altered or another cell's is not used, and that is said", async () => {
  await lab(async (at) => {
    const setting = { method: "coop", settings: { contextLength: 4 } };
    const path = `${await Deno.makeTempDir()}/one.safetensors`;
    await assert.rejects(train(setting, at, mortal(path, 1)), Killed);
    const bytes = await Deno.readFile(path);
    const before = memory().tensors;
    const refused = async (fit = "this") => {
      const said: string[] = [];
      assert.equal(await checkpointFile(path, fit, (line) => said.push(line)).load(), undefined);
      assert.equal(said.length, 1);
      assert.match(said[0]!, /^The checkpoint cannot be used, so the cell starts again: /);
    };
    await refused("another");
    for (const at of [0.1, 0.5, 0.9, 0.999].map((part) => Math.floor(part * bytes.length))) {
      await Deno.writeFile(path, bytes.subarray(0, at));
      await refused();
      const altered = bytes.slice();
      altered[at]! ^= 1;
      await Deno.writeFile(path, altered);
      await refused();
    }
    assert.equal(memory().tensors, before);
    await Deno.writeFile(path, bytes);
    disposeState((await readCheckpoint(path, "this")).state);
    assert.equal(memory().tensors, before);
  });
});

Deno.test("a checkpoint of the format before optimisers were values is told apart", async () => {
  await useBackend("wasm");
  const path = `${await Deno.makeTempDir()}/old.safetensors`;
  const tensors = {
    "last/params/text.0": { shape: [1], data: Float32Array.of(1) },
    "last/momentum/text.0": { shape: [1], data: Float32Array.of(2) },
  };
  await writeSafetensors(path, tensors, { metadata: { fit: "this", at: "{}", sha256: "" } });
  const said: string[] = [];
  assert.equal(await checkpointFile(path, "this", (line) => said.push(line)).load(), undefined);
  assert.match(said[0]!, /starts again: .*old\.safetensors is of another version of the format\.$/);
});
