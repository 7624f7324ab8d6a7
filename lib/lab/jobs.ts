/**
 * How many cells to run side by side where the user does not say: as many as fill the cores and fit into memory.
 *
 * @module
 */
import type { Cost } from "../protocols/mod.ts";
import type { ReadyCell } from "./open_cells.ts";
import { canStart } from "./processes.ts";

/** Seconds of work that a process of its own must save to be worth its start. */
const WORTH = 20;

/** Width of a text tower whose products one core computes about as fast as several. */
const NARROW = 256;

/** Threads of a cell on a large CLIP. More of them wait for each other more; fewer take more memory for the same cores. */
const THREADS = 4;

/** The part of the free memory that cells may take together: what they take is an estimate. */
const SHARE = 0.8;

/** What a machine has for cells. */
export interface Room {
  cores: number;
  /** Bytes that are free; undefined where that may not be asked. */
  memory?: number | undefined;
}

/** This machine. */
export function room(): Room {
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "systemMemoryInfo" });
  const memory = state === "granted" ? Deno.systemMemoryInfo().available : undefined;
  return { cores: navigator.hardwareConcurrency, memory };
}

/**
 * A process a core where a cell makes little use of several: on a small CLIP, and in wasm, which has one thread. On a large
 * CLIP a process for every four cores. No more than fit into memory and than there is work for: the processes share all
 * cores, so that one has more threads where there are fewer. One where none can be started, on a GPU, which is one, and on
 * a large CLIP where it is not known how much memory is free.
 */
export function jobsFor(
  cells: readonly ReadyCell[],
  costs: ReadonlyMap<string, Cost>,
  { cores, memory }: Room = room(),
): number {
  if (!canStart()) return 1;
  const { name, device } = cells[0]!.lab.shared.backend;
  if (name === "webgpu" || device.includes("GPU")) return 1;
  const open = cells.filter(({ id }) => costs.has(id));
  const isNarrow = open.every(({ lab }) => lab.images.clip.config.text.width <= NARROW);
  const small = isNarrow || name !== "native";
  const seconds = open.reduce((sum, { id }) => sum + costs.get(id)!.seconds, 0);
  const most = [
    small ? cores : cores / THREADS,
    fitting(costs, small ? Infinity : 1, memory),
    open.length,
    seconds / WORTH,
  ];
  return Math.max(1, Math.floor(Math.min(...most)));
}

/** How many processes fit into memory, each with the largest cell. */
function fitting(costs: ReadonlyMap<string, Cost>, unknown: number, memory?: number): number {
  return memory === undefined ? unknown : SHARE * memory / largest(costs);
}

/** What the user should know of a number of processes that was asked for: a line, where they hardly fit into memory. */
export function tooMany(
  jobs: number,
  costs: ReadonlyMap<string, Cost>,
  { memory }: Room = room(),
): string | undefined {
  const together = jobs * largest(costs);
  if (jobs === 1 || costs.size === 0 || memory === undefined || together <= memory) {
    return undefined;
  }
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
  const fit = Math.max(1, Math.floor(fitting(costs, 1, memory)));
  return `${jobs} processes may take ${gigabytes(together)} together, and ${
    gigabytes(memory)
  } are free: --jobs ${fit} is safer.`;
}

function largest(costs: ReadonlyMap<string, Cost>): number {
  return Math.max(...[...costs.values()].map(({ bytes }) => bytes));
}
