/**
 * One cell from its images to its record.
 *
 * @module
 */
import type { ClipConfig } from "../clip/mod.ts";
import { fewShot, type Item, type LoadedDataset } from "../datasets/mod.ts";
import {
  type Cell,
  type Checkpoint,
  disposeState,
  type EpochRecord,
  evaluate,
  fit,
  type Images,
  type ResultRecord,
  type RunRecord,
} from "../engine/mod.ts";
import {
  type Learner,
  type Method,
  type Preset,
  resolveSettings,
  type Task,
  type Training,
} from "../methods/mod.ts";
import { type CustomSet, customTemplate, knowsTemplate } from "../templates.ts";
import { streams } from "../random/mod.ts";
import type { Protocol, Target } from "./protocol.ts";

/** What the cells of a run share. */
export interface Lab {
  images: Images;
  datasets: LoadedDataset[];
  /** Settings the user gave, for every method that has them. */
  overrides: Record<string, unknown>;
  /** Training the user gave in place of the preset's. */
  training: Partial<Training>;
  views?: number;
  /** Paths of images that are not there and are left out, after few-shot lists are drawn. */
  absent?: ReadonlySet<string>;
  /** SHA-256 of the images by path: a cell's identity holds them. */
  hashes?: ReadonlyMap<string, string>;
  /** What every record says alike. */
  shared: Pick<RunRecord, "clip" | "backend" | "versions" | "code" | "command" | "data">;
}

/** A cell with everything that decides its result. */
export interface PlannedCell {
  cell: Cell;
  method: Method;
  preset: { name: string } & Preset<Record<string, unknown>>;
  settings: Record<string, unknown>;
  overrides: string[];
  /** What of the paper's setting does not fit this CLIP. */
  deviations: string[];
  training: Training;
  /** The few-shot set to train on. */
  source: LoadedDataset;
  /** The images that something is chosen on; none where nothing is. */
  validation: Item[];
  targets: Target[];
}

/** What happens while a cell runs. */
export interface CellEvents {
  onStep?(at: { epoch: number; epochs: number; step: number; steps: number; loss: number }): void;
  onEvaluation?(done: number, total: number): void;
}

/** What a cell may go on from. */
export interface CellOptions extends CellEvents {
  checkpoint?: Checkpoint;
}

/**
 * Resolves a cell: settings, training and the images it reads. Few-shot selection is over all classes, before the split
 * into base and new ones, as published.
 *
 * @throws {UserError} for a setting the method does not have or a value out of range
 */
export function planCell(
  cell: Cell,
  { method, protocol, presetName }: { method: Method; protocol: Protocol; presetName?: string },
  lab: Pick<Lab, "datasets" | "overrides" | "training" | "images" | "absent">,
): PlannedCell {
  const [firstName] = Object.keys(method.presets);
  const name = presetName && presetName in method.presets ? presetName : firstName;
  const preset = { name, ...method.presets[name] };
  const own = Object.fromEntries(
    Object.entries(lab.overrides).filter(([key]) => Object.hasOwn(method.settings, key)),
  );
  const paper = resolveSettings(method, preset.settings, preset.adjust?.(cell) ?? {});
  const fitting = fitDepth(paper, lab.images.clip.config);
  const settings = resolveSettings(method, paper, fitting.changed, own);
  const loaded = lab.datasets.find((d) => d.name === cell.dataset)!;
  const published = preset.training(cell.shots);
  const training = published.epochs === 0 ? published : { ...published, ...lab.training };
  const there = (items: Item[]) => items.filter(({ path }) => !lab.absent?.has(path));
  const source = protocol.source(fewShot(loaded, cell.shots, cell.seed));
  const targets = protocol.targets(loaded, lab.datasets).map(({ dataset, classes }) => ({
    dataset: { ...dataset, test: there(dataset.test) },
    classes,
  }));
  const bound = method.classBound?.(settings) ?? false;
  const names = source.classNames.join("\n");
  const testable = targets.filter((t) => !bound || t.dataset.classNames.join("\n") === names);
  return {
    cell,
    method,
    preset,
    settings,
    overrides: Object.keys(paper).filter((key) =>
      JSON.stringify(settings[key]) !== JSON.stringify(paper[key])
    ),
    deviations: testable.length < targets.length
      ? [...fitting.deviations, "what it learns belongs to its classes: others are not tested"]
      : fitting.deviations,
    training,
    source: { ...source, train: method.learned === "nothing" ? [] : there(source.train) },
    validation: choosesOnValidation(settings) ? there(source.val) : [],
    targets: testable,
  };
}

