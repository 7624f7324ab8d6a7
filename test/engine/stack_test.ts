/** Trainings whose steps are computed together come to what each comes to alone, and none waits for one that is gone. */

import assert from "node:assert/strict";
import { disposeClip, randomClip, smallConfig } from "../../lib/clip/mod.ts";
import {
  disposeState,
  type EpochRecord,
  fit,
  type FitOptions,
  type Images,
  type Snapshot,
  type StackPlace,
  stackTrainings,
} from "../../lib/engine/mod.ts";
import { type Learner, method, resolveSettings } from "../../lib/methods/mod.ts";
import { streams } from "../../lib/random/mod.ts";
import { type BackendName, memory, readSync, useBackend } from "../../lib/tensor/mod.ts";
import { onNative } from "../native.ts";
import { relative } from "../relative.ts";

const classNames = ["a cat", "dog", "grey owl", "sea horse"];

/** Features that tell the classes apart a little, without any pictures. */
function imagesOf(seed: number): Images {
  const clip = randomClip(smallConfig, seed);
  const { embedDim } = clip.config;
  const feature = (path: string, i: number) =>
    Math.sin(Number(path) * 1.7 + i * (1 + Number(path) % 4));
  const images: Pick<Images, "clip" | "features"> = {
    clip,
    features: (jobs) =>
      Promise.resolve(Float32Array.from(
        { length: jobs.length * embedDim },
        (_, at) => feature(jobs[Math.floor(at / embedDim)]!.path, at % embedDim),
      )),
  };
  return images as Images;
}

const itemsFrom = (first: number, count: number) =>
  Array.from({ length: count }, (_, i) => {
    const label = (first + i) % 4;
    return { path: `${first + i}`, label, className: classNames[label]! };
  });

interface Member {
  name: string;
  settings?: Record<string, unknown>;
  seed: number;
  epochs?: number;
  more?: Partial<FitOptions>;
  around?: (learner: Learner) => Learner;
}

/** A training, alone or at its place; what it learned and what was told of its epochs. */
async function trainedAt(
  { name, settings = {}, seed, epochs = 3, more = {}, around = (x) => x }: Member,
  images: Images,
  place?: StackPlace,
) {
  const by = method(name);
  const task = { clip: images.clip, classNames, template: "a photo of a {}." };
  const learner = by.learner(task, resolveSettings(by, { contextLength: 4, ...settings }));
  const told: EpochRecord[] = [];
  try {
    const state = await fit(around(learner), {
      items: itemsFrom(0, 16),
      validation: itemsFrom(40, 8),
      needs: by.needs,
      training: { epochs, batchSize: 4, rate: 0.01, warmupEpochs: 1, warmupRate: 1e-3 },
      images,
      random: streams(seed),
      views: 2,
      onEpoch: (epoch) => told.push(epoch),
      place,
      ...more,
    });
    const context = readSync(state.params["text.0"]!).slice();
    disposeState(state);
    return { context, told };
  } finally {
    learner.dispose();
  }
}

/** Every member alone, and all of them together. */
async function bothWays(members: Member[], images: Images) {
  const alone = [];
  for (const member of members) alone.push(await trainedAt(member, images));
  const places = stackTrainings(members.length);
  const together = await Promise.all(
    members.map((member, i) => trainedAt(member, images, places[i])),
  );
  return { alone, together, stacked: places.map(({ stacked }) => stacked) };
}

function assertAlike(
  { alone, together }: Pick<Awaited<ReturnType<typeof bothWays>>, "alone" | "together">,
  within: number,
) {
  for (const [i, one] of alone.entries()) {
    const other = together[i]!;
    assert.ok(
      relative(other.context, one.context) <= within,
      `member ${i}: ${relative(other.context, one.context)}`,
    );
    assert.deepEqual(
      other.told.map(({ accuracy }) => accuracy),
      one.told.map(({ accuracy }) => accuracy),
    );
    for (const [epoch, { loss }] of one.told.entries()) {
      assert.ok(Math.abs(other.told[epoch]!.loss - loss) <= 1e-5 * Math.abs(loss));
    }
  }
}

