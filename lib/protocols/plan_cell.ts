/**
 * A cell's settings, training and images, resolved: everything that decides its result.
 *
 * @module
 */
import type { ClipConfig } from "../clip/mod.ts";
import { fewShot, type Item, type LoadedDataset } from "../datasets/mod.ts";
import { type Cell, fitDepth } from "../engine/mod.ts";
import {
  type Method,
  type Preset,
  presetOf,
  resolveSettings,
  type Training,
} from "../methods/mod.ts";
import { type Draft, type Entry, methodOf } from "./experiment.ts";
import { protocol, type Target } from "./protocol.ts";

/** What cells are planned on. */
export interface Ground {
  /** Of the CLIP that they run on. */
  config: ClipConfig;
  /** Data sets by name. */
  datasets: ReadonlyMap<string, LoadedDataset>;
  /** Paths of images that are not there and are left out, after few-shot lists are drawn. */
  absent?: ReadonlySet<string>;
}

/** A cell with everything that decides its result. */
export interface PlannedCell {
  /** The cell. */
  cell: Cell;
  /** Its method. */
  method: Method;
  /** The preset it starts from. */
  preset: { name: string } & Preset<Record<string, unknown>>;
  /** The method's settings, resolved. */
  settings: Record<string, unknown>;
  /** Keys of settings and training that are not the preset's. */
  overrides: string[];
  /** What of the preset is not as the paper has it, or does not fit here, a sentence each. */
  deviations: string[];
  /** The training, resolved. */
  training: Training;
  /** Fixed views of each training image, in place of new crops. */
  views?: number;
  /** The least share of an image's area that a training crop shows; the papers' where absent. */
  crops?: number;
  /** The few-shot set to train on. */
  source: LoadedDataset;
  /** The images that something is chosen on; none where nothing is. */
  validation: Item[];
  /** What is tested on. */
  targets: Target[];
}

/**
 * Plans cells. Few-shot selection is over all classes, before the split into base and new ones, as published.
 *
 * @returns what plans one; cells that read the same images share the lists of them
 * @throws {UserError} for a setting the method does not have or a value out of range
 */
export function planner(ground: Ground): (draft: Draft) => PlannedCell {
  const { datasets, absent } = ground;
  const there = (items: Item[]) =>
    absent?.size ? items.filter(({ path }) => !absent.has(path)) : items;
  const sourceOf = onceBy(
    ({ protocol, dataset, shots, seed }: Cell) => [protocol, dataset, shots, seed],
    ({ protocol: name, dataset, shots, seed }) => {
      const loaded = datasets.get(dataset)!;
      const few = shots > 0
        ? fewShot(loaded, loaded.shotsPerClass ?? shots, seed)
        : { ...loaded, train: [], val: [] };
      const source = protocol(name).source(few);
      return { ...source, train: there(source.train), val: there(source.val) };
    },
  );
  const targetsFor = onceBy(
    ({ protocol, dataset }: Cell, names: string[]) => [protocol, dataset, names],
    ({ protocol: name, dataset }, names) =>
      protocol(name).targets(datasets.get(dataset)!, names.map((other) => datasets.get(other)!))
        .map(({ dataset, classes }) => ({ dataset: tested(dataset), classes })),
  );
  const tested = (set: LoadedDataset) => ({ ...set, test: testOf(set.test) });
  const testOf = once(there);
  return ({ cell, entry, datasets: names }) => {
    const form = settled(entry, cell, ground.config);
    const source = sourceOf(cell);
    const targets = targetsFor(cell, names);
    const bound = form.method.classBound?.(form.settings) ?? false;
    const own = source.classNames.join("\n");
    const testable = bound
      ? targets.filter(({ dataset }) => dataset.classNames.join("\n") === own)
      : targets;
    return {
      cell,
      ...form,
      source,
      validation: (form.method.selects?.(form.settings) ?? choosesOnValidation(form.settings))
        ? source.val
        : [],
      targets: testable,
      deviations: testable.length < targets.length
        ? [...form.deviations, "what it learns belongs to its classes: others are not tested"]
        : form.deviations,
    };
  };
}

/** Early stopping and the linear probe's sweep. */
function choosesOnValidation({ patience, sweep }: Record<string, unknown>): boolean {
  return Number(patience) > 0 || sweep === true;
}

/** The part that depends on no images. */
function settled(entry: Entry, cell: Cell, config: ClipConfig) {
  const by = methodOf(entry);
  const preset = presetOf(by, entry.preset);
  const paper = resolveSettings(by, preset.settings, preset.adjust?.(cell) ?? {});
  const fitting = fitDepth(paper, config);
  const own = entry.settings ?? {};
  const settings = resolveSettings(by, paper, fitting.changed, own);
  const published = preset.training(cell.shots, cell.dataset);
  const learns = published.epochs > 0;
  const training = learns ? { ...published, ...entry.training } : published;
  const crops = learns ? entry.crops : undefined;
  const views = learns ? entry.views : undefined;
  const changed = changes({ ...paper, ...published }, { ...settings, ...training });
  return {
    ...{ method: by, preset, settings, training, views, crops },
    overrides: [
      ...changed.map(({ key }) => key),
      ...views ? ["views"] : [],
      ...crops ? ["crops"] : [],
    ],
    deviations: [
      ...preset.deviations,
      ...fitting.deviations.filter((_, i) => !(Object.keys(fitting.changed)[i] in own)),
      ...changed.filter(({ key }) => key in own || !(key in fitting.changed)).map(
        ({ key, ours, theirs }) => `${key} ${ours} instead of ${theirs}`,
      ),
      ...views
        ? [`${views} fixed views of each training image instead of new crops in every epoch`]
        : [],
      ...crops ? [`training crops show at least ${crops} of an image instead of 0.08`] : [],
    ],
  };
}

/** What differs between two settings of the same keys. */
function changes(theirs: Record<string, unknown>, ours: Record<string, unknown>) {
  const shown = (value: unknown) => typeof value === "string" ? value : JSON.stringify(value);
  return Object.keys(ours)
    .map((key) => ({ key, ours: shown(ours[key]), theirs: shown(theirs[key]) }))
    .filter(({ ours, theirs }) => ours !== theirs);
}

/** `make`, done once for each argument. */
function once<A extends object, B>(make: (argument: A) => B): (argument: A) => B {
  const made = new Map<A, B>();
  return (argument) => {
    if (!made.has(argument)) made.set(argument, make(argument));
    return made.get(argument)!;
  };
}

/** `make`, done once for each list of values. */
function onceBy<A extends unknown[], B>(
  key: (...of: A) => unknown,
  make: (...of: A) => B,
): (...of: A) => B {
  const made = new Map<string, B>();
  return (...of) => {
    const name = JSON.stringify(key(...of));
    if (!made.has(name)) made.set(name, make(...of));
    return made.get(name)!;
  };
}
