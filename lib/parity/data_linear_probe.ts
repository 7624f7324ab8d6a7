/**
 * The linear probe: solutions against converged ones, and the search for C on the recorded accuracies. The script's own
 * coefficients are not compared: scikit-learn stops before the optimum.
 *
 * @module
 */
import type { TensorFile } from "../clip/mod.ts";
import { linearProbe, searchC } from "../methods/linear_probe.ts";
import { accuracy, type Examples, type Logistic, solveLogistic } from "../methods/logistic.ts";
import { resolveSettings } from "../methods/mod.ts";
import { type Comparison, near, same } from "./compare.ts";
import type { DataCheck } from "./data.ts";
import type { ParityRecord } from "./manifest.ts";

/** `linear_probe`. */
export const linearProbeCheck: DataCheck = {
  matches: ({ name }) => name.startsWith("linear_probe"),
  async check(folder, record) {
    const file = await folder.open(record.file);
    const { runs = [], fullDataSweep = [] } = record as ParityRecord & Recorded;
    return [
      ...runs.flatMap((run) => checkRun(file, run)),
      ...fullDataSweep.flatMap((one) => checkFull(file, one)),
    ];
  },
};

interface Recorded {
  runs?: Run[];
  fullDataSweep?: { C: number; objectiveConverged: number }[];
}

interface Run {
  shots: number;
  seed: number;
  trainIndices: number[];
  searchStart: { C: number; valAccuracy: number }[];
  steps: { cLeft: number; cRight: number; valLeft: number; valRight: number }[];
  chosenC: number;
  objectiveConverged: number;
  testAccuracyConverged: number;
}

function checkRun(file: TensorFile, run: Run): Comparison[] {
  const what = `${run.shots} shots, seed ${run.seed}`;
  const seen = [
    ...run.searchStart.map(({ C, valAccuracy }) => ({ c: C, accuracy: valAccuracy })),
    ...run.steps.flatMap(({ cLeft, cRight, valLeft, valRight }) => [
      { c: cLeft, accuracy: valLeft },
      { c: cRight, accuracy: valRight },
    ]),
  ];
  const accuracyAt = (c: number) => seen.find((s) => Math.abs(s.c / c - 1) < 1e-9)?.accuracy ?? NaN;
  const chosen = searchC(accuracyAt, run.steps.length);
  const solved = solve(examples(file, "train", run.trainIndices), run.chosenC);
  const right = 100 * accuracy(solved, examples(file, "test"));
  return [
    near(`C of ${what}`, [chosen], [run.chosenC], 1e-9),
    ...converged(file, `s${run.shots}.seed${run.seed}`, solved),
    near(`objective of ${what}`, [solved.objective], [run.objectiveConverged], 1e-6),
    same(`test accuracy of ${what}`, right.toFixed(6), run.testAccuracyConverged.toFixed(6)),
  ];
}

function checkFull(
  file: TensorFile,
  { C, objectiveConverged }: { C: number; objectiveConverged: number },
): Comparison[] {
  const solved = solve(examples(file, "train"), C);
  const named = file.keys.map((key) => key.match(/^f64\.(full\.C(.+))\.coefConverged$/))
    .find((match) => match && Number(match[2]) === C);
  return [
    near(`objective at C = ${C}`, [solved.objective], [objectiveConverged], 1e-6),
    ...(named ? converged(file, named[1]!, solved) : []),
  ];
}

function solve(from: Examples, c: number): ReturnType<typeof solveLogistic> {
  return solveLogistic(from, c, resolveSettings(linearProbe));
}

function examples(file: TensorFile, split: string, places?: number[]): Examples {
  const { shape: [n, width], data } = file.readFloats(`${split}.features`);
  const all = file.readFloats(`${split}.labels`).data;
  const chosen = places ?? Array.from({ length: n! }, (_, i) => i);
  return {
    features: Float64Array.from(
      chosen.flatMap((i) => [...data.subarray(i * width!, (i + 1) * width!)]),
    ),
    labels: chosen.map((i) => all[i]!),
    width: width!,
    classes: Math.max(...all) + 1,
  };
}

/** Against the recorded optimum, whose rows are classes. */
function converged(file: TensorFile, key: string, { weight, intercept }: Logistic): Comparison[] {
  const { shape: [classes, width], data } = file.readFloats(`f64.${key}.coefConverged`);
  const byClass = data.map((_, at) => weight[(at % width!) * classes! + Math.floor(at / width!)]!);
  const recorded = file.readFloats(`f64.${key}.interceptConverged`).data;
  return [
    near(`weights of ${key}`, byClass, data, 1e-4),
    near(`intercepts of ${key}`, intercept, recorded, 1e-4),
  ];
}
