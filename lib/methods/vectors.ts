/**
 * Named arrays, such as the gradients of a step, as one vector: products, norms and cosines in double precision.
 *
 * @module
 */

/** Numbers of tensors by name. */
export type Vectors = Record<string, ArrayLike<number>>;

/**
 * ⟨a, b⟩ over the names that both have.
 *
 * @throws {RangeError} where two arrays of one name differ in length
 */
export function innerProduct(a: Vectors, b: Vectors): number {
  let sum = 0;
  for (const [name, x] of Object.entries(a)) {
    const y = b[name];
    if (!y) continue;
    if (x.length !== y.length) {
      throw new RangeError(
        `${name} has ${x.length} numbers on one side and ${y.length} on the other`,
      );
    }
    for (let i = 0; i < x.length; i++) sum += x[i]! * y[i]!;
  }
  return sum;
}

/** ‖a‖₂ */
export function euclideanNorm(a: Vectors): number {
  return Math.sqrt(innerProduct(a, a));
}

/**
 * ⟨a, b⟩/(‖a‖·‖b‖); 0 where either vanishes, which points nowhere.
 *
 * @example
 * ```ts
 * import { cosineSimilarity } from "@plumbline/plumbline/methods";
 * import assert from "node:assert/strict";
 * assert.equal(cosineSimilarity({ x: [3], y: [4] }, { x: [0], y: [-2] }), -0.8);
 * ```
 */
export function cosineSimilarity(a: Vectors, b: Vectors): number {
  const lengths = euclideanNorm(a) * euclideanNorm(b);
  return lengths === 0 ? 0 : innerProduct(a, b) / lengths;
}

/** a + k·b, over a's names. */
export function plusScaled(a: Vectors, b: Vectors, k: number): Record<string, Float64Array> {
  return Object.fromEntries(
    Object.entries(a).map(([name, x]) => [
      name,
      Float64Array.from(x, (value, i) => value + k * (b[name]?.[i] ?? 0)),
    ]),
  );
}

/** The arrays whose names begin with `heading`, without it: `headed("task/", seen)`. */
export function headed(heading: string, all: Vectors): Vectors {
  return Object.fromEntries(
    Object.entries(all).filter(([name]) => name.startsWith(heading)).map((
      [name, x],
    ) => [name.slice(heading.length), x]),
  );
}
