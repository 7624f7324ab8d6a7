/**
 * Replays a recorded training of a feature adapter, in the record's own features, and compares everything it recorded.
 *
 * @module
 */
import type { TensorFile } from "../clip/mod.ts";
import { disposeReplaced, disposeState } from "../engine/mod.ts";
import { type Batch, type Learner, made, type State, stateAt } from "../methods/mod.ts";
import { streams } from "../random/mod.ts";
import {
  clone,
  dispose,
  keep,
  type Tensor,
  tensor,
  type Tensors,
  tidy,
  wrap,
} from "../tensor/mod.ts";
import { recordedAdapter, recordedSpace } from "./adapters.ts";
import { type Comparison, near, skip } from "./compare.ts";
import { type Compare, comparer, rowOf } from "./comparer.ts";
import type { ParityFolder, ParityRecord } from "./manifest.ts";
import { tipAdapterComparisons } from "./adapter_tip.ts";
import { verifyLpPlusPlus } from "./adapter_lp_plus_plus.ts";

/** Whether a record holds the features that it was made with. */
export function holdsFeatures(record: ParityRecord): boolean {
  return Object.keys(record.tensors ?? {}).some((key) => key.startsWith("features.train"));
}

/** What a replay has at hand. */
export interface AdapterReplay {
  record: ParityRecord;
  file: TensorFile;
  learner: Learner;
  /** Compares numbers with a row of what was recorded as `key`, if it was. */
  compare: Compare;
  /** Waits for what is compared. */
  settle(): Promise<void>;
  /** Compares numbers with what the manifest says. */
  note(what: string, own: ArrayLike<number>, told: ArrayLike<number>): void;
}

/** Runs every step of a trajectory. */
export async function verifyAdapter(
  folder: ParityFolder,
  record: ParityRecord,
): Promise<{ steps: number; comparisons: Comparison[] }> {
  const file = await folder.open(record.file);
  const compared = comparer(record, file);
  const { compare, comparisons, used, settle } = compared;
  if (record.method === "lp++") {
    return { steps: await verifyLpPlusPlus(record, file, compared), comparisons };
  }
  const { adapter, settings, names } = recordedAdapter(record);
  const learner = adapter.adapter(recordedSpace(record, file), settings);
  try {
    const note = (what: string, own: ArrayLike<number>, told: ArrayLike<number>) =>
      void comparisons.push(near(what, own, told, Number(record.tolerance ?? 1e-4)));
    const replay = { record, file, learner, compare, settle, note };
    const steps = await train(replay, names);
    const left = file.keys.filter((key) => !used.has(key) && !given.test(key));
    comparisons.push(...left.map((key) => skip(key, "nothing here computes it alone")));
    return { steps, comparisons };
  } finally {
    learner.dispose();
  }
}

/** What a record of an adapter gives, not what it computes. */
const given =
  /^(features|labels|batch|draw|text|cache)\.|^(lr|cacheValues|zeroShotWeights)$|^zeroShotLogits/;

async function train(replay: AdapterReplay, names: Record<string, string>): Promise<number> {
  const { file, learner, record, compare, settle } = replay;
  const params = file.keys.filter((key) => key.startsWith("param.")).map((key) => key.slice(6));
  const rates = file.readFloats("lr").data;
  const perEpoch = Number(record.settings?.batchesPerEpoch ?? 0);
  let state = await start(replay, params, names);
  const epochEnds: Tensors[] = [];
  const tested: Tensor[] = [];
  const alike = batchesLikeTests(file);
  for (let step = 0; step < rates.length; step++) {
    const at = (what: string) => `${what} at step ${step}`;
    const before = state;
    state = tidy(() => {
      const observe = (name: string, value: Tensor) => {
        const key = observed[name];
        if (key) compare(at(name), value, key, step);
        const [, parameter] = name.match(/^gradient\/(.*)$/) ?? [];
        for (const p of params.filter((p) => names[p] === parameter)) {
          compare(at(name), value, `grad.${p}`, step);
        }
      };
      const result = learner.step!(before, batchOf(replay, step), {
        rate: rates[step]!,
        draws: drawsOf(replay, step),
        observe,
      });
      compare(at("loss"), result.loss, "loss", step);
      compare(at("logits"), result.logits, "logits", step);
      if (alike) tested.push(keep(clone(result.logits)));
      return result.state;
    });
    disposeReplaced(before, state);
    for (const p of params) {
      compare(at(names[p]!), state.params[names[p]!]!, `param.${p}`, step + 1);
      for (const kind of ["momentum", "expAvg", "expAvgSq"]) {
        const own = state.optimiser[`${kind}.${names[p]}`];
        if (own) compare(at(`${kind}.${names[p]}`), own, `${kind}.${p}`, step);
      }
    }
    tidy(() =>
      compare(at("evaluation logits"), evaluated(replay, state.params), "evalLogits", step)
    );
    await settle();
    if (!perEpoch || (step + 1) % perEpoch !== 0) continue;
    const epoch = (step + 1) / perEpoch - 1;
    state = endEpoch(replay, state, epoch);
    tested.push(evaluated(replay, state.params));
    epochEnds.push(tidy(() => copied(state.params)));
  }
  finish(replay, state);
  if (file.keys.includes("evalLogits.perEpoch")) {
    const rows = file.shape("evalLogits.perEpoch")[0]!;
    for (let row = 0; row < rows; row++) {
      compare(`evaluation logits ${row}`, tested[row]!, "evalLogits.perEpoch", row);
    }
    if (alike) compare("logits after the last of those", tested[rows]!, "finalLogits");
  }
  if (file.keys.includes("cache.keys")) await tipAdapterComparisons(replay, epochEnds, !alike);
  await settle();
  dispose([epochEnds, tested]);
  disposeState(state);
  return rates.length;
}

