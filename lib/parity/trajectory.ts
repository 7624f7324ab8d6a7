/**
 * Replays a recorded training trajectory through the public methods and compares everything it recorded. The run is
 * free: it starts from the record's first row and is never put back on its course.
 *
 * @module
 */
import type { TensorFile } from "../clip/mod.ts";
import { UserError } from "../errors.ts";
import {
  type Batch,
  type Draws,
  type Learner,
  method,
  resolveSettings,
  type State,
  stateAt,
  type Task,
} from "../methods/mod.ts";
import { streams } from "../random/mod.ts";
import {
  clone,
  dispose,
  keep,
  numbersOf,
  read,
  type Tensor,
  tensor,
  type Tensors,
  tensorsUnder,
  tidy,
} from "../tensor/mod.ts";
import { disposeReplaced } from "../engine/mod.ts";
import { epochComparisons, epochKey } from "./data_promptsrc.ts";
import { type Comparison, near, relativeError, skip } from "./compare.ts";
import { readImageFeatures, readInputs } from "./inputs.ts";
import type { ParityFolder, ParityRecord, RecordedDraws } from "./manifest.ts";
import { both, outsides } from "./outside.ts";
import { checkPrompts } from "./prompts.ts";
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
  /** The first batch of the inputs, however many of its images the steps take. Inside `tidy`. */
  whole(): Batch;
}

/** Runs every step of a trajectory. */
export async function verifyTrajectory(
  folder: ParityFolder,
  record: ParityRecord,
): Promise<{ steps: number; comparisons: Comparison[] }> {
  const published = method(String(record.method));
  const file = await folder.open(record.file);
  const trajectory = await readTrajectory(folder, record, file);
  const settings = resolveSettings(
    published,
    methodSettings(published.name, record.settings ?? {}),
  );
  fitContext(settings, trajectory);
  const inputs = await readInputs(folder, record.batchSize, record.inputs);
  const clip = await folder.clip(String(record.weights));
  const template = String(record.settings?.template ?? "a photo of a {}.");
  const task = { clip, classNames: record.classNames ?? folder.classNames, template };
  const learner = published.learner(task, settings);
  try {
    if (!learner.step) {
      throw new UserError(`${published.name} learns nothing: it has no trajectory.`);
    }
    const order = record.settings?.inputBatchOfStep as number[] | undefined;
    const featuresOf = await readImageFeatures(folder, record, clip);
    const batch = (step: number) => {
      const at = order?.[step] ?? step;
      const images = inputs(at);
      const labels = record.draws?.[step]?.labels ?? images.labels;
      return { ...images, labels, features: featuresOf(at, images.pixels!) };
    };
    const all = await readInputs(folder, undefined, record.inputs);
    const whole = () => {
      const images = all(0);
      return { ...images, features: featuresOf(0, images.pixels!) };
    };
    const replay = { record, task, settings, learner, trajectory, file, batch, whole };
    const learned = Object.keys(trajectory.start).filter((name) => !name.startsWith("modulation."));
    const comparisons = [
      ...checkPrompts(record, task, settings, learned),
      ...await initialContext(replay),
      ...await train(replay),
      ...unknown(replay),
    ];
    return { steps: trajectory.steps.length, comparisons };
  } finally {
    learner.dispose();
  }
}

/** The published code makes no class-specific context from words, and as many vectors as there are words. */
function fitContext(settings: Record<string, unknown>, { start }: Trajectory): void {
  const shape = start["text.0"]?.shape;
  if (!shape) return;
  if ("tokens" in settings) settings.tokens = shape[0];
  if (!("classSpecific" in settings)) return;
  settings.classSpecific = shape.length === 3;
  settings.contextLength = shape[shape.length - 2];
}

/** A start that is not random is ours too. */
async function initialContext(
  { record, learner, settings, trajectory }: Replay,
): Promise<Comparison[]> {
  const recorded = trajectory.start["text.0"];
  if (!recorded || settings.init === undefined || settings.init === "random") return [];
  const own = await numbersOf(() => learner.init(streams(0))["text.0"]!);
  return [near("initial context", own, recorded.data, toleranceOf(record, "param"))];
}

