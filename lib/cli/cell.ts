/**
 * `cell OUT INDEX`: one cell of the plan that `reproduce` wrote into OUT, or several, for runners that start processes.
 * Exit code 0: its record is there, or was made now. 1: it failed, which is noted in OUT. 2: wrong usage.
 *
 * @module
 */
import { resolve } from "node:path";
import { UserError } from "../errors.ts";
import { argument, flag, parse, UsageError } from "./options.ts";
import { choose } from "./reproduce/choose.ts";
import { openLab } from "../lab/open_lab.ts";
import { reproduceOptions } from "./reproduce/options.ts";
import { type Plan, readPlan, sharedTrainings } from "../lab/plan_file.ts";
import { runCells } from "../lab/run_cells.ts";
import { keepToOneThread } from "../lab/threads.ts";
import { run } from "./run.ts";
import { tell } from "../terminal.ts";

const cellOptions = {
  out: argument("OUT", "the folder that deno task reproduce planned in"),
  index: argument("INDEX", "the cell's place in its plan.json, from 0; or several, such as 0-9"),
  attached: flag("end when the process that started it is gone, however it ended"),
};

/** Milliseconds between two looks whether the process that started this one is there. */
const PAUSE = 500;

/** Runs the command. → exit code */
export async function cell(
  args: readonly string[],
  say: (line: string) => void,
): Promise<number> {
  const given = parse("cell", cellOptions, args, "Runs one cell of a planned reproduction.");
  if (given.attached) endWithParent();
  const out = resolve(given.out);
  const plan = await readPlan(out);
  const wanted = planned(plan, given.index);
  const options = parse("reproduce", reproduceOptions, plan.args);
  Deno.chdir(plan.cwd);
  keepToOneThread(choose(options).experiments);
  // The planned backend, whatever would be the fastest here: the cell's identity holds it.
  const part = {
    drafts: wanted.map(({ draft }) => draft),
    shared: sharedTrainings(plan),
    data: plan.data,
  };
  using open = await openLab({ ...options, out, backend: plan.backend }, plan.args, say, part);
  for (const [i, { index, id }] of wanted.entries()) {
    const here = open.cells[i]?.id ?? "none";
    if (here === id) continue;
    throw new UserError(
      `cell ${index} is planned as ${id} and would be ${here} here: the data, weights or code differ ` +
        `from those it was planned with; plan again by deno task reproduce.`,
    );
  }
  const { failed } = await runCells(open.cells, out, say);
  return failed > 0 ? 1 : 0;
}

/** Unlike a signal, this reaches a process whose parent was killed. */
function endWithParent(): void {
  const parent = Deno.ppid;
  const look = setInterval(() => Deno.ppid === parent || Deno.exit(1), PAUSE);
  Deno.unrefTimer(look);
}

function planned({ cells }: Plan, given: string): Plan["cells"] {
  const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(given) ?? [];
  const found = cells.slice(Number(first), Number(last) + 1);
  if (found.length > 0 && Number(last) < cells.length) return found;
  throw new UsageError(
    `cell: INDEX must be a whole number from 0 to ${cells.length - 1}, or two with - between: got ${
      JSON.stringify(given)
    }.`,
  );
}

if (import.meta.main) await run(() => cell(Deno.args, tell));
