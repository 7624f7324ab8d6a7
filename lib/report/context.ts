/**
 * What a report says that no run record knows.
 *
 * @module
 */

import type { Cell } from "../engine/record.ts";

/** A cell of the grid that ended in an error. */
export interface Failure {
  cell: Cell;
  /** The error's line. */
  error: string;
}

/** What {@linkcode report} needs beside the records. */
export interface ReportContext {
  /** The first line: what this is. "Random weights: a check of the machinery, not a result." */
  headline: string;
  /** The command that made the report. */
  command: string;
  /** Titles of methods and data sets by their short names, as in the papers: `{ eurosat: "EuroSAT" }`. */
  titles?: Record<string, string>;
  failures?: Failure[];
  /** What was missing, a sentence each: images that the folder lacks, data sets that are not there. */
  missing?: string[];
}