const sweep: Member[] = [
  { name: "coop", seed: 1 },
  { name: "coop", seed: 2, settings: { labelSmoothing: 0.1, mixupAlpha: 0.2 } },
  { name: "prograd", seed: 1, settings: { init: "random", lambda: 1 } },
  { name: "prograd", seed: 1, settings: { init: "random", lambda: 0.3 } },
  { name: "kgcoop", seed: 3, settings: { weight: 4 } },
];

async function withImages(backend: BackendName, use: (images: Images) => Promise<void>) {
  await useBackend(backend);
  const images = imagesOf(3);
  await use(images);
  disposeClip(images.clip);
}

Deno.test("seeds, λ and methods in one stack learn what each learns alone", () =>
  withImages("wasm", async (images) => {
    for (const member of sweep) await trainedAt({ ...member, epochs: 1 }, images);
    const before = memory().tensors; // with what the CLIP keeps of its own
    const ends = await bothWays(sweep, images);
    assert.deepEqual(ends.stacked, [5, 5, 5, 5, 5]);
    assertAlike(ends, 1e-6);
    const contexts = ends.together.map(({ context }) => context.join());
    assert.equal(new Set(contexts).size, sweep.length, "each its own");
    assert.equal(memory().tensors, before, "tensors leak");
  }));

onNative("and on the native backend", () =>
  withImages("native", async (images) => {
    const ends = await bothWays(sweep, images);
    assert.deepEqual(ends.stacked, [5, 5, 5, 5, 5]);
    assertAlike(ends, 1e-6);
  }));

Deno.test("class-specific contexts and middle class names share a pass with their like, and with no other", () =>
  withImages("wasm", async (images) => {
    const settings = { classSpecific: true, classTokenPosition: "middle" };
    const ends = await bothWays([
      { name: "coop", seed: 1, settings },
      { name: "coop", seed: 2, settings },
      { name: "coop", seed: 2, settings: { classTokenPosition: "middle" } },
      { name: "coop", seed: 2, settings: { contextLength: 3 } },
    ], images);
    assert.deepEqual(ends.stacked, [2, 2, 1, 1]);
    assertAlike(ends, 1e-6);
    assert.deepEqual(ends.together[2], { ...ends.alone[2], told: ends.together[2]!.told });
  }));

Deno.test("what can't share a pass goes on at its own step, to the same bits", () =>
  withImages("wasm", async (images) => {
    const ends = await bothWays([
      { name: "coop", seed: 1 },
      { name: "coop", seed: 2, settings: { dropout: 0.2 } },
      { name: "cocoop", seed: 1, epochs: 1 },
      { name: "coop", seed: 3 },
    ], images);
    assert.deepEqual(ends.stacked, [2, 1, 1, 2]);
    assertAlike(ends, 1e-6);
    for (const i of [1, 2]) assert.deepEqual(ends.together[i]!.context, ends.alone[i]!.context);
  }));

Deno.test("one that stops early, and one of fewer epochs, leave; the others go on", () =>
  withImages("wasm", async (images) => {
    const ends = await bothWays([
      { name: "coop", seed: 1, epochs: 5 },
      { name: "coop", seed: 2, epochs: 5, settings: { patience: 1 } },
      { name: "coop", seed: 3, epochs: 2 },
    ], images);
    const epochs = ends.alone.map(({ told }) => told.length);
    assert.ok(epochs[1]! < 5, "it stops early");
    assert.deepEqual(ends.together.map(({ told }) => told.length), epochs);
    assertAlike(ends, 1e-6);
  }));

Deno.test("the number of tensors stays the same from step to step", () =>
  withImages("wasm", async (images) => {
    const counts: number[] = [];
    const places = stackTrainings(2);
    const onStep = () => void counts.push(memory().tensors);
    await Promise.all(
      [1, 2].map((seed) =>
        trainedAt(
          { name: "prograd", seed, settings: { init: "random" }, more: { onStep } },
          images,
          places[seed - 1],
        )
      ),
    );
    // Of each two, one is told while the other still has what its step made.
    const pairs = counts.filter((_, i) => i % 2 === 1).slice(1);
    assert.deepEqual(pairs, pairs.map(() => pairs[0]));
    assert.equal(pairs.length, 11);
  }));

