/**
 * What records tell of ProMetaR's gradients.
 *
 * @module
 */
import type { GradientStatistics } from "./method.ts";
import { MODULATION } from "./modulation.ts";
import { cosineSimilarity, euclideanNorm, headed, type Vectors } from "./vectors.ts";

/**
 * `regulariser/cosine`, cos(∇CE, ∇R) on the whole batch; `meta/share`, ‖∇outer‖/‖v‖ with the buffer v that the second SGD
 * step follows; `gamma/<tensor>`, the mean γ. All prompts count as one vector, without the modulation's own weights.
 */
export const metaStatistics: GradientStatistics = {
  wants: (name) =>
    /^(batch\/(task|regulariser|gamma)|outer\/(gradient|momentum))\//.test(name) &&
    !name.includes(MODULATION),
  from(seen) {
    const part = (heading: string) => headed(heading, seen);
    const regulariser = part("batch/regulariser/");
    const [outer, buffer] = [part("outer/gradient/"), part("outer/momentum/")];
    const found: Record<string, number> = {};
    if (any(regulariser)) {
      found["regulariser/cosine"] = cosineSimilarity(part("batch/task/"), regulariser);
    }
    if (any(buffer)) {
      const length = euclideanNorm(buffer);
      found["meta/share"] = length === 0 ? 0 : euclideanNorm(outer) / length;
    }
    for (const [name, gates] of Object.entries(part("batch/gamma/"))) {
      found[`gamma/${name}`] = Array.from(gates).reduce((a, b) => a + b, 0) / gates.length;
    }
    return found;
  },
};

function any(vectors: Vectors): boolean {
  return Object.keys(vectors).length > 0;
}
