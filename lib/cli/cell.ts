/**
 * `cell OUT INDEX`: one cell of the plan that `reproduce` wrote into OUT, or several, for runners that start processes.
 * Exit code 0: its record is there, or was made now. 1: it failed, which is noted in OUT. 2: wrong usage.
 *
 * @module
 */
import { exitAtOnce } from "../exit.ts";
import { type Listener, work } from "../lab/mod.ts";
import { tell } from "../terminal.ts";
import { argument, flag, parse, UsageError } from "./options.ts";
import { display } from "./reproduce/display.ts";
import { run } from "./run.ts";

const cellOptions = {
  out: argument("OUT", "the folder that deno task reproduce planned in"),
  index: argument("INDEX", "the cell's place in its plan.json, from 0; or several, such as 0-9,12"),
  modules: flag("import and run the modules that the plan names: for a plan of your own alone"),
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
  let show: Listener = () => {};
  const places = (planned: number) => {
    const wanted = placesOf(given.index, planned);
    show = display({ say, cells: wanted.length });
    return wanted;
  };
  const { modules } = given;
  const { failed } = await work(given.out, places, { modules, onEvent: (event) => show(event) });
  return failed > 0 ? 1 : 0;
}

/** Unlike a signal, this reaches a process whose parent was killed. */
function endWithParent(): void {
  const parent = Deno.ppid;
  const look = setInterval(() => Deno.ppid === parent || exitAtOnce(1), PAUSE);
  Deno.unrefTimer(look);
}

/** The places in a plan of so many cells that an INDEX means. */
function placesOf(index: string, cells: number): number[] {
  const places = index.split(",").flatMap((part) => {
    const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? [];
    const count = Number(last) - Number(first) + 1;
    return count > 0 && Number(last) < cells
      ? Array.from({ length: count }, (_, i) => Number(first) + i)
      : [NaN];
  });
  if (!places.some(Number.isNaN)) return places;
  throw new UsageError(
    `cell: INDEX must be a whole number from 0 to ${
      cells - 1
    }, two with - between, or several with commas: got ${JSON.stringify(index)}.`,
  );
}

if (import.meta.main) await run(() => cell(Deno.args, tell));
