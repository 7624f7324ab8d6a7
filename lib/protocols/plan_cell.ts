/**
 * A cell's settings, training and images, resolved: everything that decides its result.
 *
 * @module
 */
import type { ClipConfig } from "../clip/mod.ts";
import { fewShot, type Item, type LoadedDataset } from "../datasets/mod.ts";
import { type Cell, validationOf } from "../engine/mod.ts";
import { resolve, type Resolved, toldOf } from "../methods/mod.ts";
import { type Draft, methodOf } from "./experiment.ts";
import { protocol, refuseFewClasses, type Target } from "./protocol.ts";

/** What cells are planned on. */
export interface Ground {
  /** The sizes of the CLIP that the cells run on. */
  config: ClipConfig;
  /** Data sets by name. */
  datasets: ReadonlyMap<string, LoadedDataset>;
  /** Paths of images that are not there and are left out, after few-shot lists are drawn. */
  absent?: ReadonlySet<string> | undefined;
}

/** A cell with everything that decides its result. */
export interface PlannedCell extends Resolved {
  /** The cell. */
  cell: Cell;
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
      refuseFewClasses(protocol(name), loaded);
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
    const form = resolve(methodOf(entry), { ...cell, config: ground.config }, toldOf(entry));
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
      validation: validationOf(form, source),
      targets: testable,
      deviations: testable.length < targets.length
        ? [...form.deviations, "what it learns belongs to its classes: others are not tested"]
        : form.deviations,
    };
  };
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
