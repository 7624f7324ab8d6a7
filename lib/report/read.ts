/**
 * Reads `report.json`, checked: what notebooks and further analyses start from.
 *
 * @module
 */

import { readText } from "../bounds.ts";
import { nearest, UserError } from "../errors.ts";
import type { ReportCell, ReportJson } from "./json.ts";
import { type Row, rowsOf } from "./rows.ts";
import {
  array,
  type Check,
  literal,
  nullable,
  number,
  object,
  optional,
  record,
  text,
} from "../shape.ts";

/**
 * The report in a file that `deno task reproduce` wrote.
 *
 * @param path of `report.json`, or of the folder it lies in
 * @throws {UserError} when there is none, or it is not of this schema; the line names the file and the field
 *
 * @category Reproduce
 *
 * @example
 * ```ts
 * import { readReport, reportRows, writeReport } from "@plumbline/plumbline";
 * import { report } from "@plumbline/plumbline/report";
 * import assert from "node:assert/strict";
 * const folder = await Deno.makeTempDir();
 * await writeReport(folder, report([], { headline: "Nothing ran.", command: "deno task reproduce" }));
 * const read = await readReport(folder);
 * assert.equal(read.headline, "Nothing ran.");
 * assert.deepEqual(reportRows(read), []);
 * ```
 */
export async function readReport(path: string | URL): Promise<ReportJson> {
  const where = path instanceof URL ? decodeURIComponent(path.pathname) : path;
  const file = where.endsWith(".json") ? where : `${where.replace(/\/$/, "")}/report.json`;
  let source: string;
  try {
    source = await readText(file);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory)) {
      throw error;
    }
    throw new UserError(`there is no ${file}: deno task reproduce writes it into its --out`);
  }
  return parseReport(source, file);
}

/**
 * The report in a text.
 *
 * @param where its name, for errors
 * @throws {UserError} when it is not a report of this schema
 */
export function parseReport(source: string, where: string): ReportJson {
  let found: unknown;
  try {
    found = JSON.parse(source);
  } catch {
    throw new UserError(`${where} is not JSON: write it again by deno task reproduce`);
  }
  const fault = schema(found, "");
  if (fault) {
    throw new UserError(
      `${where} is no report of schema 1: ${fault}; write it again by deno task reproduce`,
    );
  }
  return found as ReportJson;
}

/**
 * The measurements in a report, a row for every evaluation of every cell, as the tables and figures take them.
 *
 * @param experiment its id; all of the report when not given
 * @throws {UserError} when the report has no such experiment, with the nearest
 * @category Reproduce
 */
export function reportRows(report: ReportJson, experiment?: string): Row[] {
  const { cells, titles, experiments } = report;
  const chosen = experiments.find(({ id }) => id === experiment);
  if (experiment !== undefined && !chosen) {
    const known = experiments.map(({ id }) => id);
    const near = nearest(experiment, known);
    throw new UserError(
      `the report has no experiment ${experiment}: ${
        near ? `did you mean ${near}?` : `it has ${known.join(", ")}`
      }`,
    );
  }
  const wanted = chosen && new Set(chosen.cells);
  return rowsOf(
    cells.filter(({ id, status }) => status === "done" && (wanted?.has(id) ?? true)).map(measured),
    { titles },
  );
}

function measured({ id, config, method, metrics, parameters, started }: ReportCell) {
  const { settings, overrides, preset, clip, ...cell } = config;
  return {
    id,
    cell,
    ...method && { method },
    settings: settings!,
    overrides: overrides!,
    preset: preset!,
    clip: clip!,
    parameters: parameters!,
    started: started!,
    results: Object.entries(metrics).map(([key, metrics]) => {
      const at = key.lastIndexOf("/");
      const classes = key.slice(at + 1) as "all" | "base" | "new";
      return { dataset: key.slice(0, at), classes, metrics };
    }),
  };
}

/** A link stays beside the report: it names no scheme, such as `javascript:`, and no host. */
const relative: Check = (given, at) =>
  text(given, at) ??
    (/^[\w.#][^:]*$/.test(String(given)) ? undefined : `${at} is no relative path`);

const cell: Check = object({
  protocol: text,
  method: text,
  dataset: text,
  shots: number,
  seed: number,
});

const metrics: Check = record(
  object({
    n: number,
    accuracy: nullable(number),
    top5: nullable(number),
    macroF1: nullable(number),
    perClassAccuracy: nullable(number),
    calibrationError: nullable(number),
  }),
  /\/(all|base|new)$/,
);

const named = { id: text, name: text, deviations: array(text) };

const done: Check = object({
  ...named,
  config: (value, at) =>
    cell(value, at) ?? object({
      settings: record(),
      overrides: array(text),
      preset: object({ name: text, table: text }),
      clip: object({
        ...{ name: text, sha256: text, description: text },
        ...{ config: optional(record()), assumed: optional(text) },
      }),
    })(value, at),
  metrics,
  predictionsSha256: record(text),
  parameters: number,
  prompts: optional(number),
  seconds: object({ total: number, training: number, evaluation: number }),
  started: text,
  record: optional(relative),
  command: text,
});

const failed: Check = object({ ...named, config: cell, error: text });

const anyCell: Check = (value, at) =>
  object({ status: literal("done", "failed") })(value, at) ??
    ((value as ReportCell).status === "done" ? done : failed)(value, at);

const mark = optional(literal("good", "bad", "changed"));

/** What has no finite value is null in JSON. */
const mean: Check = object({
  n: number,
  mean: nullable(number),
  sd: optional(nullable(number)),
  interval: optional(array(nullable(number))),
  cells: optional(array(text)),
  mark,
});

const word: Check = object({ text, href: optional(relative), mark });

/** A key under which a row has its own value or none, not `__proto__` or `toString`. */
const key: Check = (given, at) =>
  text(given, at) ??
    (String(given) in {} ? `${at} is the name of what every object has` : undefined);

const decimals: Check = (given, at) =>
  Number.isInteger(given) && Number(given) >= 0 && Number(given) <= 20
    ? undefined
    : `${at} is no whole number from 0 to 20`;

/** An entry of a table: a text, a number, a mean, or a text that leads somewhere or is judged. */
const value: Check = (given, at) => {
  if (typeof given === "string" || typeof given === "number") return;
  const isMean = typeof given === "object" && given !== null && "mean" in given &&
    !("href" in given);
  return (isMean ? mean : word)(given, at);
};

/** Lines of published code are on GitHub and nowhere else. */
const onGitHub: Check = (given, at) =>
  text(given, at) ??
    (String(given).startsWith("https://github.com/") ? undefined : `${at} is no page of GitHub`);

const evidence: Check = object({
  records: array(object({ name: text, file: text, page: optional(relative) })),
  code: array(
    object({
      ...{ what: text, repository: text, commit: text, file: text },
      ...{ lines: array(number), url: onGitHub },
    }),
  ),
});

const schema: Check = object({
  schema: literal(1),
  headline: text,
  command: text,
  experiments: array(
    object({
      id: text,
      title: text,
      protocol: text,
      about: text,
      command: text,
      cells: array(text),
    }),
  ),
  tables: array(
    object({
      id: text,
      title: text,
      columns: array(object({ key, title: text, decimals: optional(decimals) })),
      rows: array(record(value)),
      notes: array(text),
    }),
  ),
  cells: array(anyCell),
  deviations: array(text),
  missing: array(text),
  assumed: optional(array(text)),
  titles: record(text),
  evidence: optional(record(evidence)),
});
