/**
 * What methods say of themselves, with what holds where they say nothing.
 *
 * @module
 */
import type { GradientStatistics, Method, Preset } from "./method.ts";
import { euclideanNorm, headed } from "./vectors.ts";

/** Whether a method uses training images. The result of one that does not depends on neither shots nor seed. */
export function learns({ learns = true }: Pick<Method, "learns">): boolean {
  return learns;
}

/** Forward passes that a step of training is worth: one and a backward pass of two, unless the method says otherwise. */
export function passesOf(by: Pick<Method, "learns" | "passes">): number {
  return by.passes ?? (learns(by) ? 3 : 0);
}

/** The method that this one is held against in reports; undefined for one that is held against nothing. */
export function baselineOf(
  { name, baseline = "coop" }: Pick<Method, "name" | "baseline">,
): string | undefined {
  return baseline === name ? undefined : baseline;
}

/** Whether published values of the method are of this preset: where no preset says so, of the first. */
export function isPublished<S>(
  { presets }: Pick<Method<S>, "presets">,
  { name, published }: { name: string } & Pick<Preset<S>, "published">,
  at: { protocol: string; clip: string },
): boolean {
  return published ? published(at) : name === Object.keys(presets)[0];
}

/** What every method that steps along a gradient records: `gradient/norm`, ‖G‖ over all parameters. */
const norm: GradientStatistics = {
  wants: (name) => name.startsWith("gradient/"),
  from(seen): Record<string, number> {
    const gradient = headed("gradient/", seen);
    return Object.keys(gradient).length > 0 ? { "gradient/norm": euclideanNorm(gradient) } : {};
  },
};

/**
 * The statistics of a method's gradients: its own, and the norm of what it follows.
 *
 * @example
 * ```ts
 * import { method } from "@plumbline/plumbline";
 * import { statisticsOf } from "@plumbline/plumbline/methods";
 * import assert from "node:assert/strict";
 * const seen = { "task/x": [3, -4], "general/x": [0, 1], "gradient/x": [3, 0] };
 * assert.deepEqual(statisticsOf(method("prograd")).from(seen), {
 *   "gradient/norm": 3,
 *   "conflict/cosine": -0.8,
 *   "conflict/share": 1,
 *   "conflict/removed": 0.8,
 * });
 * assert.deepEqual(statisticsOf(method("coop")).from(seen), { "gradient/norm": 3 });
 * ```
 */
export function statisticsOf({ statistics }: Pick<Method, "statistics">): GradientStatistics {
  if (!statistics) return norm;
  return {
    wants: (name) => norm.wants(name) || statistics.wants(name),
    from: (seen) => ({ ...norm.from(seen), ...statistics.from(seen) }),
  };
}
