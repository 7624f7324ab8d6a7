/**
 * Whether two things that were measured in several trainings go together, data sets' own levels aside: some sets are easy
 * and have aligned gradients for reasons that have nothing to do with each other.
 *
 * @module
 */

/** A correlation. */
export interface Relation {
  /** Number of pairs. */
  n: number;
  /** Pearson's correlation of what is left when each group's means are taken off. */
  r: number;
  /** Its 95 % interval by Fisher's transformation; absent where there are too few pairs. */
  interval?: [low: number, high: number];
}

/**
 * The correlation of `x` and `y` within groups, which is the partial correlation given the group.
 *
 * @throws {RangeError} without two pairs in any group
 *
 * @example
 * ```ts
 * import { relationWithin } from "@plumbline/plumbline/analysis";
 * import assert from "node:assert/strict";
 * // Up within each set, though the set with the larger x has the smaller y.
 * const { r } = relationWithin([
 *   { group: "a", x: 1, y: 8 },
 *   { group: "a", x: 2, y: 9 },
 *   { group: "b", x: 5, y: 1 },
 *   { group: "b", x: 6, y: 2 },
 * ]);
 * assert.ok(Math.abs(r - 1) < 1e-12);
 * ```
 */
export function relationWithin(
  pairs: readonly { group: string; x: number; y: number }[],
): Relation {
  const groups = [...Map.groupBy(pairs, ({ group }) => group).values()];
  const centred = groups.flatMap((own) => {
    const mean = (key: "x" | "y") => own.reduce((sum, pair) => sum + pair[key], 0) / own.length;
    const [x, y] = [mean("x"), mean("y")];
    return own.map((pair) => ({ x: pair.x - x, y: pair.y - y }));
  });
  const n = pairs.length;
  if (n <= groups.length) throw new RangeError("no group has two pairs");
  const sum = (of: (pair: { x: number; y: number }) => number) =>
    centred.reduce((total, pair) => total + of(pair), 0);
  const scale = Math.sqrt(sum(({ x }) => x * x) * sum(({ y }) => y * y));
  const r = scale === 0 ? 0 : sum(({ x, y }) => x * y) / scale;
  const free = n - groups.length - 2; // each group's own level is a variable that is held fixed
  if (free < 1) return { n, r };
  const half = 1.96 / Math.sqrt(free);
  return { n, r, interval: [Math.tanh(Math.atanh(r) - half), Math.tanh(Math.atanh(r) + half)] };
}
