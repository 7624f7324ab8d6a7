/** What a method is told becomes settings, training and deviations in one way, for `train`, studies and cells alike. */

import assert from "node:assert/strict";
import { resolveStudy } from "../../lib/analysis/mod.ts";
import { disposeClip, randomClip, smallConfig } from "../../lib/clip/mod.ts";
import { drawnShapes, drawShapes, fewShot } from "../../lib/datasets/mod.ts";
import { train } from "../../lib/engine/mod.ts";
import { method, presetOf, prograd, resolve, resolveSettings } from "../../lib/methods/mod.ts";
import { draftCells, planner } from "../../lib/protocols/mod.ts";
import { useBackend } from "../../lib/tensor/mod.ts";

const at = { dataset: "own", shots: 16, config: smallConfig };

async function given() {
  await useBackend("wasm");
  const root = await Deno.makeTempDir();
  await drawShapes(root);
  const loaded = await drawnShapes.load(root);
  return { loaded, data: fewShot(loaded, 1, 1), clip: randomClip(smallConfig, 1) };
}

Deno.test("train, a study and a cell resolve the same words to the same settings and deviations", async () => {
  const { loaded, data, clip } = await given();
  const told = { settings: { textDepth: 2 }, training: { epochs: 1, batchSize: 2 } };
  const study = resolveStudy("promptsrc", { clip, dataset: data, ...told });
  const [draft] = draftCells([{
    ...{ id: "a/b", title: "", about: "", clip: "random", protocol: "few-shot" },
    entries: [{ method: "promptsrc", ...told }],
    ...{ datasets: [loaded.name], shots: [1], seeds: [1] },
  }]);
  const planned = planner({ config: clip.config, datasets: new Map([[loaded.name, loaded]]) })(
    draft!,
  );
  const paper = presetOf(method("promptsrc"));
  const deviations = [
    ...paper.deviations,
    "imageDepth 3 instead of 9: this CLIP has no more layers",
    "textDepth 2 instead of 9",
    "epochs 1 instead of 20",
    "batchSize 2 instead of 4",
  ];
  assert.ok(paper.deviations.length > 0);
  assert.deepEqual(study.deviations, deviations);
  assert.deepEqual(planned.deviations, deviations);
  assert.deepEqual(planned.settings, study.settings);
  assert.deepEqual(planned.training, study.training);
  assert.deepEqual(study.overrides, ["textDepth", "imageDepth", "epochs", "batchSize"]);

  const few = { ...data, train: data.train.slice(0, 2) };
  using trained = await train("promptsrc", clip, few, told);
  assert.deepEqual(trained.deviations, deviations);
  assert.deepEqual(trained.settings, study.settings);
  disposeClip(clip);
});

Deno.test("a setting that counts layers is lowered to what the CLIP has, unless it is told", () => {
  const lowered = resolve(method("maple"), at);
  assert.equal(lowered.settings.depth, 3);
  const paper = presetOf(method("maple")).deviations;
  const lower = "depth 3 instead of 9: this CLIP has no more layers";
  assert.deepEqual(lowered.deviations, [...paper, lower]);
  const told = resolve(method("maple"), at, { settings: { depth: 3 } });
  assert.deepEqual(told.deviations, [...paper, "depth 3 instead of 9"]);
});

Deno.test("what train is told at the wrong level, or by a wrong name, or out of range, is refused with what was meant", async () => {
  const { data, clip } = await given();
  // deno-lint-ignore no-explicit-any -- what a script without types may say
  const refused = (options: any, message: RegExp) =>
    assert.rejects(train("prograd", clip, data, options), { name: "UserError", message });
  await refused(
    { epochs: 2 },
    /^train has no option epochs: it is part of the training: \{ training: \{ epochs: … \} \}$/,
  );
  await refused({ lambda: 0.5 }, /it is a setting of prograd: \{ settings: \{ lambda: … \} \}$/);
  await refused({ seeds: 2 }, /^train has no option seeds: did you mean seed\?$/);
  await refused({ epoch: 2 }, /did you mean \{ training: \{ epochs: … \} \}\?$/);
  await refused({ seed: -1 }, /^train's option seed is -1; give a whole number of at least 0$/);
  await refused({ views: 0 }, /^train's option views is 0; give a whole number of at least 1$/);
  await refused({ training: { epoch: 5 } }, /^a training has no epoch: did you mean epochs\?$/);
  await refused(
    { training: { epochs: -1 } },
    /^epochs of the training is -1; give a whole number of at least 0$/,
  );
  await refused({ training: { rate: NaN } }, /^rate of the training is /);
  await refused(
    { settings: { lamda: 0.5 } },
    /^prograd has no setting lamda: did you mean lambda\?$/,
  );
  await refused(
    { settings: { lambda: 2 } },
    /^prograd's setting lambda is 2; give a number from 0 to 1$/,
  );
  await refused({ preset: "papre" }, /did you mean paper\?$/);
  disposeClip(clip);
});

Deno.test("settings of train are the method's own: a wrong name is a type error", () => {
  // Never called: what matters is that it type-checks, and that what shall not does not.
  async function _typed(clip: Parameters<typeof train>[1], data: Parameters<typeof train>[2]) {
    await train(prograd, clip, data, { settings: { lambda: 0.5 } });
    await train("prograd", clip, data, { settings: { lambda: 0.5 } });
    // @ts-expect-error lamda is no setting of ProGrad's
    await train(prograd, clip, data, { settings: { lamda: 0.5 } });
    // @ts-expect-error nor by its name
    await train("prograd", clip, data, { settings: { lamda: 0.5 } });
    const name: string = "mine";
    await train(name, clip, data, { settings: { anything: 1 } });
    const { settings } = await train(prograd, clip, data);
    const _lambda: number = settings.lambda;
  }
  assert.equal(resolveSettings(prograd, { lambda: 0.5 }).lambda, 0.5);
});

Deno.test("epochs that are asked for are run, also where the paper counts steps", () => {
  const crossModal = method("cross-modal");
  const { training, deviations } = resolve(crossModal, at, { training: { epochs: 2 } });
  const published = presetOf(crossModal).training(16, "own");
  assert.equal(published.steps, 12800);
  assert.equal(training.epochs, 2);
  assert.equal(training.steps, undefined);
  assert.ok(deviations.includes("steps none instead of 12800"), deviations.join());
  assert.equal(resolve(crossModal, at, { training: { steps: 5 } }).training.steps, 5);
});
