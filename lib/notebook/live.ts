/**
 * A run as it is seen below a notebook's cell: a bar that moves, in one place, and what failed.
 *
 * @module
 */
import { escape } from "he";
import { kernel, movingDisplay } from "../kernel_display.ts";
import type { LabEvent, Listener } from "../lab/mod.ts";
import { print } from "../terminal.ts";
import { lasting } from "../waiting.ts";

/** What the display says. */
interface State {
  cells: number;
  ended: number;
  failed: string[];
  doing: string;
  begun: number;
}

/**
 * What shows the events of a run (`run` of the sub-path `/lab`) below the cell that awaits it; outside of a notebook it
 * prints the cells that are over.
 *
 * @example
 * ```ts
 * import { run } from "@plumbline/plumbline";
 * import { live } from "@plumbline/plumbline/notebook";
 * const { report } = await run(
 *   { clip: "random", entries: ["zero-shot"], datasets: ["pocket-tiles"] },
 *   { out: await Deno.makeTempDir(), backend: "wasm", jobs: 1, onEvent: live() },
 * );
 * console.assert(report.cells.length === 1);
 * ```
 */
export function live(): Listener {
  const state: State = { cells: 0, ended: 0, failed: [], doing: "", begun: performance.now() };
  const jupyter = kernel();
  const display = jupyter && movingDisplay(jupyter);
  return (event) => {
    const isNews = take(event, state);
    const isLast = event.type === "ended";
    if (!display) {
      if (isNews && !isLast) print(line(state));
      return;
    }
    if (state.cells === 0) return;
    display(() => ({ "text/html": html(state), "text/plain": line(state) }), isLast);
  };
}

/** Takes an event in. → whether a cell is over */
function take(event: LabEvent, state: State): boolean {
  switch (event.type) {
    case "planned":
      state.cells = event.plan.cells.length;
      state.ended = 0;
      return false;
    case "started":
      state.doing = words(event.cell);
      return false;
    case "step": {
      const { epoch, epochs, loss, cell } = event;
      state.doing = `${words(cell)}, epoch ${epoch + 1}/${epochs}, loss ${loss.toFixed(3)}`;
      return false;
    }
    case "tested":
      state.doing = `${words(event.cell)}, tested ${event.done}/${event.total}`;
      return false;
    case "elsewhere":
      state.doing = event.cells.map(({ cell, note }) => `${words(cell)}, ${note}`).join("; ");
      return false;
    case "waiting":
      state.doing = event.text;
      return false;
    case "failed":
      state.failed.push(`${words(event.cell)}: ${event.error}`);
      state.ended++;
      return true;
    case "done":
    case "kept":
      state.ended++;
      state.doing = words(event.cell);
      return true;
    case "ended":
      state.doing = `in ${lasting(performance.now() - state.begun)}`;
      return true;
    default:
      return false;
  }
}

function words(
  { method, dataset, shots, seed }: {
    method: string;
    dataset: string;
    shots: number;
    seed: number;
  },
) {
  return `${method} on ${dataset}, ${shots} shots, seed ${seed}`;
}

function line({ cells, ended, failed, doing }: State): string {
  const faults = failed.length > 0 ? `, ${failed.length} failed` : "";
  return `${ended}/${cells} cells${faults}${doing && `: ${doing}`}`;
}

function html(state: State): string {
  const { cells, ended, failed } = state;
  const faults = failed.map((text) => `<br>failed: ${escape(text)}`).join("");
  const bar = `<progress value="${ended}" max="${Math.max(1, cells)}"></progress>`;
  return `${bar} ${escape(line(state))}${faults}`;
}
