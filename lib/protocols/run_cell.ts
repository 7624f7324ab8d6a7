/**
 * One cell from its images to its record.
 *
 * @module
 */
import {
  type Checkpoint,
  type EpochRecord,
  fitMethod,
  type Images,
  type MethodRecord,
  originOf,
  promptFile,
  type ResultRecord,
  type RunRecord,
  type StackPlace,
  taskOf,
} from "../engine/mod.ts";
import { baselineOf, isPublished, learns, recordedSettings } from "../methods/mod.ts";
import { callback, checkOptions, fields, type Kinds } from "../options_given.ts";
import type { PromptFile } from "../prompts/mod.ts";
import type { CodeVersion } from "./code.ts";
import type { PlannedCell } from "./plan_cell.ts";

/** What the cells of a run share that are on one CLIP. */
export interface Lab {
  /** Reads and encodes images. */
  images: Images;
  /** SHA-256 of the images by path: a cell's identity holds them. */
  hashes?: ReadonlyMap<string, string>;
  /** The version of the code that decides a method's numbers: likewise. */
  codeOf?: CodeVersion;
  /** What every record says alike. */
  shared: Pick<RunRecord, "clip" | "backend" | "versions" | "code" | "command" | "data">;
}

/** What happens while a cell runs. */
export interface CellEvents {
  /** Called after every step. */
  onStep?(at: { epoch: number; epochs: number; step: number; steps: number; loss: number }): void;
  /** Also called for the epochs that a checkpoint brings. */
  onEpoch?(epoch: EpochRecord): void;
  /** Called as test images are done. */
  onEvaluation?(done: number, total: number): void;
}

/** What a cell may go on from. */
export interface CellOptions extends CellEvents {
  /** Where the cell goes on from. */
  checkpoint?: Checkpoint;
  /** Its place among cells that train as one. */
  place?: StackPlace | undefined;
  /** Is given what was learned, as `save` would write it. */
  keep?(prompts: PromptFile): Promise<void>;
}

const kinds: Kinds<CellOptions> = {
  onStep: callback,
  onEpoch: callback,
  onEvaluation: callback,
  checkpoint: fields,
  place: fields,
  keep: callback,
};

/** Runs a cell, from its checkpoint on where there is one. */
export async function runCell(
  planned: PlannedCell,
  lab: Lab,
  options: CellOptions = {},
): Promise<RunRecord> {
  checkOptions("runCell", options, kinds);
  const { checkpoint, place, keep, ...events } = options;
  const { cell, method, settings, training, source, targets } = planned;
  const steps = training.epochs > 0;
  const started = new Date();
  const begun = performance.now();
  let before = 0;
  const seconds = () => before + (performance.now() - begun) / 1000;
  let peakBytes = Deno.memoryUsage().rss;
  const notePeak = () => peakBytes = Math.max(peakBytes, Deno.memoryUsage().rss);
  using fitted = await fitMethod(planned, source, {
    images: lab.images,
    seed: cell.seed,
    validation: planned.validation,
    gradients: true,
    onStep: (at) => events.onStep?.(at),
    onEpoch(epoch) {
      notePeak();
      events.onEpoch?.(epoch);
    },
    checkpoint,
    place,
    onResume: ({ seconds }) => before = seconds,
  });
  const trained = seconds();
  const results: ResultRecord[] = [];
  for (const { dataset, classes } of targets) {
    const { metrics, predictions } = await fitted.test(dataset, events.onEvaluation);
    results.push({ dataset: dataset.name, classes, metrics, predictions });
    notePeak();
  }
  const total = seconds();
  const deviations = deviationsOf(planned, lab);
  await keep?.(
    await promptFile({
      ...{ method, settings, params: fitted.state.params },
      task: taskOf(source, lab.images.clip),
      origin: originOf(fitted.learner, source, { training, seed: cell.seed, deviations }),
      measured: results.map(({ dataset, classes, metrics: { n, accuracy } }) => (
        { dataset, classes, n, accuracy }
      )),
    }),
  );
  return {
    schema: 1,
    cell,
    method: methodRecord(planned, lab),
    settings: steps ? recordedSettings(planned) : settings,
    overrides: planned.overrides,
    preset: { name: planned.preset.name, table: planned.preset.table },
    deviations,
    ...lab.shared,
    data: dataOf(planned, lab),
    started: started.toISOString(),
    seconds: { total, training: trained, evaluation: total - trained },
    peakBytes,
    ...place && place.stacked > 1 && { stacked: place.stacked },
    parameters: fitted.parameters,
    epochs: fitted.epochs,
    results,
  };
}

/** What the method says of itself, for readers that have no methods: reports, notebooks, other versions. */
function methodRecord(
  { method, preset, cell: { protocol } }: PlannedCell,
  { shared: { clip }, codeOf }: Lab,
): MethodRecord {
  return {
    title: method.title,
    learns: learns(method),
    baseline: baselineOf(method),
    published: isPublished(method, preset, { protocol, clip: clip.name }),
    code: codeOf?.(method),
  };
}

/** What was read of the data sets that the cell is about. */
function dataOf(planned: PlannedCell, { shared }: Lab): RunRecord["data"] {
  const { cell, targets } = planned;
  const about = new Set([cell.dataset, ...targets.map(({ dataset }) => dataset.name)]);
  const few = keptWhole(planned);
  return shared.data?.filter(({ dataset }) => about.has(dataset)).map((data) =>
    few !== undefined && data.dataset === cell.dataset
      ? { ...data, assumed: [...data.assumed ?? [], few] }
      : data
  );
}

/** Classes that have fewer training images than there are shots, in words; they are kept whole, as published. */
function keptWhole({ cell, source }: PlannedCell): string | undefined {
  if (cell.shots === 0 || source.shotsPerClass) return undefined;
  const counts = Map.groupBy(source.train, ({ label }) => label);
  const few = source.classNames.flatMap((name, label) => {
    const { length } = counts.get(label) ?? [];
    return length < cell.shots ? [`${name} ${length}`] : [];
  });
  return few.length === 0
    ? undefined
    : `${few.length} of ${source.classNames.length} classes have fewer training images than ${cell.shots} shots and are kept whole: ${
      few.slice(0, 5).join(", ")
    }${few.length > 5 ? ", …" : ""}`;
}

function deviationsOf(planned: PlannedCell, lab: Lab): string[] {
  const { preset, deviations } = planned;
  const { shared } = lab;
  return [
    ...deviations,
    ...preset.backbone.includes(shared.clip.name)
      ? []
      : [`the paper's backbone is ${preset.backbone}; this is ${shared.clip.name}`],
    ...(dataOf(planned, lab) ?? []).filter(({ missing }) => missing > 0).map(
      ({ dataset, missing }) => `${missing} images of ${dataset} are missing and were left out`,
    ),
  ];
}
