/**
 * What a worker process does: some cells of a plan that another process made.
 *
 * @module
 */
import { resolve } from "node:path";
import { UserError } from "../errors.ts";
import { callback, checkOptions, flag } from "../options_given.ts";
import type { Listener, Tally } from "./events.ts";
import { openCells } from "./open_cells.ts";
import { draftOf } from "./plan.ts";
import { readPlan, sharedTrainings } from "./plan_file.ts";
import { runCells } from "./run_cells.ts";
import { keepToOneThread } from "./threads.ts";
import { arrived } from "./travel.ts";

/** How a worker works. */
export interface WorkOptions {
  /** Imports the modules that the plan names, which runs them: for a plan of the user's own program alone. */
  modules?: boolean;
  /** Takes what happens. */
  onEvent: Listener;
}

/**
 * Runs the cells of the plan in `out` that have these places.
 *
 * @throws {UserError} for a place that the plan does not have, a cell that is another here than planned or cannot be run
 *   here, and a plan that names modules where those may not be imported
 */
export async function work(
  out: string,
  places: (cells: number) => readonly number[],
  options: WorkOptions,
): Promise<Tally> {
  const kinds = { modules: flag, onEvent: callback };
  checkOptions("work", options, kinds, { needed: ["onEvent"] });
  const { modules = false, onEvent } = options;
  const folder = resolve(out);
  const plan = await readPlan(folder);
  const wanted = places(plan.cells.length).map((index) => plan.cells[index]!);
  const stays = wanted.find((place) => place.stays !== undefined);
  if (stays) {
    throw new UserError(
      `cell ${stays.index} runs in the program that planned it alone (${stays.stays}): run that again`,
    );
  }
  const foreign = Object.values({ ...plan.travels.methods, ...plan.travels.datasets })
    .find((from) => "module" in from);
  if (foreign && "module" in foreign && !modules) {
    throw new UserError(
      `the plan names the module ${foreign.module}: give --modules to import and run it, if the plan is your own`,
    );
  }
  const values = await arrived(plan.travels);
  const drafts = wanted.map((place) => draftOf(plan, place, values));
  keepToOneThread(plan.experiments.map(({ clip }) => clip));
  const { backend, precision, workers, stack, skipMissing, data, keep } = plan;
  using open = await openCells(drafts, {
    ...{ out: folder, values, backend, precision, workers, stack, skipMissing },
    command: plan.report.command,
    root: (name) => plan.travels.datasets[name]!.root,
    say: (text) => onEvent({ type: "note", text }),
  }, { shared: sharedTrainings(plan), data });
  for (const [i, { index, id }] of wanted.entries()) {
    const here = open.cells[i]?.id ?? "none";
    if (here === id) continue;
    throw new UserError(
      `cell ${index} is planned as ${id} and would be ${here} here: the data, weights or code differ ` +
        `from those it was planned with; plan again by the command that planned it.`,
    );
  }
  const tally = await runCells(open.cells, { out: folder, keep, stack, tell: onEvent });
  onEvent({ type: "ended", tally });
  return tally;
}
