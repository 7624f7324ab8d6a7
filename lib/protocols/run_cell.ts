/**
 * One cell from its images to its record.
 *
 * @module
 */
import {
  type Checkpoint,
  disposeState,
  type EpochRecord,
  evaluate,
  fit,
  type Images,
  type ResultRecord,
  type RunRecord,
  taskOf,
} from "../engine/mod.ts";
import type { Learner } from "../methods/mod.ts";
import { streams } from "../random/mod.ts";
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
}

/** Runs a cell, from its checkpoint on where there is one. */
export async function runCell(
  planned: PlannedCell,
  lab: Lab,
  { checkpoint, ...events }: CellOptions = {},
): Promise<RunRecord> {
  const { cell, method, settings, training, views, crops, source, targets } = planned;
  const { images } = lab;
  const learns = training.epochs > 0;
  const started = new Date();
  const begun = performance.now();
  let before = 0;
  const seconds = () => before + (performance.now() - begun) / 1000;
  let peakBytes = Deno.memoryUsage().rss;
  const notePeak = () => peakBytes = Math.max(peakBytes, Deno.memoryUsage().rss);
  const epochs: EpochRecord[] = [];
  const learner = method.learner(taskOf(source, images.clip), settings);
  const state = await fit(learner, {
    items: source.train,
    validation: planned.validation,
    needs: method.needs,
    training,
    images,
    random: streams(cell.seed),
    views,
    crops,
    gradients: true,
    onStep: (at) => events.onStep?.({ ...at, epochs: training.epochs }),
    onEpoch: (epoch) => {
      epochs.push(epoch);
      notePeak();
      events.onEpoch?.(epoch);
    },
    checkpoint,
    onResume: ({ seconds }) => before = seconds,
  }).finally(() => learner.dispose());
  using _ = { [Symbol.dispose]: () => disposeState(state) };
  const trained = seconds();

  const results: ResultRecord[] = [];
  for (const { dataset, classes } of targets) {
    const tested: Learner = method.learner(taskOf(dataset, images.clip), settings);
    const { metrics, predictions } = await evaluate(tested, state.params, dataset.test, {
      needs: method.needs,
      images,
      onBatch: events.onEvaluation,
    }).finally(() => tested.dispose());
    results.push({ dataset: dataset.name, classes, metrics, predictions });
    notePeak();
  }
  const parameters = Object.values(state.params).reduce((n, x) => n + x.size, 0);
  return {
    schema: 1,
    cell,
    settings: learns
      ? { ...settings, ...training, ...views && { views }, ...crops && { crops } }
      : settings,
    overrides: planned.overrides,
    preset: { name: planned.preset.name, table: planned.preset.table },
    deviations: deviationsOf(planned, lab),
    ...lab.shared,
    data: dataOf(planned, lab),
    started: started.toISOString(),
    seconds: { total: seconds(), training: trained, evaluation: seconds() - trained },
    peakBytes,
    parameters,
    epochs,
    results,
  };
}

/** What was read of the data sets that the cell is about. */
function dataOf({ cell, targets }: PlannedCell, { shared }: Lab): RunRecord["data"] {
  const about = new Set([cell.dataset, ...targets.map(({ dataset }) => dataset.name)]);
  return shared.data?.filter(({ dataset }) => about.has(dataset));
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
