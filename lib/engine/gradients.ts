/**
 * Statistics of a run's gradients: those of each step, by whatever names its method gives them, and their means over an
 * epoch, which go into the epoch's record.
 *
 * @module
 */

/** A sum of statistics and how many, by name. */
export type Sums = Record<string, [sum: number, n: number]>;

/** Adds a step's statistics. */
export function addTo(sums: Sums, found: Record<string, number>): void {
  for (const [name, value] of Object.entries(found)) {
    const [sum, n] = sums[name] ?? [0, 0];
    sums[name] = [sum + value, n + 1];
  }
}

/** The means, by name; undefined where there are none. */
export function means(sums: Sums): Record<string, number> | undefined {
  const entries = Object.entries(sums).map(([name, [sum, n]]) => [name, sum / n]);
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}
