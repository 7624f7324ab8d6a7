/**
 * How a figure shows what varies over seeds: as an interval where there are enough of them for one that says something, else
 * each seed as a point, since Student's t makes of three seeds an interval that is wider than all else in the figure.
 *
 * @module
 */

/** Fewer seeds than this are drawn one by one. */
export const FEW_SEEDS = 5;

/** A mean over seeds. */
interface OverSeeds {
  /** The ends of its 95 % interval. */
  interval?: readonly [low: number, high: number] | undefined;
  /** Of the single seeds; absent where they are not known, so that the interval is all there is to draw. */
  seeds?: readonly number[] | undefined;
}

/** The seeds to draw as points, none where an interval is drawn. */
export function seedPoints({ seeds = [] }: OverSeeds): readonly number[] {
  return seeds.length > 1 && seeds.length < FEW_SEEDS ? seeds.filter(Number.isFinite) : [];
}

/** A mark for each seed that is drawn as a point. */
export function seedMarks<T extends OverSeeds>(marks: readonly T[]): (T & { seed: number })[] {
  return marks.flatMap((mark) => seedPoints(mark).map((seed) => ({ ...mark, seed })));
}

/** The interval to draw, within 0 and 100 %; NaN where none is. */
export function drawnInterval({ interval, seeds }: OverSeeds): [low: number, high: number] {
  const few = seeds !== undefined && seeds.length < FEW_SEEDS;
  if (few || !interval?.every(Number.isFinite)) return [NaN, NaN];
  return [Math.max(0, interval[0]), Math.min(100, interval[1])];
}

/** What the marks mean, below a title. */
export function seedsSaid(drawn: readonly OverSeeds[]): string {
  const shown = [
    ...drawn.some((one) => seedPoints(one).length > 0) ? ["small points are single seeds"] : [],
    ...drawn.some((one) => Number.isFinite(drawnInterval(one)[0]))
      ? ["thin lines are 95 % intervals (Student's t)"]
      : [],
  ];
  return shown.length === 0 ? "one seed, so no intervals" : `mean over seeds; ${shown.join(", ")}`;
}
