/**
 * No option is swallowed: every public call that takes options refuses misspelt ones, and values that they can't have, in
 * one line that names the option. The list of calls is held against what the package exports, so that a new one is in it.
 */

import assert from "node:assert/strict";
import * as analysis from "../../lib/analysis/mod.ts";
import { randomClip, smallConfig } from "../../lib/clip/mod.ts";
import { progress } from "../../lib/cli/progress.ts";
import * as clips from "../../lib/clip/mod.ts";
import * as datasets from "../../lib/datasets/mod.ts";
import { denoPath } from "../../lib/deno_path.ts";
import * as engine from "../../lib/engine/mod.ts";
import * as images from "../../lib/image/mod.ts";
import * as lab from "../../lib/lab/mod.ts";
import * as methods from "../../lib/methods/mod.ts";
import * as notebook from "../../lib/notebook/mod.ts";
import * as optim from "../../lib/optim/mod.ts";
import * as pretraining from "../../lib/pretrain/mod.ts";
import * as protocols from "../../lib/protocols/mod.ts";
import * as parity from "../../lib/parity/mod.ts";
import { Random, streams } from "../../lib/random/mod.ts";
import { useBackend, zeros } from "../../lib/tensor/mod.ts";
import project from "../../deno.json" with { type: "json" };

await useBackend("wasm");
const clip = randomClip(smallConfig, 1);
const root = await Deno.makeTempDir();
await datasets.drawShapes(root);
const data = datasets.fewShot(await datasets.drawnShapes.load(root), 1, 1);
const raster = { width: 2, height: 1, mode: "RGB" as const, data: new Uint8Array(6) };
const out = `${root}/out`;
const none = () => {};
const method = methods.method("coop");

/** Values by option that it can't have. What is no value of any option is added to each. */
type Bad = Record<string, unknown[]>;

interface Call {
  /** With the options, as somebody without types writes it. */
  // deno-lint-ignore no-explicit-any -- options of any type, of which each is wrong in one place
  make(options: any): unknown;
  /** Options that it needs. */
  needs?: object;
  bad: Bad;
}

const told: Bad = {
  preset: ["papre", ""],
  settings: [{ lamda: 1 }, 3],
  training: [{ epoch: 5 }, { epochs: -1 }, { epochs: 1.5 }, { rate: NaN }, { rate: Infinity }, 5],
  views: [0, -1, 1.5, NaN],
};
const study: Bad = {
  ...told,
  seed: [-1, 0.5, NaN, "1"],
  clip: ["pocket"],
  dataset: [1],
  tests: [1],
};
const own: Bad = {
  name: ["", 3],
  template: ["no place", "{} {}", ""],
  templates: [[], ["no place"], "a {}"],
  split: [[1, 2, 3], [100, 0, 0], "80/10/10"],
  splitSeed: [-1, 0.5],
  classNames: ["", 4],
  shotsPerClass: [7],
};
const needsStudy = { clip, dataset: data };
const fitting = {
  items: data.train,
  needs: method.needs,
  training: method.presets.paper!.training(1),
  images: engine.openImages(clip, { workers: 0 }),
  random: streams(1),
};
const experiment = { entries: ["coop"], datasets: ["pocket-tiles"], clip: "random" };
const running: Bad = {
  out: ["", 3],
  clip: [3],
  data: [{ rooot: "." }, { skipMissing: 1 }, "datasets"],
  backend: ["wsam", 1],
  workers: [-1, 1.5],
  jobs: [0, -1],
  stack: [0, 1.5],
  runner: ["slrum", { slrum: {} }, { slurm: { partion: "x" } }],
  headline: [1],
  command: [1],
  keep: ["all"],
  signal: [{}],
  onEvent: [{}],
};
const rows = ["coop", "prograd"].map((by) => ({
  ...{ cell: by, protocol: "few-shot", clip: "", shots: 1, seed: 1, method: by, label: by },
  ...{ dataset: "a", target: "a", classes: "all", learns: true, images: 1, accuracy: 50 },
})) as never[];
const place = { dataset: "own", shots: 1, config: smallConfig };

