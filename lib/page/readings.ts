/**
 * What is read of a training step, whichever method it is of: the cross-entropy's gradient and the general one where a step
 * has both, gates and virtual tasks where it meta-learns.
 *
 * @module
 */
import { cosineSimilarity, euclideanNorm, headed, plusScaled, type Vectors } from "../../core.ts";
import type { Step } from "./messages.ts";

/** Whether what a step tells under the name is read. The weights behind the gates are no prompts. */
export function isRead(name: string): boolean {
  return /^(task|general|gradient|inner\/task|outer\/gradient|batch\/gamma)\//.test(name) &&
    !name.includes("modulation.");
}

/** cos(G_d, G_g), both lengths, and the share of G_d that is not followed; undefined where there is one gradient alone. */
export function conflictIn(seen: Vectors): Step["conflict"] {
  const [task, general] = [headed("task/", seen), headed("general/", seen)];
  if (Object.keys(general).length === 0) return undefined;
  const length = euclideanNorm(task);
  const removed = euclideanNorm(plusScaled(task, headed("gradient/", seen), -1));
  return {
    cosine: cosineSimilarity(task, general),
    removed: length === 0 ? 0 : removed / length,
    task: length,
    general: euclideanNorm(general),
  };
}

/**
 * The mean γ of each tower's prompts, and the cosine of the support's gradient with the query's, which is taken behind the
 * inner step and carried back to the prompts; that is absent in steps without a virtual task.
 */
export function metaIn(seen: Vectors): Step["meta"] {
  const gates = headed("batch/gamma/", seen);
  if (Object.keys(gates).length === 0) return undefined;
  const [query, support] = [headed("outer/gradient/", seen), headed("inner/task/", seen)];
  const both = Object.keys(query).length > 0 && Object.keys(support).length > 0;
  const towers = Map.groupBy(Object.entries(gates), ([name]) => name.split(".")[0]);
  return {
    gates: Object.fromEntries(
      [...towers].map(([tower, found]) => [tower, meanOf(found.flatMap(([, x]) => Array.from(x)))]),
    ),
    ...both && { support: cosineSimilarity(query, support) },
  };
}

function meanOf(values: number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