/** Every step, and what was recorded before the first and after the last. */
async function train(replay: Replay): Promise<Comparison[]> {
  const { learner, trajectory, record } = replay;
  let state: State = tidy(() => stateAt(learner, startingParams(trajectory)));
  const comparisons = await outside(replay, "before", state.params);
  for (const [step, recorded] of trajectory.steps.entries()) {
    // A GPU can't be read while it is given work: what is seen outlives the step.
    const watched: Tensors = {};
    const observe = (name: string, value: Tensor) => void (watched[name] = keep(clone(value)));
    const before = state;
    state = tidy(() => {
      const { state: after, loss, logits } = learner.step!(before, replay.batch(step), {
        rate: trajectory.rates[step]!,
        draws: drawsOf(record.draws?.[step]),
        observe,
      });
      observe("loss", loss);
      observe("logits", logits);
      for (const [name, value] of Object.entries(after.params)) observe(`param/${name}`, value);
      for (const [name, value] of Object.entries(tensorsUnder("momentum.", after.optimiser))) {
        observe(`momentum/${name}`, value);
      }
      return after;
    });
    disposeReplaced(before, state);
    const seen = await numbers(watched);
    state = await endEpoch(replay, state, step, comparisons);
    for (const [name, values] of recorded) {
      const { own, magnitude } = computed(name, values, seen);
      comparisons.push({
        what: `${name} at step ${step}`,
        error: relativeError(own, values, magnitude),
        tolerance: toleranceOf(record, name),
      });
    }
  }
  const ended = learner.finish ? tidy(() => learner.finish!(state)) : state;
  comparisons.push(...await outside(replay, "after", ended.params));
  disposeReplaced(state, ended);
  dispose(ended);
  return comparisons;
}

/** Reads named tensors, and frees them. */
async function numbers(tensors: Tensors): Promise<Map<string, Float32Array>> {
  const entries = Object.entries(tensors);
  const values = await Promise.all(entries.map(([, value]) => read(value)));
  dispose(tensors);
  return new Map(entries.map(([name], i) => [name, values[i]!]));
}

/** What the learner does after the last step of an epoch, in records that have epochs. */
async function endEpoch(
  replay: Replay,
  state: State,
  step: number,
  found: Comparison[],
): Promise<State> {
  const { learner, record, file } = replay;
  const { stepsPerEpoch, epochs } = record.settings as { stepsPerEpoch?: number; epochs?: number };
  if (!learner.endEpoch || !stepsPerEpoch || !epochs || (step + 1) % stepsPerEpoch) return state;
  const epoch = (step + 1) / stepsPerEpoch - 1;
  const ended = tidy(() => learner.endEpoch!(state, epoch, epochs));
  disposeReplaced(state, ended);
  found.push(...await epochComparisons(file, ended, epoch, epochs, toleranceOf(record, "param")));
  return ended;
}

/** What was computed for a recorded observation: as it was seen, or what follows from that. */
function computed(
  name: string,
  recorded: Float32Array,
  seen: Map<string, Float32Array>,
): { own: ArrayLike<number>; magnitude?: number } {
  const own = seen.get(name) ?? [];
  if (name === "conflict/dot" || name === "conflict/cosine") {
    const [task, general] = ["task/text.0", "general/text.0"].map((of) => seen.get(of)!);
    const dot = task!.reduce((sum, x, i) => sum + x * general![i]!, 0);
    const lengths = norm(task!) * norm(general!);
    return name === "conflict/dot"
      ? { own: [dot], magnitude: lengths }
      : { own: [dot / lengths], magnitude: 1 };
  }
  if (name === "distance/cosine") return { own, magnitude: 1 }; // 1 − cos, of features that begin alike
  const isNorm = recorded.length === 1 && own.length > 1;
  return { own: isNorm ? [norm(own)] : own };
}

function norm(x: ArrayLike<number>): number {
  return Math.sqrt(Array.from(x).reduce((sum, value) => sum + value * value, 0));
}

/** What was recorded outside the steps. */
async function outside(
  replay: Replay,
  when: "before" | "after",
  params: Tensors,
): Promise<Comparison[]> {
  const { trajectory, file, record } = replay;
  const method = String(record.method);
  const situation = { ...replay, method, params, first: () => replay.batch(0) };
  const found: Comparison[] = [];
  for (const key of trajectory.outside) {
    for (const o of outsides.filter((o) => o.key.test(key) && o.when === when)) {
      found.push(
        near(o.what, ...await both(o, key, file, situation), toleranceOf(record, "param")),
      );
    }
  }
  return found;
}

/** Keys that nothing here knows. */
function unknown({ trajectory }: Replay): Comparison[] {
  return trajectory.outside
    .filter((key) => !epochKey.test(key) && !outsides.some((o) => o.key.test(key)))
    .map((key) => skip(key, "no observation has this name"));
}

function startingParams({ start }: Trajectory): Tensors {
  return Object.fromEntries(
    Object.entries(start).map(([name, { shape, data }]) => [name, tensor(data, shape)]),
  );
}

function drawsOf(recorded: RecordedDraws | undefined): Draws | undefined {
  if (!recorded?.query_ids?.length) return undefined;
  return {
    query: recorded.query_ids,
    support: recorded.support_ids!,
    shares: recorded.lam!,
    partners: recorded.mix_ids!,
  };
}

/** The records' README: 1e-4, and 5e-4 for outer and modulation gradients, where the record says nothing else. */
function toleranceOf({ tolerance }: ParityRecord, name: string): number {
  const outer = name.startsWith("outer/gradient");
  if (typeof tolerance === "number") return tolerance;
  const [kind, usual] = outer ? ["outer and modulation gradients", 5e-4] : ["parameters", 1e-4];
  return tolerance?.[kind] ?? Number(usual);
}
