/**
 * How many cells to run side by side where the user does not say.
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

/**
 * One process a core where a cell makes little use of several: on a small CLIP, and in wasm, which has one thread. Else
 * one: products of a large CLIP use all cores, and a GPU is one. One where none can be started.
 */
export function jobsFor(
  cells: readonly ReadyCell[],
  costs: ReadonlyMap<string, Cost>,
  cores: number = navigator.hardwareConcurrency,
): number {
  if (!canStart()) return 1;
  const { name, device } = cells[0].lab.shared.backend;
  const open = cells.filter(({ id }) => costs.has(id));
  const isNarrow = open.every(({ lab }) => lab.images.clip.config.text.width <= NARROW);
  const isAlone = name === "webgpu" || device.includes("GPU") || (name === "native" && !isNarrow);
  if (isAlone) return 1;
  const seconds = open.reduce((sum, { id }) => sum + costs.get(id)!.seconds, 0);
  return Math.max(1, Math.min(cores, open.length, Math.floor(seconds / WORTH)));
}
