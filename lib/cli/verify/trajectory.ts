/**
 * Replays a recorded training trajectory through the public methods and compares everything it recorded. The run is
 * free: it starts from the record's first row and is never put back on its course.
 *
 * @module
 */
import {
  buildClip,
  disposeClip,
  encodeImages,
  EOT,
  loadWeights,
  type TensorFile,
} from "../../clip/mod.ts";
import { contextPrompts, type ContextSettings } from "../../methods/context.ts";
import {
  type Batch,
  type Draws,
  type Learner,
  method,
  resolveSettings,
  type State,
  type Task,
} from "../../methods/mod.ts";
import { streams } from "../../random/mod.ts";
import {
  dispose,
  readSync,
  type Tensor,
  tensor,
  type Tensors,
  tidy,
  unitLength,
} from "../../tensor/mod.ts";
import { type Comparison, relativeError, same } from "./compare.ts";
import { readInputs } from "./inputs.ts";
import type { ParityFolder, ParityRecord, RecordedDraws } from "./manifest.ts";
import { readTrajectory, type Trajectory } from "./recorded.ts";
import { methodSettings } from "./settings.ts";

/** What a record is replayed with. */
interface Replay {
  record: ParityRecord;
  task: Task;
  settings: Record<string, unknown>;
  learner: Learner;
  trajectory: Trajectory;
  file: TensorFile;
  /** The batch of a step, with frozen features. Inside `tidy`. */
  batch(step: number): Batch;
}

/** Runs every step of a trajectory. */
export async function verifyTrajectory(
  folder: ParityFolder,
  record: ParityRecord,
): Promise<{ steps: number; comparisons: Comparison[] }> {
  const published = method(record.method ?? "");
  const settings = resolveSettings(published, methodSettings(published.name, record.settings ?? {}));
  const file = await folder.open(record.file);
  const trajectory = await readTrajectory(folder, record, file);
  const inputs = await readInputs(folder, record.batchSize);
  const clip = buildClip(await loadWeights(folder.find(`${record.weights}.safetensors`)));
  try {
    const template = String(record.settings?.template ?? "a photo of a {}.");
    const task = { clip, classNames: record.classNames ?? folder.classNames, template };
    const learner = published.learner(task, settings);
    const batch = (step: number) => {
      const images = inputs(step);
      const labels = record.draws?.[step]?.labels ?? images.labels;
      return { ...images, labels, features: encodeImages(clip, images.pixels!) };
    };
    const replay = { record, task, settings, learner, trajectory, file, batch };
    const comparisons = [...prompts(replay), ...start(replay), ...train(replay)];
    learner.dispose();
    return { steps: trajectory.steps.length, comparisons };
  } finally {
    disposeClip(clip);
  }
}

/** The tokens around the context are the recorded ones. */
function prompts({ record, task, settings }: Replay): Comparison[] {
  if (!record.tokenized_prompts || !("init" in settings)) return [];
  const contextLength = Number(settings.contextLength ?? settings.textTokens);
  const plain = { classTokenPosition: "end", classSpecific: false, ...settings, contextLength };
  const frozen = contextPrompts(task, plain as unknown as ContextSettings)
    .map((slots) => slots.filter((slot) => slot >= 0));
  const recorded = record.tokenized_prompts.map((row) => {
    const whole = row.slice(0, row.indexOf(EOT) + 1);
    return [whole[0], ...whole.slice(1 + contextLength)];
  });
  return [same("prompt tokens", frozen, recorded)];
}

/** What holds before the first step: a start that is not random is ours too, teachers and logits agree. */
function start(replay: Replay): Comparison[] {
  const { learner, settings, trajectory } = replay;
  const params = startingParams(trajectory);
  const comparisons: Comparison[] = [];
  if (settings.init !== undefined && settings.init !== "random") {
    const own = tidy(() => readSync(learner.init(streams(0))["text.0"]));
    comparisons.push(compare(replay, "initial context", own, trajectory.start["text.0"].data));
  }
  comparisons.push(
    ...evaluation(replay, params, {
      eval_logits_init_batch0: "logits before training",
      text_features: "frozen text features",
    }),
  );
  dispose(params);
  return comparisons;
}