const calls: Record<string, Call> = {
  train: {
    make: (options) => engine.train("prograd", clip, data, options),
    bad: {
      ...told,
      crops: [0, 2],
      seed: [-1],
      workers: [-1],
      evaluateEvery: [
        ...[3, { every: 1 }, { every: 1, on: {} }, { every: 1, on: { test: 3 } }],
        { every: 0, on: { test: data } },
        { every: 1, on: { test: data }, epoch: 2 },
      ],
      onEpoch: [1],
      progress: ["yes"],
      signal: [{}],
      checkpoint: ["", 1],
    },
  },
  resolve: {
    make: (options) => methods.resolve(methods.method("prograd"), place, options),
    bad: { ...told, crops: [0, 2] },
  },
  resolveOn: { make: (o) => engine.resolveOn(methods.method("prograd"), clip, data, o), bad: told },
  resolveStudy: { make: (o) => analysis.resolveStudy("prograd", o), needs: needsStudy, bad: study },
  trainStudy: { make: (o) => analysis.trainStudy("prograd", o), needs: needsStudy, bad: study },
  traceConflicts: {
    make: (options) => analysis.traceConflicts(options),
    needs: needsStudy,
    bad: { ...study, method: ["porgrad"], perClass: [1] },
  },
  traceAlignment: {
    make: (options) => analysis.traceAlignment(options),
    needs: needsStudy,
    bad: { ...study, learner: ["maple"] },
  },
  traceExpansion: {
    make: (options) => analysis.traceExpansion(options),
    needs: needsStudy,
    bad: { ...study, rates: [[], [NaN], 1], tasks: [0, 1.5] },
  },
  traceUpdates: { make: (o) => analysis.traceUpdates(o), needs: needsStudy, bad: study },
  trainArms: {
    make: (options) => analysis.trainArms([{ label: "a", method: "coop" }], [options]),
    needs: { ...needsStudy, tests: { base: data, new: data } },
    bad: study,
  },
  sensitivity: {
    make: (o) => analysis.sensitivity("coop", o),
    needs: needsStudy,
    bad: {
      ...{ preset: [""], settings: [3], training: [3], views: [0], crops: [2] },
      clip: ["pocket"],
      dataset: [1],
      shots: [0],
      classes: ["new"],
      seeds: [[], [-1]],
      starts: [-1],
      nudge: [-1],
      images: [1],
      onRun: [1],
    },
  },
  embeddings: {
    make: (o) => analysis.embeddings({ record: {}, params: {} } as never, clip, data, o),
    bad: { images: [0], method: ["coop"] },
  },
  featurePoints: {
    make: (o) => analysis.featurePoints({} as never, o),
    bad: { by: ["tsne"], seed: [-1] },
  },
  umap: {
    make: (o) => analysis.umap(new Float32Array(4), 2, o),
    bad: { seed: [-1], neighbours: [0] },
  },
  nearestWords: {
    make: (o) => analysis.nearestWords(clip, zeros([1, clip.text.width]), o),
    bad: { metric: ["cosin"], count: [0, 2.5], among: [3] },
  },
  loadTrained: {
    make: (options) => engine.loadTrained("none.safetensors", clip, options),
    bad: { method: ["coop"], workers: [-1] },
  },
  loadPublished: {
    make: (options) => engine.loadPublished("none.pth", options),
    needs: { method: "coop", clip, classNames: ["cat"], template: "a {}" },
    bad: {
      method: ["", 3],
      clip: ["pocket"],
      classNames: [[], "cat"],
      template: [""],
      settings: [3],
      workers: [-1],
    },
  },
  openImages: { make: (o) => engine.openImages(clip, o), bad: { workers: [-1], cache: ["x"] } },
  fit: {
    make: (options) => engine.fit(method.learner({ clip, ...data }, anySettings()), options),
    needs: fitting,
    bad: {
      items: [3],
      validation: [3],
      needs: [3],
      training: [3],
      images: [3],
      random: [3],
      views: [0],
      crops: [0],
      onStep: [3],
      onEpoch: [3],
      checkpoint: ["x"],
      onResume: [3],
      observe: [3],
      watch: [3],
      statistics: [3],
    },
  },
  fitMethod: {
    make: (o) => engine.fitMethod(methods.resolve(method, place), data, o),
    needs: { images: fitting.images },
    bad: {
      images: [3],
      seed: [-1],
      validation: [3],
      gradients: [3],
      around: [3],
      needs: [3],
      onStep: [3],
      onEpoch: [3],
      onResume: [3],
      checkpoint: ["x"],
      watch: [3],
      observe: [3],
    },
  },
  logitsOf: {
    make: (o) => engine.logitsOf(method.learner({ clip, ...data }, anySettings()), {}, [], o),
    needs: { needs: method.needs, images: fitting.images },
    bad: { needs: [3], images: [3], onBatch: [3] },
  },
  evaluate: {
    make: (o) => engine.evaluate(method.learner({ clip, ...data }, anySettings()), {}, [], o),
    needs: { needs: method.needs, images: fitting.images },
    bad: { needs: [3], images: [3], onBatch: [3] },
  },
  dataset: { make: (options) => datasets.dataset("folder:./birds", options), bad: own },
  folderDataset: { make: (options) => datasets.folderDataset("birds", options), bad: own },
  tableDataset: { make: (options) => datasets.tableDataset("birds.csv", options), bad: own },
  cocoDataset: { make: (options) => datasets.cocoDataset("birds.json", options), bad: own },
  splitDataset: { make: (options) => datasets.splitDataset("birds.json", options), bad: own },
  defineDataset: {
    make: (options) => datasets.defineDataset(options),
    needs: { name: "a", title: "A", template: "a {}", folder: "a", layout: none },
    bad: {
      name: [""],
      title: [1],
      template: ["no place"],
      folder: [1],
      layout: [1],
      published: [1],
      repeatsNames: [1],
    },
  },
  defineMethod: {
    make: (options) => methods.defineMethod(options),
    needs: { name: "own", settings: {}, learner: none },
    bad: {
      name: ["", "My Method"],
      settings: [1],
      learner: [1],
      title: [1],
      paper: ["x"],
      learned: [1],
      presets: [1],
      needs: [1],
      classBound: [true],
      learns: [1],
      selects: [true],
      passes: [-1],
      textsPerImage: [1],
      statistics: [1],
      baseline: [1],
      module: [1],
    },
  },
  adam: { make: (o) => optim.adam(o), bad: { betas: [[], [2, 0]], eps: [-1], decay: [-1, NaN] } },
  adamw: { make: (o) => optim.adamw(o), bad: { betas: [[], [2, 0]], eps: [-1], decay: [-1, NaN] } },
  sgd: { make: (o) => optim.sgd(o), bad: { momentum: [-1, 2], decay: [-1] } },
  muon: { make: (o) => optim.muon(o), bad: { momentum: [-1, 2], decay: [-1] } },
  lbfgs: {
    make: (o) => optim.lbfgs(() => 0, new Float64Array(1), o),
    needs: { maxIterations: 1, done: () => true },
    bad: { maxIterations: [-1, 0.5], done: [1], memory: [0] },
  },
  resize: {
    make: (o) => images.resize(raster, 2, 2, o),
    bad: { source: [1], keep: [1], pillow: [11], filter: ["lanczos"] },
  },
  centerView: {
    make: (o) => images.centerView(raster, 2, o),
    bad: { order: ["pil"], pillow: [11], format: [1] },
  },
  preprocess: {
    make: (o) => images.preprocess(raster, 2, o),
    bad: { order: ["pil"], pillow: [11], format: [1] },
  },
  loadImages: {
    make: (o) => Array.fromAsync(images.loadImages([], 2, o)),
    bad: { workers: [1], ahead: [-1] },
  },
  tokenize: {
    make: (o) => clips.tokenize(["a"], o),
    bad: { truncate: [1], contextLength: [0, 1.5] },
  },
  fetchWeights: {
    make: (o) => clips.fetchWeights("ViT-B/16", o),
    bad: { cache: [1], progress: [1], hubUrl: [1], stallSeconds: [-1] },
  },
  writeSafetensors: {
    make: (o) => clips.writeSafetensors(`${root}/x.safetensors`, {}, o),
    bad: { metadata: ["x"], half: [1] },
  },
  safetensorsBytes: {
    make: (o) => clips.safetensorsBytes({}, o),
    bad: { metadata: ["x"], half: [1] },
  },
  pretrain: {
    make: (o) => pretraining.pretrain(o),
    needs: { folder: `${root}/pretrain`, recipe: pretraining.pocketRecipe, words: ["cat"] },
    bad: {
      folder: [1],
      recipe: [{ ...pretraining.pocketRecipe, stpes: 1 }, { steps: 1 }],
      config: [1],
      words: [[], "cat"],
      checkpointEvery: [0],
      lookEvery: [0],
      look: [1],
      onStep: [1],
      onCheckpoint: [1],
      pairs: [1],
    },
  },
  runCell: {
    make: (o) => protocols.runCell({} as never, {} as never, o),
    bad: { onStep: [1], onEpoch: [1], onEvaluation: [1], checkpoint: ["x"], keep: [1] },
  },
  run: { make: (o) => lab.run(experiment, o), needs: { out }, bad: running },
  plan: { make: (o) => lab.plan(experiment, o), needs: { out }, bad: running },
  "run, the experiment": {
    make: (o) => lab.plan(typeof o === "object" && o ? { clip: "random", ...o } : o, { out }),
    needs: { entries: ["coop"], datasets: ["pocket-tiles"] },
    bad: {
      id: [1],
      title: [1],
      about: [1],
      protocol: ["base-to-knew"],
      entries: [[], ["porgrad"], [{ method: "coop", epochs: 2 }], [{ methd: "coop" }]],
      datasets: [[], ["pocket-tile"]],
      clip: [1],
      command: [1],
      shots: [[], [-1], [0.5]],
      seeds: [[], [-1]],
    },
  },
  verifyFolder: {
    make: (o) => parity.verifyFolder("nowhere", o),
    bad: { backend: [1], only: ["coop"], before: [1] },
  },
  work: {
    make: (o) => lab.work(out, () => [], o),
    needs: { onEvent: none },
    bad: { modules: [1], onEvent: [1] },
  },
  slurmScriptOf: {
    make: (o) => lab.slurmScriptOf(out, { cells: [] } as never, o),
    needs: { retries: 0, detach: false, directives: [], setup: [] },
    bad: {
      partition: [1],
      account: [1],
      gpus: [1],
      time: [1],
      mem: [1],
      cpus: [0],
      atOnce: [0],
      retries: [-1],
      detach: [1],
      directives: ["x"],
      setup: ["x"],
    },
  },
  specOf: { make: (o) => datasets.specOf("folder:./birds", o), bad: { template: [1] } },
  pairedOver: {
    make: (o) => notebook.pairedOver(rows, o, { method: "coop" }),
    needs: { method: "prograd" },
    bad: { dataset: ["nowhere"] },
  },
  findingOver: {
    make: (o) => notebook.findingOver(rows, "is", o, "above", { method: "coop" }),
    needs: { method: "prograd" },
    bad: { dataset: ["nowhere"] },
  },
  progress: { make: (o) => progress("it", o), bad: { silent: [1] } },
  show: { make: (o) => notebook.show("text", o), bad: { limit: [0, -1] } },
  ground: {
    make: (o) => notebook.ground("pocket", o),
    needs: { pocket: ["pocket-tiles"], paper: ["eurosat"] },
    bad: { pocket: ["x"], paper: [3] },
  },
};

