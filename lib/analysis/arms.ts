/**
 * Arms of a comparison, trained on the same images with the same seeds, and what part of a gain is due to what.
 *
 * @module
 */
import { UserError } from "../errors.ts";
import { checkOptions, fields, type Kinds, words } from "../options_given.ts";
import {
  aligned,
  harmonicMean,
  type Observation,
  pairedDifference,
  type Summary,
} from "../results/mod.ts";
import { accuracies, checkStudy, type Study, trainStudy } from "./study.ts";

/** One way of training among those compared. */
export interface Arm {
  /** The arm's label. */
  label: string;
  /** Short name of the method. */
  method: string;
  /** The method's preset; its first where absent. */
  preset?: string;
  /** What is changed of the preset. */
  settings?: Record<string, unknown>;
}

const armKinds: Kinds<Arm> = { label: words, method: words, preset: words, settings: fields };

/** One arm on one data set with one seed: test accuracies in percent. */
export interface ArmRow {
  /** The arm's label. */
  label: string;
  /** Short name of the method. */
  method: string;
  /** Short name of the data set. */
  dataset: string;
  /** Seed of all random draws. */
  seed: number;
  /** Accuracy on base classes, percent. */
  base: number;
  /** Accuracy on new classes, percent. */
  new: number;
  /** The harmonic mean of both, percent. */
  harmonic: number;
}

/** What is compared. */
export type Measure = "base" | "new" | "harmonic";

/**
 * Trains every arm in every study. Studies need the tests `base` and `new`.
 *
 * @param onDone told after each training
 * @throws {UserError} as `fit` does
 */
export async function trainArms(
  arms: readonly Arm[],
  studies: readonly Study[],
  onDone?: (row: ArmRow) => void,
): Promise<ArmRow[]> {
  for (const arm of arms) checkOptions("an arm", arm, armKinds, { needed: ["label", "method"] });
  for (const study of studies) {
    checkStudy("trainArms", arms[0]?.method ?? "", study);
    for (const test of ["base", "new"]) {
      if (study.tests?.[test]) continue;
      throw new UserError(`trainArms compares base and new classes: give tests: { base, new }`);
    }
  }
  const found: ArmRow[] = [];
  for (const study of studies) {
    for (const { label, method, preset, settings } of arms) {
      using trained = await trainStudy(method, {
        ...study,
        preset: preset ?? study.preset,
        settings: { ...study.settings, ...settings },
      });
      const { base, new: novel } = accuracies(trained) as { base: number; new: number };
      const { name } = study.dataset;
      const row = { label, method, dataset: name, seed: study.seed ?? 1, base, new: novel };
      found.push({ ...row, harmonic: harmonicMean(base, novel) });
      onDone?.(found[found.length - 1]!);
    }
  }
  return found;
}

/**
 * How far arm `a` is above arm `b`, in percentage points, paired: each data set's mean over the seeds that both have is
 * one observation, so that the interval speaks of data sets; with one data set each seed is.
 *
 * @throws {RangeError} when they share no data set and seed
 *
 * @example
 * ```ts
 * import { armDifference } from "@plumbline/plumbline/analysis";
 * import assert from "node:assert/strict";
 * const row = { method: "coop", dataset: "pets", base: 80, harmonic: 70 };
 * const rows = [1, 2].flatMap((seed) => [
 *   { ...row, label: "a", seed, new: 62 + seed },
 *   { ...row, label: "b", seed, new: 60 },
 * ]);
 * assert.equal(armDifference(rows, "a", "b", "new").mean, 3.5);
 * ```
 */
export function armDifference(
  rows: readonly ArmRow[],
  a: string,
  b: string,
  measure: Measure,
): Summary {
  const { ours, theirs } = pairedUnits(rows, [a, b], measure, ([ours, theirs]) => ({
    ours,
    theirs,
  }));
  return pairedDifference(ours!, theirs!);
}

/** A gain taken apart; all in percentage points, paired as in {@linkcode armDifference}. */
export interface GainParts {
  /** What the second method with its own initialisation gains over the first with its own. */
  gain: Summary;
  /** What the initialisation contributes: the mean of its effect under either method. */
  start: Summary;
  /** What the method contributes: the mean of its effect under either initialisation. */
  method: Summary;
  /** How much more the initialisation contributes under the second method. */
  interaction: Summary;
}

/** The labels of the four arms: two methods × two initialisations. */
export interface Crossed {
  /** The first method with its own initialisation, over which the gain is measured. */
  plain: string;
  /** The first method with the second's initialisation. */
  startOnly: string;
  /** The second method with the first's initialisation. */
  methodOnly: string;
  /** The second method with its own initialisation. */
  both: string;
}

/**
 * Takes the gain of `both` over `plain` apart into the initialisation's part, `start`, and the method's, which sum to it
 * (the Shapley value of two factors): start = ½[(startOnly − plain) + (both − methodOnly)], method =
 * ½[(methodOnly − plain) + (both − startOnly)].
 *
 * @throws {RangeError} when the four share no data set and seed
 *
 * @example
 * ```ts
 * import { gainParts } from "@plumbline/plumbline/analysis";
 * import assert from "node:assert/strict";
 * const arms = { plain: 60, startOnly: 64, methodOnly: 61, both: 66 };
 * const rows = [1, 2].flatMap((seed) =>
 *   Object.entries(arms).map(([label, accuracy]) => ({
 *     ...{ label, method: "", dataset: "pets", seed },
 *     ...{ base: accuracy, new: accuracy, harmonic: accuracy },
 *   }))
 * );
 * const { gain, start, method } = gainParts(rows, {
 *   plain: "plain",
 *   startOnly: "startOnly",
 *   methodOnly: "methodOnly",
 *   both: "both",
 * }, "base");
 * assert.deepEqual([gain.mean, start.mean, method.mean], [6, 4.5, 1.5]);
 * ```
 */
export function gainParts(
  rows: readonly ArmRow[],
  { plain, startOnly, methodOnly, both }: Crossed,
  measure: Measure,
): GainParts {
  const labels = [plain, startOnly, methodOnly, both];
  const units = pairedUnits(rows, labels, measure, ([p = [], s = [], m = [], b = []]) => ({
    zero: p.map(() => 0),
    gain: b.map((x, i) => x - p[i]!),
    start: b.map((x, i) => (s[i]! - p[i]! + x - m[i]!) / 2),
    method: b.map((x, i) => (m[i]! - p[i]! + x - s[i]!) / 2),
    interaction: b.map((x, i) => x - m[i]! - (s[i]! - p[i]!)),
  }));
  const summary = (values: number[]) => pairedDifference(values, units.zero);
  return {
    gain: summary(units.gain),
    start: summary(units.start),
    method: summary(units.method),
    interaction: summary(units.interaction),
  };
}

/** The arms' values over what they share: over data sets, or over the seeds of the only one. */
function pairedUnits<T>(
  rows: readonly ArmRow[],
  labels: string[],
  measure: Measure,
  use: (values: number[][]) => T,
): T {
  const sides = labels.map((label) =>
    rows.filter((row) => row.label === label).map((row): Observation => ({
      ...{ place: row.dataset, seed: row.seed, value: row[measure] },
    }))
  );
  const sets = aligned(sides, "places");
  if (sets.size === 0) {
    throw new RangeError(`no data set and seed has all of ${labels.join(", ")}`);
  }
  const units = [...(sets.size > 1 ? sets : aligned(sides, "seeds")).values()];
  return use(labels.map((_, arm) => units.map((values) => values[arm]!)));
}
