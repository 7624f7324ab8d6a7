/**
 * plumbline: prompt learning for CLIP, reproduced and checked. What a script says is here; the parts it is made of are
 * sub-paths of their own: `/clip`, `/datasets`, `/methods`, `/tensor`, `/optim`, `/engine`, `/prompts`, `/torch`,
 * `/image`, `/random`, `/analysis`, `/results`, `/report`, `/figures`, `/notebook`, `/lab`, `/protocols`, `/parity`,
 * `/pretrain`, `/native`, and `/core`, which loads in browsers.
 *
 * @example Load: a CLIP and a data set
 * ```ts
 * import { dataset, fewShot, loadClip } from "@plumbline/plumbline";
 * import assert from "node:assert/strict";
 *
 * using clip = await loadClip("pocket"); // or "ViT-B/16", or a path
 * const pets = await dataset("pocket-pets").load(await Deno.makeTempDir()); // or "folder:./birds"
 * assert.equal(fewShot(pets, 4, 1).train.length, 4 * pets.classNames.length);
 * console.log(clip.name, pets.classNames);
 * ```
 *
 * @example Predict: what CLIP sees in a picture, with no training
 * ```ts
 * import { dataset, loadClip, predict } from "@plumbline/plumbline";
 *
 * using clip = await loadClip("pocket");
 * const pets = await dataset("pocket-pets").load(await Deno.makeTempDir());
 * console.log((await predict(clip, pets.test[0]!.path, pets.classNames))[0]);
 * ```
 *
 * @example Train: a method on a few shots of each class, kept as a file
 * ```ts
 * import { dataset, fewShot, loadClip, loadTrained, train } from "@plumbline/plumbline";
 * import assert from "node:assert/strict";
 *
 * using clip = await loadClip("pocket");
 * const folder = await Deno.makeTempDir();
 * const pets = await dataset("pocket-pets").load(folder);
 * using trained = await train("prograd", clip, fewShot(pets, 1, 1), {
 *   settings: { lambda: 1 },
 *   training: { epochs: 1 },
 * });
 * await trained.save(`${folder}/pets.safetensors`);
 * using again = await loadTrained(`${folder}/pets.safetensors`, clip);
 * assert.deepEqual(await again.predict(pets.test[0]!.path), await trained.predict(pets.test[0]!.path));
 * ```
 *
 * @example Evaluate: accuracy on classes that were trained on and on the others
 * ```ts
 * import { baseNew, dataset, harmonicMean, loadClip, train } from "@plumbline/plumbline";
 *
 * using clip = await loadClip("pocket");
 * const tiles = await dataset("pocket-tiles").load(await Deno.makeTempDir());
 * const { base, new: novel } = baseNew(tiles);
 * using zeroShot = await train("zero-shot", clip, base);
 * const [onBase, onNew] = [await zeroShot.test(base), await zeroShot.test(novel)];
 * console.log(onBase.accuracy, onNew.accuracy, harmonicMean(onBase.accuracy, onNew.accuracy));
 * ```
 *
 * @example Reproduce: experiments in, a report out
 * ```ts
 * import { reportRows, run } from "@plumbline/plumbline";
 *
 * const { report } = await run({
 *   clip: "random",
 *   entries: ["zero-shot"],
 *   datasets: ["pocket-tiles"],
 * }, { out: await Deno.makeTempDir(), backend: "wasm", jobs: 1 });
 * console.log(reportRows(report).map(({ method, accuracy }) => ({ method, accuracy })));
 * ```
 *
 * @example Extend: a method made of another
 * ```ts
 * import { defineMethod, method } from "@plumbline/plumbline";
 * import assert from "node:assert/strict";
 *
 * const coop = method("coop");
 * const longer = defineMethod({
 *   name: "longer",
 *   settings: coop.settings,
 *   needs: coop.needs,
 *   learner: (task, settings) => coop.learner(task, { ...settings, contextLength: 8 }),
 * });
 * assert.equal(longer.name, "longer");
 * ```
 *
 * @module
 */
// Load: a backend, a CLIP, a data set.
export { type Backend, type BackendName, type Precision, useBackend } from "./lib/tensor/mod.ts";
export { type Clip, type ClipConfig, disposeClip, fetchWeights, loadClip } from "./lib/clip/mod.ts";
export {
  baseNew,
  cocoDataset,
  type Dataset,
  dataset,
  datasets,
  fetchDataset,
  fewShot,
  folderDataset,
  type Item,
  type LoadedDataset,
  type OwnDataset,
  type OwnOptions,
  splitDataset,
  tableDataset,
} from "./lib/datasets/mod.ts";
export { UserError } from "./lib/errors.ts";

// Train and predict.
export {
  loadPublished,
  loadTrained,
  type LoadTrainedOptions,
  predict,
  type Prediction,
  type Prompts,
  type PublishedOptions,
  train,
  type TrainedPrompts,
  type TrainOptions,
} from "./lib/engine/mod.ts";
export { exportPublished } from "./lib/prompts/mod.ts";
export {
  type Method,
  method,
  methods,
  type MethodSettings,
  type Preset,
  type Training,
} from "./lib/methods/mod.ts";

// Evaluate.
export {
  evaluateLogits,
  type Examination,
  examine,
  type Metrics,
  type RunRecord,
} from "./lib/engine/mod.ts";
export {
  harmonicMean,
  type Paired,
  pairedDifference,
  pairedOverUnit,
  summarize,
  type Summary,
  type Unit,
} from "./lib/results/mod.ts";

// Reproduce: experiments in, a report out, held to what was published.
export {
  type GivenEntry,
  type GivenExperiment,
  inLines,
  type LabEvent,
  type LabOptions,
  plan,
  type Planned,
  type Ran,
  run,
} from "./lib/lab/mod.ts";
export { recipes } from "./lib/protocols/mod.ts";
export {
  readReport,
  reportedValues,
  type ReportJson,
  reportRows,
  type ReportTable,
  type Row,
  tableHtml,
  tableMarkdown,
  writeReport,
} from "./lib/report/mod.ts";
export { certify, checkCertificate, verifyFolder } from "./lib/parity/mod.ts";

// Extend.
export { defineMethod, type MethodDescription } from "./lib/methods/mod.ts";
export { defineDataset, type Description } from "./lib/datasets/mod.ts";
