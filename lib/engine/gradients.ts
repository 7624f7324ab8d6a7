/**
 * What a run's gradients were like, as its record tells: statistics of each step, whose means over an epoch go into the
 * epoch's record. All tensors count as one vector, without the modulation's own.
 *
 * @module
 */
import { cosineSimilarity, euclideanNorm, headed, plusScaled, type Vectors } from "./vectors.ts";

/** What the statistics are made of. */
export function wantsGradients(name: string): boolean {
  return /^(task|general|gradient|batch\/(task|regulariser|gamma)|outer\/(gradient|momentum))\//
    .test(name) && !name.includes("modulation.");
}

/**
 * The statistics of a step, by name; none where the method holds no two gradients against each other.
 *
 * ProGrad: `conflict/cosine`, cos(∇CE, ∇KL); `conflict/share`, 1 where it is negative, else 0; `conflict/removed`,
 * ‖∇CE − G‖/‖∇CE‖ with the G that SGD received. ProMetaR: `regulariser/cosine`, cos(∇CE, ∇R) on the whole batch;
 * `meta/share`, ‖∇outer‖/‖v‖ with the buffer v that the second SGD step follows; `gamma/<tensor>`, the mean γ.
 *
 * @example
 * ```ts
 * import { gradientStatistics } from "@plumbline/plumbline";
 * import assert from "node:assert/strict";
 * const found = gradientStatistics({ "task/x": [3, -4], "general/x": [0, 1], "gradient/x": [3, 0] });
 * assert.deepEqual(found, { "conflict/cosine": -0.8, "conflict/share": 1, "conflict/removed": 0.8 });
 * ```
 */
export function gradientStatistics(seen: Vectors): Record<string, number> {
  const part = (heading: string) => headed(heading, seen);
  const [task, general] = [part("task/"), part("general/")];
  const [label, regulariser] = [part("batch/task/"), part("batch/regulariser/")];
  const [outer, buffer] = [part("outer/gradient/"), part("outer/momentum/")];
  const found: Record<string, number> = {};
  if (any(general)) {
    const cosine = cosineSimilarity(task, general);
    found["conflict/cosine"] = cosine;
    found["conflict/share"] = cosine < 0 ? 1 : 0;
    const removed = euclideanNorm(plusScaled(task, part("gradient/"), -1));
    found["conflict/removed"] = ratio(removed, euclideanNorm(task));
  }
  if (any(regulariser)) found["regulariser/cosine"] = cosineSimilarity(label, regulariser);
  if (any(buffer)) found["meta/share"] = ratio(euclideanNorm(outer), euclideanNorm(buffer));
  for (const [name, gates] of Object.entries(part("batch/gamma/"))) {
    found[`gamma/${name}`] = Array.from(gates).reduce((a, b) => a + b, 0) / gates.length;
  }
  return found;
}

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

function any(vectors: Vectors): boolean {
  return Object.keys(vectors).length > 0;
}

function ratio(a: number, b: number): number {
  return b === 0 ? 0 : a / b;
}
