/**
 * `plan.json` in a folder of results: the cells of a reproduction, numbered, and what it takes to run one of them in
 * another process or on another machine, or to write the report without running any.
 *
 * @module
 */
import { join } from "node:path";
import type { Cell } from "../../engine/mod.ts";
import { UserError } from "../../errors.ts";
import { writeWhole } from "../../protocols/mod.ts";
import type { BackendName } from "../../tensor/mod.ts";
import type { DataRecords } from "./inputs.ts";

/** A planned reproduction. */
export interface Plan {
  schema: 1;
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
  /** All cells; `index` is the place in the list, `id` the identity its record is named by. */
  cells: { index: number; id: string; cell: Cell }[];
}

/** Writes the plan into a folder of results. */
export async function writePlan(out: string, plan: Plan): Promise<void> {
  await writeWhole(join(out, "plan.json"), `${JSON.stringify(plan, null, 1)}\n`);
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
    plan = JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new UserError(
        `there is no ${path}: name a folder that deno task reproduce has written (its --out).`,
      );
    }
    if (!(error instanceof SyntaxError)) throw error;
  }
  if (plan?.schema !== 1 || !Array.isArray(plan.cells)) {
    throw new UserError(
      `${path} is no plan of this version: run deno task reproduce again with the same --out.`,
    );
  }
  return plan;
}
