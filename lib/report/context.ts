/**
 * What a report says that no run record knows.
 *
 * @module
 */

import type { Cell, RunRecord } from "../engine/record.ts";
import type { MeasuredRounding } from "../results/mod.ts";

/** A run's record with the identity of its cell, which its file is named by. */
export type Run = RunRecord & {
  /** Sixteen hexadecimal digits; made of the cell's name where there is none. */
  id?: string;
  /** Bytes of what it learned, `prompts/<id>.safetensors` beside the report, where that was kept. */
  prompts?: number | undefined;
};

/** A cell of the grid that ended in an error. */
export interface Failure {
  /** Identity of the cell; made of its name where absent. */
  id?: string;
  /** The cell. */
  cell: Cell;
  /** The error, in one line. */
  error: string;
}

/** A table or figure of a paper, run again. */
export interface ReportExperiment {
  /** The experiment's name, which names its table: `prometar/base-to-new`. */
  id: string;
  /** The heading above the experiment's tables. */
  title: string;
  /** Name of the protocol of its cells: `base-to-new`. */
  protocol: string;
  /** What it repeats, a phrase: "ProMetaR, table 1". */
  about: string;
  /** The command that runs the experiment again. */
  command: string;
  /** Identities of its cells, done or not. */
  cells: string[];
}

/** What a method is held to, as a reader may follow it. */
export interface MethodEvidence {
  /** Records of the published code: name, file in plumbline's repository, and its page, relative to the report, where that is near. */
  records: { name: string; file: string; page?: string }[];
  /** Published lines: the class or function, first and last line, and their address on the web. */
  code: {
    what: string;
    repository: string;
    commit: string;
    file: string;
    lines: number[];
    url: string;
  }[];
}

/**
 * What gives the titles of short names, as in the papers; the name itself where no title is known.
 *
 * @param titles a user's names may be any words, `constructor` too, so only its own keys count
 */
export function titled(
  titles: Readonly<Record<string, string>> = {},
): (name: string) => string {
  return (name) => Object.hasOwn(titles, name) ? titles[name]! : name;
}

/** What {@linkcode report} needs beside the records. */
export interface ReportContext {
  /** The first line: what this is. "Random weights: a check of the machinery, not a result." */
  headline: string;
  /** The command that made the report. */
  command: string;
  /** Titles of methods and data sets by their short names, as in the papers: `{ eurosat: "EuroSAT" }`. */
  titles?: Record<string, string>;
  /** What methods are held to, by their short names: where numbers lead to in the end. */
  evidence?: Record<string, MethodEvidence>;
  /** How much of what seeds differ by is rounding, where it was measured: of trainings, some of which were run. */
  rounding?: readonly MeasuredRounding[];
  /** The experiments, in the order in which they are to appear; one for every protocol when not given. */
  experiments?: ReportExperiment[];
  /** Cells that ended in an error. */
  failures?: Failure[];
  /** The methods' papers, as BibTeX. */
  references?: string;
  /** What was missing, a sentence each: images that the folder lacks, data sets that are not there. */
  missing?: string[];
}