function anySettings() {
  return methods.resolveSettings(method, method.presets.paper!.settings);
}

/** What is passed on to a method's learner, and what tells of things that are read, is no option of a call. */
const passedOn: Record<string, string> = {
  completeCell: "events, which the caller names one by one",
  toldOf: "picks out of more options",
  report: "what a report tells beside its records",
  rowsOf: "what a report tells beside its records",
  withProMetaR: "settings, which a preset's are checked as",
};

for (const [name, { make, needs, bad }] of Object.entries(calls)) {
  Deno.test(`options of ${name}: what is misspelt or out of range is refused in one line`, async () => {
    const random = new Random(7);
    const good = new Set([...Object.keys(bad), ...Object.keys(needs ?? {})]);
    for (const key of Object.keys(bad)) {
      for (const spelt of misspelt(key, random)) {
        if (good.has(spelt)) continue;
        await refused(make, { ...needs, [spelt]: bad[key]![0] }, spelt);
      }
      for (const value of [Symbol("no value"), ...bad[key]!]) {
        await refused(make, { ...needs, [key]: value });
      }
    }
    for (const key of Object.keys(needs ?? {})) await refused(make, { ...needs, [key]: undefined });
    for (const options of [3, [], null]) await refused(make, options);
  });
}

/** Ways to get a word wrong: a letter less, twice, in the place of its neighbour, capital, one more. */
function misspelt(word: string, random: Random): string[] {
  const at = Math.floor(random.random() * (word.length - 1));
  const [a, b] = [word[at], word[at + 1]];
  return [
    word.slice(0, at) + word.slice(at + 1),
    word.slice(0, at) + a + word.slice(at),
    word.slice(0, at) + b + a + word.slice(at + 2),
    word[0]!.toUpperCase() + word.slice(1),
    `${word}s`,
  ].filter((wrong) => wrong !== word);
}

