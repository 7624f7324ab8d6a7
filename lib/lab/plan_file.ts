/**
 * `plan.json` in a folder of results: the cells of a reproduction, numbered, and what it takes to run one of them in
 * another process or on another machine, or to write the report without running any.
 *
 * @module
 */
import { join } from "node:path";
import { readText } from "../bounds.ts";
import type { Cell } from "../engine/mod.ts";
import { UserError } from "../errors.ts";
import { array, number, object, text } from "../shape.ts";
import { writeWhole } from "../protocols/mod.ts";
import type { ReportExperiment } from "../report/mod.ts";
import type { BackendName } from "../tensor/mod.ts";
import type { DataRecords } from "./inputs.ts";

/** A cell of a plan. */
export interface PlannedPlace {
  /** Its place in the list. */
  index: number;
  /** The identity that its record is named by. */
  id: string;
  /** The identity of what it learns, which it is claimed by. */
  training: string;
  /** Its place among the cells that the arguments come to, before those are found that are the same. */
  draft: number;
  cell: Cell;
}

/** A planned reproduction. */
export interface Plan {
  schema: 2;
  /** The arguments that `reproduce` was given. */
  args: string[];
  /** The folder they are relative to. */
  cwd: string;
  /** The backend that was chosen: a cell's identity holds it. */
  backend: BackendName;
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
  experiments: ReportExperiment[];
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
 * @throws {UserError} when there is none
 */
export async function readPlan(out: string): Promise<Plan> {
  const path = join(out, "plan.json");
  let plan: Plan | undefined;
  try {
    plan = JSON.parse(await readText(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new UserError(
        `there is no ${path}: name a folder that deno task reproduce has written (its --out).`,
      );
    }
    if (!(error instanceof SyntaxError)) throw error;
  }
  if (plan?.schema !== 2 || listed(plan.cells, "cells") !== undefined) {
    throw new UserError(
      `${path} is no plan of this version: run deno task reproduce again with the same --out.`,
    );
  }
  return plan;
}

const listed = array(
  object({
    id: text,
    cell: object({ protocol: text, method: text, dataset: text, shots: number, seed: number }),
  }),
);
