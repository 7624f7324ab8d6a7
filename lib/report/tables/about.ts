/**
 * What an entry of a table of results measures, in the terms in which values are published.
 *
 * @module
 */

import { type Reported, sameName } from "../reported.ts";
import type { Row } from "../rows.ts";

/** What an entry of a table measures. */
export interface About {
  label: string;
  /** Short name. */
  method: string;
  /** Title of the data set trained on, or `average`. */
  dataset: string;
  /** `base`, `new`, `H`, `accuracy`, or the data set tested on. */
  measure: string;
  shots: number;
  /** The rows that it is a mean of. */
  rows: Row[];
}

/** Which cells may be held against published values. */
export interface Fairness {
  /** Whether it is the papers' experiment: weights, data and settings. */
  fair(cell: string): boolean;
  /** Whether it is at least the form of the method that values are published of. */
  form(cell: string): boolean;
}

/** Identities of the cells. */
export function cellsOf({ rows }: About): string[] {
  return [...new Set(rows.map(({ cell }) => cell))];
}

/** Whether method and shots are those of a published value. What learns nothing has no shots. */
export function isOfMethod(one: Reported, { method, shots, rows }: About): boolean {
  return sameName(one.method, method) &&
    (one.shots === shots || rows.every(({ learns }) => !learns));
}

/** The published value of a measure. */
export function measured({ measures }: Reported, measure: string): number | undefined {
  return Object.entries(measures).find(([name]) => sameName(name, measure))?.[1];
}

/** Sorts the papers' own values before what others found when they ran a method again. */
export function quotedFirst(a: Reported, b: Reported): number {
  return Number(b.origin === "quoted") - Number(a.origin === "quoted");
}