async function refused(make: Call["make"], options: unknown, names?: string): Promise<void> {
  const error = await (async () => await make(options))().then(
    () => assert.fail(`was taken: ${Deno.inspect(options, { depth: 1 })}`),
    (error) => error,
  );
  assert.equal(error.name, "UserError", Deno.inspect(error));
  assert.ok(!error.message.includes("\n"));
  if (names !== undefined) assert.ok(error.message.includes(names), error.message);
}

Deno.test("a study of a method that has no such gradients is refused, where it would answer 0", async () => {
  const training = { epochs: 1 };
  for (const [method, message] of [["zero-shot", /takes no steps/], ["ivlp", /more than one/]]) {
    await assert.rejects(
      analysis.traceConflicts({ ...needsStudy, method: method as string, training }),
      { name: "UserError", message: message as RegExp },
    );
  }
});

Deno.test("every exported call with options is among those above", async () => {
  const entries = Object.values(project.exports);
  const { stdout } = await new Deno.Command(denoPath(), {
    args: ["doc", "--json", ...entries],
    stdout: "piped",
    stderr: "null",
  }).output();
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout));
  const found = new Set<string>();
  for (const { symbols } of Object.values<{ symbols: Symbol_[] }>(nodes)) {
    for (const { name, declarations } of symbols) {
      for (const { kind, def } of declarations) {
        if (kind !== "function") continue;
        if (def.params!.some((param) => takesOptions(param))) found.add(name);
      }
    }
  }
  assert.ok(found.size > 20, `only ${[...found]}`);
  const lacking = [...found].filter((name) => !(name in calls) && !(name in passedOn));
  assert.deepEqual(lacking, []);
});

interface Symbol_ {
  name: string;
  declarations: { kind: string; def: { params?: Parameter[] } }[];
}

interface Parameter {
  tsType?: { repr: string; kind?: string; value?: { properties?: { optional: boolean }[] } };
  left?: Parameter;
}

/** By its type: options, a study, what is told, a description; part of settings; fields of which some may be left out. */
function takesOptions({ tsType, left }: Parameter): boolean {
  const type = tsType ?? left?.tsType;
  if (!type) return false;
  if (/(Options|Study|Told|Description|Partial|GroundNames)$/.test(type.repr)) return true;
  return type.kind === "typeLiteral" && (type.value?.properties ?? []).some((p) => p.optional);
}
