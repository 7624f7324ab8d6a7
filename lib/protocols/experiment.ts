/**
 * Experiments: what a table or figure of a paper takes, as plain data, and the cells it comes to. A recipe is a list of
 * them, such as all of a paper's.
 *
 * @module
 */
import type { Cell } from "../engine/mod.ts";
import { learns, type Method, method, type Told, toldKinds } from "../methods/mod.ts";
import { either, fields, type Kinds, words } from "../options_given.ts";
import { protocol } from "./protocol.ts";

/** A method as an experiment runs it. */
export interface Entry extends Told {
  /** The method, or its short name. */
  // deno-lint-ignore no-explicit-any -- a method takes settings of its own type, which a list of methods cannot name
  method: string | Method<any>;
}

/** What each part of an entry may be. */
export const entryKinds: Kinds<Entry> = { ...toldKinds, method: either(words, fields) };

/** The method that an entry runs. */
export function methodOf({ method: given }: Entry): Method {
  return typeof given === "string" ? method(given) : given;
}

/** A table or figure: every entry on every data set, at every number of shots, with every seed. */
export interface Experiment {
  /** The experiment's name, such as `prometar/base-to-new`. */
  id: string;
  /** The heading above its tables in the report. */
  title: string;
  /** What it repeats: the paper's table or figure, and what to know of it. */
  about: string;
  /** CLIP weights, as `--clip` names them. */
  clip: string;
  /** Name of the protocol. */
  protocol: string;
  /** The methods, as they are run. */
  entries: Entry[];
  /** Short names of the data sets; a protocol with one source trains on the first. */
  datasets: string[];
  /** Numbers of training images of each class; a cell has one of them. */
  shots: number[];
  /** Seeds of all random draws; a cell has one of them. */
  seeds: number[];
}

/** A list of experiments that one command runs. Its file's header says what it takes and what to expect. */
export interface Recipe {
  /** The recipe's name, as on the command line. */
  name: string;
  /** What it is, for the first line of the report. */
  headline: string;
  /** Its experiments. @param full all of them, where there is a short form */
  experiments(full: boolean): Experiment[];
}

/** A cell that has been named and not yet planned: nothing has been read for it. */
export interface Draft {
  /** The cell's name: protocol, method, data set, shots, seed. */
  cell: Cell;
  /** The method, as it is run. */
  entry: Entry;
  /** CLIP weights, as `--clip` names them. */
  clip: string;
  /** The data sets of its experiment. */
  datasets: string[];
  /** The experiments that it is part of, and its place in each. */
  experiments: Map<string, number>;
}

/**
 * The cells of some experiments, each once. The result of a method that learns nothing depends on neither shots nor seed:
 * it is one cell of 0 shots.
 *
 * @throws {UserError} for names that do not exist
 */
export function draftCells(experiments: readonly Experiment[]): Draft[] {
  const drafts = new Map<string, Draft>();
  for (const { id, clip, protocol: name, entries, datasets, shots, seeds } of experiments) {
    const { oneSource } = protocol(name);
    let place = 0;
    for (const dataset of oneSource ? datasets.slice(0, 1) : datasets) {
      for (const entry of entries) {
        const by = methodOf(entry);
        const learning = learns(by);
        for (const shot of learning ? shots : [0]) {
          for (const seed of learning ? seeds : seeds.slice(0, 1)) {
            const cell = { protocol: name, method: by.name, dataset, shots: shot, seed };
            // Only what is tested on the other sets depends on which they are.
            const others = oneSource ? datasets : [];
            const key = JSON.stringify([cell, { ...entry, method: by.name }, clip, others]);
            const known = drafts.get(key);
            const places = known?.experiments ?? new Map();
            places.set(id, place++);
            if (!known) drafts.set(key, { cell, entry, clip, datasets, experiments: places });
          }
        }
      }
    }
  }
  return [...drafts.values()];
}
