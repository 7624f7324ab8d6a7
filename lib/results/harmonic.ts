/**
 * Harmonic means of base and new accuracy, as rows beside those that they are computed from.
 *
 * @module
 */
import { harmonicMean } from "./statistics.ts";

/** The harmonic mean of base and new accuracy; undefined where one of them is not there. */
export function harmonicOf(base?: number, novel?: number): number | undefined {
  return base === undefined || novel === undefined ? undefined : harmonicMean(base, novel);
}

/** The harmonic means of base and new accuracy, of all that has both: by seed, say. */
export function harmonicMeans<K>(
  base: ReadonlyMap<K, number>,
  novel: ReadonlyMap<K, number>,
): Map<K, number> {
  return new Map(
    [...base].filter(([key]) => novel.has(key))
      .map(([key, value]) => [key, harmonicMean(value, novel.get(key)!)]),
  );
}

/**
 * The rows, and after those of each cell that has base and new accuracy one more of classes `H`, with their harmonic mean.
 *
 * @param cellOf what rows of one cell have alike
 *
 * @example
 * ```ts
 * import { withHarmonic } from "@plumbline/plumbline/results";
 * import assert from "node:assert/strict";
 * const rows = withHarmonic([
 *   { classes: "base", accuracy: 80, seed: 1 },
 *   { classes: "new", accuracy: 40, seed: 1 },
 * ], ({ seed }) => seed);
 * assert.equal(rows[2]!.classes, "H");
 * assert.equal(rows[2]!.accuracy.toFixed(2), "53.33");
 * ```
 */
export function withHarmonic<T extends { classes: string; accuracy: number }>(
  rows: readonly T[],
  cellOf: (row: T) => unknown,
): T[] {
  return [...Map.groupBy(rows, cellOf).values()].flatMap((cell) => {
    const [base, novel] = ["base", "new"].map((name) =>
      cell.find(({ classes }) => classes === name)
    );
    if (!base || !novel) return cell;
    const accuracy = harmonicMean(base.accuracy, novel.accuracy);
    return [...cell, { ...base, classes: "H", accuracy }];
  });
}
