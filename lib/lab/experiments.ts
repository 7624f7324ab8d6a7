/**
 * Experiments as a user gives them: methods, data sets and CLIPs by name or as values, and nothing that need be said where
 * there is a usual way. Here they become plain data, with the values beside it by name.
 *
 * @module
 */
import { type Clip, clipIdentity } from "../clip/mod.ts";
import { type Dataset, dataset, type LoadedDataset } from "../datasets/mod.ts";
import { UserError } from "../errors.ts";
import { type Method, method, misplaced } from "../methods/mod.ts";
import {
  anything,
  checkOptions,
  either,
  fields,
  type Kinds,
  listOf,
  text,
  words,
} from "../options_given.ts";
import { type Entry, entryKinds, type Experiment, protocol } from "../protocols/mod.ts";

/** A method of any settings. */
// deno-lint-ignore no-explicit-any -- a method takes settings of its own type, which a list of methods cannot name
export type AnyMethod = Method<any>;

/**
 * A method by name (`coop`, or with a preset of it `coop:template`), as a value, or with what is changed of it.
 *
 * @category Reproduce
 */
export type GivenEntry =
  | string
  | AnyMethod
  | (Omit<Entry, "method"> & { method: string | AnyMethod });

/** A data set by name (`eurosat`, `folder:./birds`), or as a value: one that is to be read, or one that has been. */
export type GivenDataset = string | Dataset | LoadedDataset;

/**
 * An experiment: every entry on every data set, at every number of shots, with every seed.
 *
 * @category Reproduce
 */
export interface GivenExperiment
  extends Partial<Omit<Experiment, "entries" | "datasets" | "clip">> {
  /** The methods. */
  entries: readonly GivenEntry[];
  /** The data sets; a protocol with one source trains on the first. */
  datasets: readonly GivenDataset[];
  /** CLIP weights: `pocket` (when not given), `random`, a published name, a path; or a CLIP. */
  clip?: string | Clip;
  /** The command that runs it again, for its heading in the report. */
  command?: string;
}

/** What each part of an experiment may be; what is in its lists is looked at one by one. */
const kinds: Kinds<GivenExperiment> = {
  id: words,
  title: words,
  about: text,
  protocol: words,
  entries: listOf(anything),
  datasets: listOf(anything),
  clip: either(words, fields),
  command: words,
  shots: listOf(anything),
  seeds: listOf(anything),
};

/** Experiments as plain data, and the values that were given in place of names. */
export interface NamedExperiments {
  /** With names alone. */
  experiments: NamedExperiment[];
  /** What the names stand for. */
  values: Values;
}

/** An experiment as plain data. */
export type NamedExperiment = Omit<Experiment, "entries"> & {
  /** Methods by name. */
  entries: NamedEntry[];
  /** The command that runs it again. */
  command?: string;
};

/** A method by name, and what is changed of it. */
export type NamedEntry = Omit<Entry, "method"> & { method: string };

/** What was given as a value, by its name. */
export interface Values {
  /** Methods that are not this module's own. */
  methods: Map<string, AnyMethod>;
  /** Data sets that no name stands for. */
  datasets: Map<string, Dataset | LoadedDataset>;
  /** What was given for a data set's name: itself, or `folder:PATH`. */
  specs: Map<string, string>;
  /** CLIPs, by the name that stands for them in the experiments. */
  clips: Map<string, Clip>;
}

/**
 * The experiments as plain data.
 *
 * @throws {UserError} for a name that does not exist, and for two values of one name
 */
export function named(given: readonly GivenExperiment[]): NamedExperiments {
  if (given.length === 0) throw new UserError("there is no experiment to run: give one");
  const values: Values = {
    ...{ methods: new Map(), datasets: new Map(), specs: new Map(), clips: new Map() },
  };
  for (const one of given) {
    checkOptions("an experiment", one, kinds, { needed: ["entries", "datasets"] });
  }
  const experiments = given.map((experiment) => namedOne(experiment, values));
  const ids = experiments.map(({ id }) => id);
  const twice = ids.find((id, i) => ids.indexOf(id) !== i);
  if (twice !== undefined) {
    throw new UserError(`two experiments are called ${twice}: give each an id of its own`);
  }
  return { experiments, values };
}

