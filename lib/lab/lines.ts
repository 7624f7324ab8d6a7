/**
 * A run told in plain lines: for a program, a log, a notebook's cell.
 *
 * @module
 */
import { lasting } from "../waiting.ts";
import { cellWords, type LabEvent, type Listener } from "./events.ts";

/**
 * What tells the events of a run in lines: what there is to do, each cell when it is over, and the files of the report.
 *
 * @param say takes a line
 *
 * @category Reproduce
 *
 * @example
 * ```ts
 * import { inLines, run } from "@plumbline/plumbline";
 * import assert from "node:assert/strict";
 * const lines: string[] = [];
 * await run(
 *   { clip: "random", entries: ["zero-shot"], datasets: ["pocket-tiles"] },
 *   { out: await Deno.makeTempDir(), backend: "wasm", jobs: 1, onEvent: inLines((line) => lines.push(line)) },
 * );
 * assert.ok(lines.includes("1/1 base-to-new, zero-shot on pocket-tiles, 0 shots, seed 1"));
 * ```
 */
export function inLines(say: (line: string) => void): Listener {
  let cells = 0;
  let ended = 0;
  return (event: LabEvent) => {
    switch (event.type) {
      case "planned": {
        const { plan, outlook: { done, costs }, jobs, out } = event;
        cells = plan.cells.length;
        ended = 0;
        const seconds = [...costs.values()].reduce((sum, { seconds }) => sum + seconds, 0);
        const time = costs.size > 0 ? `, about ${lasting(1000 * seconds / jobs)}` : "";
        return say(`${cells} cells, ${done.size} of them done${time}. Results go to ${out}.`);
      }
      case "note":
      case "leaves":
        return say(event.text);
      case "done":
        return say(`${++ended}/${cells} ${cellWords(event.cell)}`);
      case "kept":
        return void ended++;
      case "failed":
        return say(`${++ended}/${cells} failed: ${cellWords(event.cell)}: ${event.error}`);
      case "reported":
        return event.files.forEach((file) => say(`Wrote ${file}`));
    }
  };
}
