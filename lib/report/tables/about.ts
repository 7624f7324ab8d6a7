/**
 * What an entry of a table of results measures, in the terms in which values are published, and which published values are
 * its counterparts: the one answer that the tables with columns beside ours and the table of all comparisons share.
 *
 * @module
 */

import { quotedFirst, type Reported, reportedValues, sameName } from "../reported.ts";
import type { Row } from "../rows.ts";
import { averageTitle } from "./base_to_new.ts";
import { targetMean } from "./transfer.ts";

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

/** A published value of what an entry measures. */
export interface Counterpart {
  /** The reported value with its source. */
  value: Reported;
  /** The measure, as it is called there. */
  measure: string;
  /** The reported value, in percent. */
  reported: number;
}

/** Sets that a published average is over, or that a published mean of targets leads to. */
const averaged: Record<string, number> = {
  "base-to-new": 11,
  "few-shot": 11,
  "cross-dataset": 10,
  "domain-generalization": 4,
};

/**
 * The published values of what an entry measures, the papers' own first: of its protocol, CLIP, method and data set, with
 * its shots where it learns. An average has one only if it is over as many sets as the published one.
 */
export function counterparts(of: About): Counterpart[] {
  const { protocol, clip } = of.rows[0]!;
  if (!isWhole(of, protocol) || of.rows.some((row) => row.clip !== clip)) return [];
  return reportedValues(protocol)
    .filter((value) =>
      value.clip === clip && isOfMethod(value, of) && sameName(value.dataset, of.dataset)
    )
    .sort(quotedFirst)
    .flatMap((value) => {
      const found = entryOf(value, of.measure);
      return found ? [{ value, measure: found[0], reported: found[1] }] : [];
    });
}

function isWhole({ dataset, measure, rows }: About, protocol: string): boolean {
  const sets = new Set(rows.map((row) => measure === targetMean ? row.target : row.dataset)).size;
  return (dataset !== averageTitle && measure !== targetMean) || sets === averaged[protocol];
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
export function measured(value: Reported, measure: string): number | undefined {
  return entryOf(value, measure)?.[1];
}

function entryOf({ measures }: Reported, measure: string): [string, number] | undefined {
  return Object.entries(measures).find(([name]) => sameName(name, measure));
}