function namedOne(given: GivenExperiment, values: Values): NamedExperiment {
  const followed = protocol(given.protocol ?? "base-to-new");
  const { entries, datasets, clip = "pocket" } = given;
  const { shots = followed.shots, seeds = [1, 2, 3] } = given;
  for (const [key, list] of Object.entries({ entries, datasets, shots, seeds })) {
    if (list.length === 0) throw new UserError(`the experiment has no ${key}: give at least one`);
  }
  for (const [key, list] of Object.entries({ shots, seeds })) {
    const bad = list.find((n) => !Number.isSafeInteger(n) || n < 0);
    if (bad !== undefined) {
      throw new UserError(`${key} of the experiment has ${bad}: give whole numbers from 0`);
    }
  }
  return {
    id: given.id ?? followed.name,
    title: given.title ?? followed.title,
    about: given.about ?? "",
    protocol: followed.name,
    clip: typeof clip === "string" ? clip : clipName(clip, values),
    entries: entries.map((entry) => namedEntry(entry, values)),
    datasets: datasets.map((set) => setName(set, values)),
    ...{ shots, seeds },
    ...given.command !== undefined && { command: given.command },
  };
}

function namedEntry(given: GivenEntry, values: Values): NamedEntry {
  if (typeof given === "string") {
    const [name, preset] = given.split(":") as [string, string?];
    return { method: method(name).name, ...preset !== undefined && { preset } };
  }
  if (!isEntry(given)) {
    if (typeof given.learner !== "function") {
      checkOptions("an entry", given, entryKinds, { needed: ["method"] });
    }
    return { method: methodName(given, values) };
  }
  const { method: by, ...changes } = given;
  const chosen = typeof by === "string" ? values.methods.get(by) ?? method(by) : by;
  const meant = misplaced(chosen, Object.keys(entryKinds));
  checkOptions(`the entry of ${chosen.name}`, given, entryKinds, { meant });
  return {
    method: typeof by === "string"
      ? (values.methods.get(by) ?? method(by)).name
      : methodName(by, values),
    ...changes,
  };
}

function isEntry(
  given: Exclude<GivenEntry, string>,
): given is Exclude<GivenEntry, string | AnyMethod> {
  return "method" in given;
}

/** The name of a method that is given as a value: one of this module's own, or one that is remembered under it. */
function methodName(given: AnyMethod, { methods }: Values): string {
  const { name } = given;
  if (ownMethod(name) === given) return name;
  if (ownMethod(name) || (methods.get(name) ?? given) !== given) {
    throw new UserError(
      `there are two methods called ${name}: tables know a method by its name, so give yours another`,
    );
  }
  methods.set(name, given);
  return name;
}

function ownMethod(name: string): AnyMethod | undefined {
  try {
    return method(name);
  } catch {
    return undefined;
  }
}

function setName(given: GivenDataset, { datasets, specs }: Values): string {
  if (typeof given === "string") {
    const { name } = dataset(given);
    if (datasets.has(name) || (specs.get(name) ?? given) !== given) throw twoSets(name);
    specs.set(name, given);
    return name;
  }
  const { name } = given;
  if (specs.has(name) || (datasets.get(name) ?? given) !== given) throw twoSets(name);
  datasets.set(name, given);
  return name;
}

function twoSets(name: string): UserError {
  return new UserError(`two data sets are called ${name}: give each a name of its own`);
}

/** What stands for a CLIP that is given as a value. */
function clipName(clip: Clip, { clips }: Values): string {
  const name = `given ${clipIdentity(clip)}`;
  clips.set(name, clip);
  return name;
}
