/**
 * `plan.json` in a folder of results: the experiments as data, their cells, numbered, and what it takes to run one of them
 * in another process or on another machine, or to write the report without running any.
 *
 * @module
 */
import { join } from "node:path";
import { readText } from "../bounds.ts";
import type { Cell } from "../engine/mod.ts";
import { UserError } from "../errors.ts";
import { type Keep, keeps, writeWhole } from "../protocols/mod.ts";
import type { ReportExperiment } from "../report/mod.ts";
import { array, literal, number, object, optional, record, text } from "../shape.ts";
import { type BackendName, type Precision, precisions } from "../tensor/mod.ts";
import type { NamedExperiment } from "./experiments.ts";
import type { DataRecords } from "./inputs.ts";
import type { Travelling } from "./travel.ts";

/** The version of `plan.json`. */
export const PLAN_SCHEMA = 3;

/** A cell of a plan. */
export interface PlannedPlace {
  /** Its place in the list. */
  index: number;
  /** The identity that its record is named by. */
  id: string;
  /** The identity of what it learns, which it is claimed by. */
  training: string;
  /** Its experiment's place among the experiments, and its entry's place among that one's. */
  from: [experiment: number, entry: number];
  /** Why only the process that planned it can run it; absent where any can. */
  stays?: string;
  /** Protocol, method, data set, shots, seed. */
  cell: Cell;
}

/** An experiment of a plan: what it takes, and what the report says of it. */
export type PlannedExperiment = NamedExperiment & ReportExperiment;

/** A planned run. */
export interface Plan {
  /** The version of this schema. */
  schema: typeof PLAN_SCHEMA;
  /** The backend that was chosen: a cell's identity holds it. */
  backend: BackendName;
  /** The precision of products with frozen weights, where it is not float32: likewise. */
  precision?: Precision | undefined;
  /** Threads of a process that read images; one when not given. */
  workers?: number | undefined;
  /** How many cells of a process train as one; one when not given. */
  stack?: number | undefined;
  /** Whether images that are not there are left out. */
  skipMissing: boolean;
  /** What stays of each cell beside its record; its prompts when not given. */
  keep?: Keep | undefined;
  /** How other processes have the methods and data sets that the experiments name. */
  travels: Travelling;
  /** What was read of the data sets. */
  data: DataRecords;
  /** What the report says that the records do not know. */
  report: {
    headline: string;
    command: string;
    titles: Record<string, string>;
    missing: string[];
  };
  /** The experiments that the cells belong to. */
  experiments: PlannedExperiment[];
  /** All cells, each once. */
  cells: PlannedPlace[];
}

/** Writes the plan into a folder of results. */
export async function writePlan(out: string, plan: Plan): Promise<void> {
  await writeWhole(join(out, "plan.json"), `${JSON.stringify(plan, null, 1)}\n`);
}

/** Identities of what two cells or more of a plan learn. */
export function sharedTrainings({ cells }: Pick<Plan, "cells">): Set<string> {
  const counts = Map.groupBy(cells, ({ training }) => training);
  return new Set([...counts].filter(([, same]) => same.length > 1).map(([training]) => training));
}

/**
 * The plan in a folder of results.
 *
 * @throws {UserError} when there is none, or one of another version
 */
export async function readPlan(out: string): Promise<Plan> {
  const path = join(out, "plan.json");
  const plan = await parsed(path);
  if (plan === undefined) {
    throw new UserError(
      `there is no ${path}: name a folder that deno task reproduce has written (its --out).`,
    );
  }
  const schema = schemaOf(plan);
  if (schema !== undefined && schema !== PLAN_SCHEMA) {
    throw new UserError(
      `${path} is a plan of another version (schema ${schema}, this one reads ${PLAN_SCHEMA}): run deno task reproduce ` +
        "again with the same --out; what that version ran stays there, and is not mixed in.",
    );
  }
  const fault = shape(plan, "");
  if (fault === undefined) return plan as Plan;
  throw new UserError(
    `${path} is no plan of this version (${fault}): run deno task reproduce again with the same --out.`,
  );
}

/** How many cells a plan of another version has that lies in the folder; undefined where there is none. */
export async function strangers(out: string): Promise<number | undefined> {
  const plan = await parsed(join(out, "plan.json")).catch(() => undefined);
  const schema = schemaOf(plan);
  if (schema === undefined || schema === PLAN_SCHEMA) return undefined;
  const { cells } = plan as { cells?: unknown };
  return Array.isArray(cells) ? cells.length : 0;
}

function schemaOf(plan: unknown): number | undefined {
  const { schema } = (plan ?? {}) as { schema?: unknown };
  return typeof schema === "number" ? schema : undefined;
}

/** What is in the file; null where that is no JSON. */
async function parsed(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readText(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

const names = array(text);

const shape = object({
  schema: number,
  backend: text,
  precision: optional(literal(...precisions)),
  workers: optional(number),
  stack: optional(number),
  keep: optional(literal(...keeps)),
  travels: object({ methods: record(), datasets: record() }),
  data: array(object({ dataset: text })),
  report: object({ headline: text, command: text, titles: record(text), missing: names }),
  experiments: array(
    object({
      ...{ id: text, title: text, about: text, protocol: text, command: text, clip: text },
      ...{ datasets: names, entries: array(object({ method: text })), cells: names },
    }),
  ),
  cells: array(
    object({
      ...{ index: number, id: text, training: text, from: array(number) },
      cell: object({ protocol: text, method: text, dataset: text, shots: number, seed: number }),
    }),
  ),
});
