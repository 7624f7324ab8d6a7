/**
 * Paired differences, and what their confidence interval is about. The same runs give several intervals, depending on
 * what counts as one observation: the unit, which is named.
 *
 * `seeds`: an observation is a seed's average over the places that both sides have with it. The interval says whether the
 * difference would be there with other seeds on the same data sets. Papers count like this, and so does the report.
 *
 * `places`: an observation is a place's average over the seeds that both sides have there. The interval says whether the
 * difference would be there on other data sets, as a claim about a method says. Fewer than four say next to nothing.
 *
 * `runs`: an observation is a place with a seed, for where places are too few. It treats the runs as independent, so its
 * interval is about seeds on these places alone, and narrower than that of averages.
 *
 * `both`: for places that share their seed's one training, as the targets of a transfer do. Where every place has a training
 * of its own, its average over seeds varies by what its trainings vary by, and `places` is about seeds too; a shared training
 * is in all places alike, and counts as a draw of its own (`crossed.ts`).
 *
 * @module
 */
import { crossed } from "./crossed.ts";
import { meanOf } from "./mean.ts";
import { pairedDifference, type Summary } from "./statistics.ts";

/**
 * What one observation of a paired difference is.
 *
 * @category Evaluate
 */
export type Unit = "seeds" | "places" | "runs" | "both";

/** One measured value. */
export interface Observation {
  /** Where it was measured: the data set, and what else has to be alike in a pair. */
  place: string;
  /** Seed of the run; absent for what is the same with every seed. */
  seed?: number | undefined;
  /** What was measured, such as an accuracy in percent. */
  value: number;
}

/**
 * The observations of several sides, one for one: by the unit's name (seed, place or both), a value for each side. What a
 * side lacks is left out of all; by seeds, also seeds that lack a place that another seed has.
 */
export function aligned(
  sides: readonly (readonly Observation[])[],
  unit: Exclude<Unit, "both">,
): Map<string, number[]> {
  const seeds = new Set(sides.flat().flatMap(({ seed }) => seed ?? []));
  const runs = (side: readonly Observation[]) =>
    Map.groupBy(
      side.flatMap((one) => {
        const of = one.seed !== undefined || seeds.size === 0 ? [one.seed ?? 0] : [...seeds];
        return of.map((seed) => ({ ...one, seed }));
      }),
      ({ place, seed }) => JSON.stringify([place, seed]),
    );
  const known = sides.map(runs);
  const shared = [...known[0]!].filter(([run]) => known.every((side) => side.has(run)))
    .map(([run, [first]]) => ({
      ...{ run, place: first!.place, seed: first!.seed },
      values: known.map((side) => meanOf(side.get(run)!.map(({ value }) => value))),
    }));
  if (unit === "runs") return new Map(shared.map(({ run, values }) => [run, values]));
  const groups = Map.groupBy(shared, ({ place, seed }) => unit === "seeds" ? String(seed) : place);
  const most = Math.max(...[...groups.values()].map(({ length }) => length));
  const whole = [...groups].filter(([, own]) => unit !== "seeds" || own.length === most);
  return new Map(whole.map(([name, own]) => [
    name,
    sides.map((_, side) => meanOf(own.map(({ values }) => values[side]!))),
  ]));
}

/**
 * A paired difference, and what its interval is over.
 *
 * @category Evaluate
 */
export interface Paired extends Summary {
  /** What one observation is. */
  unit: Unit;
}

/**
 * The difference a − b over the unit; undefined where nothing pairs.
 *
 * @category Evaluate
 *
 * @example
 * ```ts
 * import { pairedOverUnit } from "@plumbline/plumbline";
 * import assert from "node:assert/strict";
 * const a = [{ place: "pets", seed: 1, value: 80 }, { place: "cars", seed: 1, value: 60 }];
 * const b = [{ place: "pets", value: 78 }, { place: "cars", value: 61 }]; // zero-shot: the same with every seed
 * assert.deepEqual([pairedOverUnit(a, b, "seeds")?.n, pairedOverUnit(a, b, "places")?.n], [1, 2]);
 * ```
 */
export function pairedOverUnit(
  a: readonly Observation[],
  b: readonly Observation[],
  unit: Unit,
): Paired | undefined {
  if (unit === "both") return overBoth(a, b);
  const pairs = [...aligned([a, b], unit).values()] as [number, number][];
  if (pairs.length === 0) return undefined;
  return { ...pairedDifference(pairs.map(([one]) => one), pairs.map(([, one]) => one)), unit };
}

/** Of the seeds that have all places; no interval where there is but one. */
function overBoth(a: readonly Observation[], b: readonly Observation[]): Paired | undefined {
  const runs = [...aligned([a, b], "runs")].map(([run, [one, other]]) => {
    const [place, seed]: [string, number] = JSON.parse(run);
    return { place, seed, difference: one! - other! };
  });
  const places = [...new Set(runs.map(({ place }) => place))];
  const seeds = [...Map.groupBy(runs, ({ seed }) => seed).values()]
    .filter(({ length }) => length === places.length);
  if (seeds.length === 0) return undefined;
  const at = (own: typeof runs, place: string) =>
    own.find((run) => run.place === place)!.difference;
  return { ...crossed(places.map((place) => seeds.map((own) => at(own, place)))), unit: "both" };
}
