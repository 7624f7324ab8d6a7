/**
 * The experiments that the options of a reproduction ask for: a recipe's, in whole or in part, or one of the user's own.
 *
 * @module
 */
import { dataset, pocketSets, pocketShifts, specOf } from "../../datasets/mod.ts";
import { method, usualMethods } from "../../methods/mod.ts";
import type { DataPlaces } from "../../lab/mod.ts";
import { type Entry, type Experiment, methodOf, protocol, recipes } from "../../protocols/mod.ts";
import { kebab, UsageError } from "../options.ts";
import type { ReproduceOptions } from "./options.ts";
import { type GivenFiles, parseData, readingOf } from "./data_given.ts";
import { experimentsGiven } from "./settings_given.ts";

/** What is to be run. */
export interface Choice {
  /** The recipe's name; none for an experiment of the user's own. */
  recipe?: string;
  /** The first line of the report. */
  headline?: string;
  /** Data sets by name, or as `folder:PATH`. */
  experiments: Experiment[];
  /** Where they lie. */
  data: DataPlaces;
}

/**
 * What the options ask for. Names are right when it returns; nothing has been read.
 *
 * @throws {UsageError} for options that do not go together, and when nothing is left to run
 */
export function choose(options: ReproduceOptions, files: GivenFiles = {}): Choice {
  const own = options.data.length > 0 ? "--data" : options.protocol && "--protocol";
  if (own && options.preset) {
    throw new UsageError(
      `reproduce: ${own} names an experiment of your own, which --preset ${options.preset} leaves no room for: give one of the two`,
    );
  }
  const words =
    (["template", "templates", "classNames", "split", "splitSeed", "shotsPerClass"] as const)
      .find((key) => options[key] !== undefined);
  if (words && !own) {
    throw new UsageError(
      `reproduce: --${
        kebab(words)
      } is for an experiment of your own: name its data by --data, or its protocol by --protocol`,
    );
  }
  const choice = own === undefined ? ofRecipe(options) : ownExperiment(options, own, files);
  return { ...choice, experiments: experimentsGiven(choice.experiments, options) };
}

function ofRecipe(options: ReproduceOptions): Choice {
  const recipe = recipes.find(({ name }) => name === options.preset) ?? recipes[0];
  if (options.full && recipe!.name !== "pocket") {
    throw new UsageError(`reproduce: --full is for --preset pocket; ${recipe!.name} is whole`);
  }
  const all = recipe!.experiments(options.full);
  const named = all.filter(({ id }) => options.only?.some((part) => isNamed(id, part)) ?? true);
  if (named.length === 0) {
    throw new UsageError(
      `reproduce: --preset ${recipe!.name} has no experiment ${options.only!.join(", ")}: it has ${
        all.map(({ id }) => id).join(", ")
      }`,
    );
  }
  const experiments = named.flatMap((experiment) => restricted(experiment, options));
  if (experiments.length > 0) {
    refuseUnused(options, all, experiments);
    return {
      recipe: recipe!.name,
      headline: recipe!.headline,
      experiments,
      data: { root: options.root, skipMissing: options.skipMissing },
    };
  }
  const part = [
    ...options.datasets ? [`--datasets ${options.datasets.join(",")}`] : [],
    ...options.methods ? [`--methods ${options.methods.join(",")}`] : [],
  ];
  throw new UsageError(
    `reproduce: ${named.map(({ id }) => id).join(", ")} has nothing of ${
      part.join(" ")
    }: --dry-run lists what there is`,
  );
}

/** A name that is in nothing that would run is a mistake: what was asked for would be missing without a word. */
function refuseUnused(options: ReproduceOptions, all: Experiment[], chosen: Experiment[]): void {
  const ids = (experiments: Experiment[]) => experiments.map(({ id }) => id).join(", ");
  const { only = [], methods = [], datasets = [] } = options;
  const faults = [
    ...only.filter((part) => !all.some(({ id }) => isNamed(id, part)))
      .map((part) => `--only ${part} is none of ${ids(all)}`),
    ...methods.filter((name) =>
      !chosen.some(({ entries }) => entries.some((e) => isEntry(e, name)))
    )
      .map((name) => `--methods ${name} is in none of ${ids(chosen)}; --protocol takes any method`),
    ...datasets.filter((name) => !chosen.some((experiment) => experiment.datasets.includes(name)))
      .map((name) => `--datasets ${name} is in none of ${ids(chosen)}`),
  ];
  if (faults.length > 0) throw new UsageError(`reproduce: ${faults[0]}`);
}