/** Early stopping and the linear probe's sweep. */
function choosesOnValidation({ patience, sweep }: Record<string, unknown>): boolean {
  return Number(patience) > 0 || sweep === true;
}

/** Runs a cell, from its checkpoint on where there is one. */
export async function runCell(
  planned: PlannedCell,
  lab: Lab,
  { checkpoint, ...events }: CellOptions = {},
): Promise<RunRecord> {
  const { cell, method, settings, training, source, targets } = planned;
  const { images, views } = lab;
  const learns = training.epochs > 0;
  const started = new Date();
  const begun = performance.now();
  let before = 0;
  const seconds = () => before + (performance.now() - begun) / 1000;
  let peakBytes = Deno.memoryUsage().rss;
  const notePeak = () => peakBytes = Math.max(peakBytes, Deno.memoryUsage().rss);
  const epochs: EpochRecord[] = [];
  const learner = method.learner(taskOf(source, images), settings);
  const state = await fit(learner, {
    items: source.train,
    validation: planned.validation,
    needs: method.needs,
    training,
    images,
    random: streams(cell.seed),
    views,
    onStep: (at) => events.onStep?.({ ...at, epochs: training.epochs }),
    onEpoch: (epoch) => (epochs.push(epoch), notePeak()),
    checkpoint,
    onResume: ({ seconds }) => before = seconds,
  });
  const trained = seconds();
  learner.dispose();

  const results: ResultRecord[] = [];
  for (const { dataset, classes } of targets) {
    const tested: Learner = method.learner(taskOf(dataset, images), settings);
    const { metrics, predictions } = await evaluate(tested, state.params, dataset.test, {
      needs: method.needs,
      images,
      onBatch: events.onEvaluation,
    });
    results.push({ dataset: dataset.name, classes, metrics, predictions });
    tested.dispose();
    notePeak();
  }
  const parameters = Object.values(state.params).reduce((n, x) => n + x.size, 0);
  disposeState(state);
  return {
    schema: 1,
    cell,
    settings: learns ? { ...settings, ...training } : settings,
    overrides: learns ? [...planned.overrides, ...Object.keys(lab.training)] : planned.overrides,
    preset: { name: planned.preset.name, table: planned.preset.table },
    deviations: deviationsOf(planned, lab),
    ...lab.shared,
    started: started.toISOString(),
    seconds: { total: seconds(), training: trained, evaluation: seconds() - trained },
    peakBytes,
    parameters,
    epochs,
    results,
  };
}

function taskOf(dataset: LoadedDataset, { clip }: Images): Task {
  return {
    clip,
    classNames: dataset.classNames,
    template: dataset.template,
    progradTemplate: wordedBy("prograd", dataset),
    kgcoopTemplate: wordedBy("kgcoop", dataset),
  };
}

/** Some papers word some data sets' templates in their own way; a set they do not know keeps its own. */
function wordedBy(paper: CustomSet, { name, template }: LoadedDataset): string {
  return knowsTemplate(name, paper) ? customTemplate(name, paper) : template;
}

/** Prompts as deep as the paper's, or as this CLIP's towers where they are not so deep. */
function fitDepth(settings: Record<string, unknown>, { vision, text }: ClipConfig) {
  const imageLayers = vision.kind === "vit" ? vision.layers : Infinity;
  const layers: Record<string, number> = {
    textDepth: text.layers,
    imageDepth: imageLayers,
    depth: Math.min(text.layers, imageLayers),
  };
  const changed: Record<string, number> = {};
  const deviations: string[] = [];
  for (const [key, most] of Object.entries(layers)) {
    if (!(Number(settings[key]) > most)) continue;
    changed[key] = most;
    deviations.push(`${key} ${most} instead of ${settings[key]}: this CLIP has no more layers`);
  }
  return { changed, deviations };
}

function deviationsOf(
  { cell, preset, training, deviations: fitting }: PlannedCell,
  { shared, views, training: given }: Lab,
): string[] {
  const deviations = [...preset.deviations, ...fitting];
  const published = preset.training(cell.shots);
  if (!preset.backbone.includes(shared.clip.name)) {
    deviations.push(`the paper's backbone is ${preset.backbone}; this is ${shared.clip.name}`);
  }
  if (training.epochs > 0 && given.epochs !== undefined) {
    deviations.push(`${training.epochs} epochs instead of ${published.epochs}`);
  }
  if (training.epochs > 0 && views) {
    deviations.push(
      `${views} fixed views of each training image instead of new crops in every epoch`,
    );
  }
  for (const { dataset, missing } of shared.data ?? []) {
    if (missing > 0) {
      deviations.push(`${missing} images of ${dataset} are missing and were left out`);
    }
  }
  return deviations;
}
