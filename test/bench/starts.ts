/** The part of RESULTS.md that says how soon commands and cells' processes start. */

import { inShort, spread } from "../../docs/spread.ts";
import { table } from "../../docs/table_text.ts";

/** What one start took, time after time. */
export interface Start {
  name: string;
  /** From the process's start to its end; of a cell's process, to its first claim. */
  seconds: number[];
  /** What it took of the CPUs until then. */
  cpuSeconds: number[];
}

/** What start_up.json holds. */
export interface Starts {
  measured: string;
  machine: string;
  results: Start[];
}

/** Seconds at most, as this project has set itself. */
export const atMost: Record<string, number> = {
  "reproduce --help": 0.3,
  "methods": 0.3,
  "reproduce --dry-run": 1,
  "a cell's process, one cell": 1,
  "a cell's process, all cells": 1,
};

/** The part. */
export function startsPart({ measured, machine, results }: Starts): string {
  const rounds = Math.min(...results.map(({ seconds }) => seconds.length));
  return `## Starting up

Seconds from a process's start to its end, on files that the system has in memory: the median of ${rounds}, and in brackets the least
and the most. The dry run is of the pocket recipe, whose pictures are drawn, and on which nothing was run. A cell's process is ready
when it has claimed its first cell: modules and the backend are loaded, the CLIP is built, and it has looked at all pictures that
its cells read. CPU seconds are those of all threads, in which other programs show less.
\`deno run -A test/bench/start_up.ts --write\` measures it again.
Of a dry run's time (\`deno run --cpu-prof\`, 2026-11-30) 28 % go into loading 520 modules, 16 % into TensorFlow's library, 9 % into the
CLIP, 25 % into splits and a look at each picture, 14 % into identities and a start of each method, 7 % into measuring the machine.

${machine}; ${measured}.

${
    table(
      ["start", "seconds", "CPU seconds", "at most", "reached"],
      results.map(({ name, seconds, cpuSeconds }) => [
        name,
        inShort(spread(seconds), 2),
        inShort(spread(cpuSeconds), 2),
        `${atMost[name]} s`,
        spread(seconds).median <= atMost[name]! ? "yes" : "**no**",
      ]),
      "numbers",
    )
  }

`;
}
