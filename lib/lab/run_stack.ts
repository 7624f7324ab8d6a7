/**
 * Runs the cells of a stack side by side in this process.
 *
 * @module
 */
import { type StackPlace, stackTrainings } from "../engine/mod.ts";
import type { Claims, Outcome } from "../protocols/mod.ts";
import type { ReadyCell } from "./open_cells.ts";

/** What a cell is run with, of a stack of them. */
export interface Among {
  /** By which it is claimed: a claim for each cell at a time. */
  claims: Claims;
  /** Its place among those that train as one; undefined where it is alone. */
  place: StackPlace | undefined;
  /** To be called when it is this process's. */
  onStart(): void;
}

/**
 * Runs the cells of a stack side by side. They are claimed one after the other, and whoever has the first has them all: two
 * processes do not tear a stack apart.
 *
 * @throws what a cell throws, when all are over
 */
export async function runStack(
  group: readonly ReadyCell[],
  claims: readonly Claims[],
  run: (ready: ReadyCell, among: Among) => Promise<Outcome["end"]>,
): Promise<{ busy: ReadyCell[]; skipped: readonly ReadyCell[] }> {
  const places = group.length > 1 ? stackTrainings(group.length) : [];
  const ends: Promise<Outcome["end"]>[] = [];
  for (const [i, ready] of group.entries()) {
    const started = Promise.withResolvers<void>();
    const place = places[i];
    const end = run(ready, { claims: claims[i]!, place, onStart: started.resolve })
      .finally(() => place?.leave());
    ends.push(end);
    const first = await Promise.race([started.promise, end.catch(() => {})]);
    if (first === "busy") break;
  }
  places.slice(ends.length).forEach((place) => place.leave());
  const settled = await Promise.allSettled(ends);
  for (const end of settled) if (end.status === "rejected") throw end.reason;
  const busy = group.filter((_, i) => {
    const end = settled[i];
    return end?.status === "fulfilled" && end.value === "busy";
  });
  return { busy, skipped: group.slice(ends.length) };
}
