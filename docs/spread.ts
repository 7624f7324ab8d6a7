/** How measured numbers spread, and how that is written. */

/** The median of numbers, their smallest and their largest. */
export interface Spread {
  median: number;
  least: number;
  most: number;
}

/** How they spread; of an even number of them the median is the mean of the two in the middle. */
export function spread(numbers: readonly number[]): Spread {
  const sorted = numbers.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  const middle = sorted.slice(Math.ceil(half) - 1, Math.floor(half) + 1);
  return {
    median: middle.reduce((sum, n) => sum + n, 0) / middle.length,
    least: sorted[0]!,
    most: sorted.at(-1)!,
  };
}

/** Median, least and most in so many digits after the point; a dash where there are none. */
export function inShort(found: Spread | undefined, digits = 1): string {
  if (!found) return "–";
  const [median, least, most] = [found.median, found.least, found.most].map((n) =>
    n.toFixed(digits)
  );
  return `**${median}** (${least}–${most})`;
}