/** Every step, and the evaluation after the last. */
function train(replay: Replay): Comparison[] {
  const { learner, trajectory, record } = replay;
  const comparisons: Comparison[] = [];
  let state: State = { params: startingParams(trajectory), momentum: {} };
  trajectory.steps.forEach((recorded, step) => {
    const seen = new Map<string, Float32Array>();
    const observe = (name: string, value: Tensor) => void seen.set(name, readSync(value).slice());
    const before = state;
    state = tidy(() => {
      const { state: after, loss, logits } = learner.step!(before, replay.batch(step), {
        rate: trajectory.rates[step],
        draws: drawsOf(record.draws?.[step]),
        observe,
      });
      observe("loss", loss);
      observe("logits", logits);
      for (const [name, value] of Object.entries(after.params)) observe(`param/${name}`, value);
      for (const [name, value] of Object.entries(after.momentum)) observe(`momentum/${name}`, value);
      return after;
    });
    disposeReplaced(before, state);
    for (const [name, values] of recorded) {
      const own = seen.get(name);
      const comparable = own && values.length === 1 && own.length > 1
        ? [Math.hypot(...own)] // the record holds the norm alone
        : own ?? [];
      comparisons.push(compare(replay, `${name} at step ${step}`, comparable, values));
    }
  });
  comparisons.push(
    ...evaluation(replay, state.params, {
      eval_logits_final: "logits after training",
      eval_logits_final_batch0: "logits after training",
      text_features_final_unnorm: "text features after training",
    }),
  );
  dispose(state);
  return comparisons;
}

/** Logits of the first batch, or text features, as evaluation computes them. */
function evaluation(replay: Replay, params: Tensors, recorded: Record<string, string>): Comparison[] {
  const { learner, file } = replay;
  return Object.entries(recorded).filter(([key]) => file.keys.includes(key)).map(([key, what]) =>
    tidy(() => {
      const prepared = learner.prepare(params);
      const { shape, data } = file.readFloats(key);
      const logits = key.startsWith("eval");
      const own = logits ? learner.logits(params, prepared, replay.batch(0)) : prepared.text;
      return compare(replay, what, readSync(own), logits ? data : unit(data, shape));
    })
  );
}

function unit(data: Float32Array, shape: number[]): Float32Array {
  return readSync(unitLength(tensor(data, shape)));
}

function startingParams({ start }: Trajectory): Tensors {
  return Object.fromEntries(
    Object.entries(start).map(([name, { shape, data }]) => [name, tensor(data, shape)]),
  );
}

function drawsOf(recorded: RecordedDraws | undefined): Draws | undefined {
  if (!recorded?.query_ids) return undefined;
  return {
    query: recorded.query_ids,
    support: recorded.support_ids!,
    shares: recorded.lam!,
    partners: recorded.mix_ids!,
  };
}

/** Frees the tensors of `before` that `after` no longer holds. */
function disposeReplaced(before: State, after: State): void {
  const kept = new Set([...Object.values(after.params), ...Object.values(after.momentum)]);
  for (const x of [...Object.values(before.params), ...Object.values(before.momentum)]) {
    if (!kept.has(x)) x.dispose();
  }
}

function compare(
  { record }: Replay,
  what: string,
  computed: ArrayLike<number>,
  recorded: ArrayLike<number>,
): Comparison {
  const { tolerance = 1e-4 } = record;
  const outer = what.startsWith("outer/gradient");
  const allowed = typeof tolerance === "number"
    ? tolerance
    : tolerance[outer ? "outer and modulation gradients" : "parameters"] ?? 1e-4;
  return { what, error: relativeError(computed, recorded), tolerance: allowed };
}
