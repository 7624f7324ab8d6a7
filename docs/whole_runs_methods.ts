/** What whole runs say of each method: the section of docs/whole_runs.md that comes first. */
import protocols from "../data/whole_runs/protocols.json" with { type: "json" };
import runs from "../data/whole_runs/runs.json" with { type: "json" };
import { pairedDifference, signed } from "../lib/results/mod.ts";
import { table } from "./table_text.ts";

/** A difference in points, plumbline − published, over seeds. */
export interface Between {
  /** Of what: protocol and images, or part. */
  what: string;
  seeds: number;
  mean: number;
  /** The 95 % interval. */
  interval: readonly [number, number];
}

/** One method's whole runs. */
export interface Verdict {
  method: string;
  /** How many had the same start, order, crops, flips and task draws on both sides. */
  runs: number;
  /** In how many of these all predictions are the same. */
  same: number;
  /** Where one has other predictions: the differences over five seeds or more. */
  between: Between[];
}

type Followed = (typeof protocols.runs)[number];

const isSame = ({ tests }: Followed) => tests.every(({ samePredictions }) => samePredictions);

/** Runs of the plan's rows, by row. */
export function rowsOf(of: readonly Followed[]): [string, Followed[]][] {
  return [...Map.groupBy(of, ({ method, what, shots }) => `${method}, ${what}, ${shots} shots`)];
}

/** A row's differences over its seeds, of each test in which a run has other predictions. */
export function betweenOf([name, group]: [string, Followed[]]): Between[] {
  return group[0]!.tests.flatMap(({ dataset, classes }, at) => {
    if (group.length === 1 || group.every(({ tests }) => tests[at]!.samePredictions)) return [];
    const [ours, theirs] = (["plumbline", "published"] as const)
      .map((side) => group.map(({ tests }) => tests[at]![side])) as [number[], number[]];
    const { mean, interval } = pairedDifference(ours, theirs);
    return [{
      what: `${name}: ${dataset} ${classes}`,
      seeds: group.length,
      mean,
      interval: interval!,
    }];
  });
}

/** The verdicts, method by method. */
export function verdicts(): Verdict[] {
  const methods = [...new Set(runs.replays.map(({ method }) => method))].sort();
  return methods.map((method) => {
    const replays = runs.replays.filter((run) => run.method === method);
    const followed = protocols.runs.filter((run) => run.method === method);
    const same = replays.filter(({ base, new: unseen }) =>
      base.samePredictions && unseen.samePredictions
    )
      .length + followed.filter(isSame).length;
    const all = replays.length + followed.length;
    const own = runs.own.filter((one) =>
      one.method === method && one.part !== "loss" && one.seeds >= 5 &&
      one.dataset.startsWith("MEAN")
    ).map(({ dataset, shots, part, seeds, difference: mean, low, high }): Between => ({
      what: `own draws, ${shots} shots: ${dataset.replace("MEAN", "mean")}, ${part}`,
      ...{ seeds, mean, interval: [low, high] },
    }));
    const between = [
      ...rowsOf(followed).flatMap(betweenOf).filter(({ seeds }) => seeds >= 5),
      ...own,
    ];
    return { method, runs: all, same, between: same === all ? [] : between };
  });
}

/** A difference in words. */
export function inPoints({ seeds, mean, interval }: Between): string {
  return `${signed(mean, 2)} [${
    interval.map((end) => signed(end, 2)).join(", ")
  }] over ${seeds} seeds`;
}

/** The section. */
export function methodsSection(): string {
  const found = verdicts();
  const sum = (of: (verdict: Verdict) => number) =>
    found.reduce((all, verdict) => all + of(verdict), 0);
  return `## Method by method

Of ${
    sum(({ runs }) => runs)
  } whole runs with the same start, order, crops, flips and task draws on both sides, in both tables
below, ${
    sum(({ same }) => same)
  } end in the same predictions, image by image, in every test. Of a method of which one does not, the
difference plumbline − published, in points, over five seeds or more, with its 95 % interval; "own draws": with each
side's own random numbers.

${
    table(
      ["method", "whole runs", "same predictions", "where not"],
      found.map(({ method, runs, same, between }) => [
        method,
        String(runs),
        String(same),
        between.map((one) => `${one.what.replace(`${method}, `, "")} ${inPoints(one)}`).join(
          "; ",
        ) || "–",
      ]),
    )
  }

`;
}