/** Whether `part` is the id, or its beginning or end up to a slash. */
function isNamed(id: string, part: string): boolean {
  return id === part || id.startsWith(`${part}/`) || id.endsWith(`/${part}`);
}

/** All that `--only` may name. */
export const experimentNames: readonly string[] = [
  ...new Set(
    recipes.flatMap((recipe) => recipe.experiments(true)).flatMap(({ id }) => [
      id,
      id.split("/")[0]!,
      id.slice(id.indexOf("/") + 1),
    ]),
  ),
];

/** The experiment on the data sets and with the methods that are named; none when nothing is left of it. */
function restricted(experiment: Experiment, { datasets, methods }: ReproduceOptions): Experiment[] {
  const entries = methods
    ? experiment.entries.filter((entry) => methods.some((name) => isEntry(entry, name)))
    : experiment.entries;
  const sets = datasets ? restrictedSets(experiment, datasets) : experiment.datasets;
  return entries.length > 0 && sets.length > 0 ? [{ ...experiment, entries, datasets: sets }] : [];
}

/**
 * The experiment's data sets, narrowed to the named ones. Where it trains on one set alone, that source stays, and
 * where only the source is named, so do all the sets that it is tested on.
 */
function restrictedSets({ protocol: name, datasets }: Experiment, named: string[]): string[] {
  const kept = datasets.filter((set) => named.includes(set));
  if (!protocol(name).oneSource) return kept;
  const [source] = datasets as [string];
  if (kept.length === 1 && kept[0] === source) return datasets;
  return kept.length === 0 ? [] : [source, ...kept.filter((set) => set !== source)];
}

function isEntry(entry: Entry, named: string): boolean {
  const { preset } = entry;
  const { name } = methodOf(entry);
  return named === name || (preset !== undefined && named === `${name}:${preset}`);
}

function ownExperiment(options: ReproduceOptions, by: string, files: GivenFiles): Choice {
  if (options.only || options.full) {
    throw new UsageError(
      `reproduce: ${
        options.only ? "--only" : "--full"
      } is for a preset, and ${by} names an experiment of your own`,
    );
  }
  if (options.shots && options.shotsPerClass) {
    throw new UsageError("reproduce: --shots and --shots-per-class both say the shots: give one");
  }
  const reading = readingOf(options, files);
  const own = parseData(options.data, reading);
  const named = own.map(({ name }) => name);
  const twice = named.find((name, i) => named.indexOf(name) !== i);
  if (twice) throw new UsageError(`reproduce: --data names ${twice} twice: give it once`);
  const followed = protocol(options.protocol ?? "base-to-new");
  const isShift = followed.name === "domain-generalization";
  const suite = [...pocketSets.slice(0, isShift ? 1 : undefined), ...isShift ? pocketShifts : []];
  const methods = options.methods ?? usualMethods;
  const datasets = [
    ...own.map(({ spec }) => spec),
    ...(options.datasets?.map((name) => dataset(name).name) ??
      (named.length > 0 ? [] : suite.map(({ name }) => name)))
      .map((name) => specOf(name, reading)),
  ];
  const experiment: Experiment = {
    id: followed.name,
    title: followed.title,
    about: "",
    clip: options.clip ?? "pocket",
    protocol: followed.name,
    entries: methods.map(entryOf),
    datasets,
    shots: options.shots ?? (files.mostShots ? [files.mostShots] : followed.shots),
    seeds: [1, 2, 3],
  };
  const roots = Object.fromEntries(
    own.flatMap(({ name, root }) => root === undefined ? [] : [[name, root]]),
  );
  return {
    experiments: [experiment],
    data: { root: options.root, roots, skipMissing: options.skipMissing },
  };
}

/** `coop`, or with a preset of it, `coop:template`. */
function entryOf(named: string): Entry {
  const [name, preset] = named.split(":") as [string, string?];
  return { method: name, ...preset && { preset } };
}

/** All that `--methods` may name. */
export function methodNames(names: readonly string[]): string[] {
  return names.flatMap((name) => [
    name,
    ...Object.keys(method(name).presets).map((preset) => `${name}:${preset}`),
  ]);
}
