/**
 * What a reproduction would run: its cells, then what they would cost; or the job script for a cluster.
 *
 * @module
 */
import {
  cellWords,
  type GivenExperiment,
  type LabOptions,
  plan,
  slurmScriptOf,
} from "../../lab/mod.ts";
import { draftCells, type Experiment } from "../../protocols/mod.ts";
import { print } from "../../terminal.ts";
import { outlookLines } from "./display.ts";

/** Prints it: the cells to stdout, the rest by `say`. */
export async function dryRun(
  experiments: readonly GivenExperiment[],
  options: LabOptions,
  say: (line: string) => void,
): Promise<void> {
  const { out, runner } = options;
  const planned = await plan(experiments, options);
  const { cells } = planned.plan;
  if (typeof runner === "object") {
    return print(await slurmScriptOf(out, planned.plan, runner.slurm));
  }
  const { outlook, jobs } = planned;
  for (const { index, id, cell } of cells) {
    print(`${index} ${id} ${outlook.done.has(id) ? "done" : "to run"}: ${cellWords(cell)}`);
  }
  for (const line of outlookLines(planned.plan, outlook, jobs)) say(line);
  say(`${cells.length} cells, ${outlook.done.size} done. Nothing was run.`);
}

/** Prints the cells of experiments whose weights or data are lacking: they have names and no identities. */
export function dryNames(
  experiments: readonly Experiment[],
  lacking: string,
  say: (line: string) => void,
): void {
  const drafts = draftCells(experiments);
  for (const [index, { cell }] of drafts.entries()) print(`${index} to run: ${cellWords(cell)}`);
  say(`${drafts.length} cells. Nothing was run: ${lacking}`);
}