/**
 * Whether a step has as many images as the evaluation. The recorder told evaluation logits by their number of rows, so
 * that there `evalLogits.perEpoch` and `finalLogits` are the first such logits of the run, of steps and epochs in turn.
 */
function batchesLikeTests(file: TensorFile): boolean {
  if (!file.keys.includes("evalLogits.perEpoch")) return false;
  return file.shape("logits")[1] === file.shape("evalLogits.perEpoch")[1];
}

/** What the observer is told, as it was recorded. */
const observed: Record<string, string> = {
  "loss/label": "loss.ce",
  "loss/penalty": "loss.constraint",
};

/** The record's first row, after our own start was compared with it. */
async function start(
  { file, learner, compare, settle }: AdapterReplay,
  params: string[],
  names: Record<string, string>,
): Promise<State> {
  const own = await made(() => {
    const drawn = learner.init(streams(0));
    return learner.gather?.(drawn, trainingViews(file)) ?? drawn;
  });
  compare("λ at the start", own["clap.multipliers"] ?? [], "multipliers.initial");
  const gathered = learner.gather !== undefined;
  for (const p of params.filter(() => gathered)) {
    if (names[p]!.startsWith("adapter.")) continue; // drawn at random
    compare(`${names[p]} at the start`, own[names[p]!]!, `param.${p}`, 0);
  }
  await settle();
  const rows = Object.fromEntries(params.map((p) => {
    const { shape } = file.readFloats(`param.${p}`);
    return [names[p], tensor(rowOf(file, `param.${p}`, 0).slice(), shape.slice(1))];
  }));
  dispose(Object.entries(own).filter(([name]) => rows[name]).map(([, x]) => x));
  return tidy(() =>
    stateAt(learner, copied({ ...own, ...rows }, [...Object.values({ ...own, ...rows })]))
  );
}

/** Handles of the same tensors that `tidy` passes on; `freed` go. */
function copied(params: Tensors, freed: unknown[] = []): Tensors {
  const own = Object.fromEntries(Object.entries(params).map(([name, x]) => [name, x.clone()]));
  dispose(freed);
  return own;
}

function trainingViews(file: TensorFile): Batch[] {
  const labels = [...file.readFloats("labels.train").data];
  if (!file.keys.includes("features.trainViews")) {
    const { shape, data } = file.readFloats("features.train");
    return [{ labels, features: tensor(data, shape) }];
  }
  const { shape: [views, ...shape] } = file.readFloats("features.trainViews");
  return Array.from(
    { length: views! },
    (_, view) => ({ labels, features: tensor(rowOf(file, "features.trainViews", view), shape) }),
  );
}

/** The images of a step: its own rows, or those it drew. */
function batchOf({ file }: AdapterReplay, step: number): Batch {
  if (file.keys.includes("batch.features")) {
    const { shape: [, ...shape] } = file.readFloats("batch.features");
    return {
      labels: [...rowOf(file, "batch.labels", step)],
      features: tensor(rowOf(file, "batch.features", step), shape),
    };
  }
  const labels = file.readFloats("labels.train").data;
  const chosen = [...rowOf(file, "draw.image", step)];
  const rows = chosen.flatMap((row) => [...rowOf(file, "features.train", row)]);
  return {
    labels: chosen.map((row) => labels[row]!),
    features: wrap(Float32Array.from(rows), [chosen.length, rows.length / chosen.length]),
  };
}

function drawsOf({ file }: AdapterReplay, step: number) {
  return file.keys.includes("draw.text")
    ? { texts: [...rowOf(file, "draw.text", step)] }
    : undefined;
}

/** Logits of the evaluation images, the caller's own. */
export function evaluated({ file, learner }: AdapterReplay, params: Tensors): Tensor {
  const { shape, data } = file.readFloats("features.eval");
  return tidy(() => {
    const batch = { labels: [], features: tensor(data, shape) };
    return clone(learner.logits(params, learner.prepare(params), batch));
  });
}

function endEpoch({ learner, compare }: AdapterReplay, state: State, epoch: number): State {
  const ended = learner.endEpoch ? tidy(() => learner.endEpoch!(state, epoch, Infinity)) : state;
  disposeReplaced(state, ended);
  const { "clap.multipliers": lambda, "clap.penalty": rho } = ended.params;
  if (lambda) compare(`λ after epoch ${epoch}`, lambda, "multipliers", epoch);
  if (rho) compare(`ρ after epoch ${epoch}`, rho, "penalty", epoch);
  return ended;
}

/** The average with the zero-shot classifier, of records that have it. */
function finish(replay: AdapterReplay, state: State): void {
  const { record, file, compare } = replay;
  if (!file.keys.includes("wiseft.logits")) return;
  const { adapter, settings } = recordedAdapter(record);
  const learner = adapter.adapter(recordedSpace(record, file), { ...settings, wiseFt: true });
  tidy(() => {
    const { params } = learner.finish!(state);
    compare("logits of WiSE-FT", evaluated({ ...replay, learner }, params), "wiseft.logits");
  });
  learner.dispose();
}