Deno.test("one goes on from a checkpoint in the midst of others that begin", () =>
  withImages("wasm", async (images) => {
    const members: Member[] = [{ name: "coop", seed: 1 }, { name: "coop", seed: 2 }];
    const alone = [];
    for (const member of members) alone.push(await trainedAt(member, images));
    let last: Snapshot | undefined;
    class Killed extends Error {}
    const offer = (snapshot: Snapshot) => {
      if (snapshot.epoch < 1 || snapshot.step < 2) return Promise.resolve();
      last = structuredClone({ ...snapshot, state: undefined }) as unknown as Snapshot;
      last.state = snapshot.state;
      throw new Killed();
    };
    const load = () => Promise.resolve(last);
    const killed = { ...members[1]!, more: { checkpoint: { load, offer } } };
    await assert.rejects(trainedAt(killed, images), Killed);
    assert.deepEqual([last!.epoch, last!.step], [1, 2]);
    const resumed = {
      ...members[1]!,
      more: { checkpoint: { load, offer: () => Promise.resolve() } },
    };
    const places = stackTrainings(2);
    const together = await Promise.all([
      trainedAt(members[0]!, images, places[0]),
      trainedAt(resumed, images, places[1]),
    ]);
    assert.deepEqual(places.map(({ stacked }) => stacked), [2, 2]);
    assertAlike({ alone, together }, 1e-6);
  }));

Deno.test("one whose loss fails, one that diverges and one that is killed end alone", () =>
  withImages("wasm", async (images) => {
    const well: Member[] = [{ name: "coop", seed: 1 }, {
      name: "prograd",
      seed: 2,
      settings: { init: "random" },
    }];
    const alone = [];
    for (const member of well) alone.push(await trainedAt(member, images));
    let steps = 0;
    const failing = (learner: Learner): Learner => {
      const { objective, ...parts } = learner.step!.parts!;
      const losses: typeof objective.losses = (...given) => {
        if (++steps > 3) throw new RangeError("a bad loss");
        return objective.losses(...given);
      };
      const step: Learner["step"] = (...given) => {
        if (steps > 3) throw new RangeError("a bad loss");
        return learner.step!(...given);
      };
      return {
        ...learner,
        step: Object.assign(step, { parts: { ...parts, objective: { ...objective, losses } } }),
      };
    };
    const diverging = { epochs: 3, batchSize: 4, rate: 1e38, warmupEpochs: 0, warmupRate: 0 };
    const killing = {
      load: () => Promise.resolve(undefined),
      offer: () => Promise.reject(new Error("enough")),
    };
    const members: Member[] = [
      { name: "coop", seed: 5, around: failing },
      { name: "coop", seed: 6, more: { training: diverging } },
      { name: "coop", seed: 7, more: { checkpoint: killing } },
      ...well,
    ];
    const places = stackTrainings(members.length + 1);
    const ends = Promise.allSettled(
      members.map((member, i) => trainedAt(member, images, places[i])),
    );
    places.at(-1)!.leave(); // nobody came
    places.at(-1)!.leave();
    const [failed, diverged, killed, ...rest] = await ends;
    const why = (end: typeof failed) =>
      end?.status === "rejected" ? `${end.reason}` : "it ended well";
    assert.match(why(failed), /RangeError: a bad loss/);
    assert.match(why(diverged), /the training loss is NaN/);
    assert.match(why(killed), /enough/);
    assert.deepEqual(places.map(({ stacked }) => stacked), [5, 5, 5, 5, 5, 0]);
    const together = rest.map((end) => {
      if (end.status === "rejected") throw end.reason;
      return end.value;
    });
    assertAlike({ alone, together }, 1e-6);
  }));

Deno.test("a method that takes no steps leaves its place, and so does a fit that is told nonsense", () =>
  withImages("wasm", async (images) => {
    const places = stackTrainings(3);
    const [one, two] = await Promise.allSettled([
      trainedAt({ name: "coop", seed: 1 }, images, places[0]),
      trainedAt({ name: "coop", seed: 1, more: { items: [] } }, images, places[1]),
      fit(
        { init: () => ({}), dispose: () => {} } as unknown as Learner,
        {
          ...{ items: [], images, random: streams(1), place: places[2] },
          needs: { pixels: false, features: true },
          training: { epochs: 1, batchSize: 1, rate: 1, warmupEpochs: 0, warmupRate: 0 },
        },
      ),
    ]);
    assert.equal(one.status, "fulfilled");
    assert.equal(two.status, "rejected");
    assert.equal(places[0]!.stacked, 1);
  }));
