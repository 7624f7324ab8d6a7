/**
 * CLIPs by name: one call from a name to a model that encodes.
 *
 * @module
 */
import { UserError } from "../errors.ts";
import { backendInUse } from "../tensor/mod.ts";
import { cachedWeights } from "./hub.ts";
import { sourceOf } from "./hub_sources.ts";
import { buildClip, type Clip } from "./model.ts";
import { pocketWeights } from "./pocket.ts";
import { loadWeights, type Weights } from "./weights.ts";

/**
 * Loads a CLIP. Chooses the best backend where `useBackend` was not called before. Free it by `using clip = await loadClip(…)` or `disposeClip`.
 *
 * @param name `pocket`, the small one that comes with this module; a published one that `fetchWeights` has fetched,
 *   such as `ViT-B/16` or `laion2b/ViT-B/16`; or the path of weights or of a folder with them (see docs/weights.md)
 * @throws {UserError} when there is none of that name or at that path, or its weights are not whole
 *
 * @category Load
 *
 * @example
 * ```ts
 * import { loadClip, predict } from "@plumbline/plumbline";
 * using clip = await loadClip("pocket");
 * const [best] = await predict(clip, "docs/datasets/eurosat.jpg", ["disc", "square"]);
 * console.log(best!.className, best!.probability);
 * ```
 */
export async function loadClip(name: string): Promise<Clip> {
  await backendInUse();
  return buildClip(await weightsOf(name));
}

async function weightsOf(name: string): Promise<Weights> {
  if (name === "pocket") return await pocketWeights();
  if (!sourceOf(name)) return await loadWeights(name);
  const path = await cachedWeights(name);
  if (path) return await loadWeights(path, name);
  throw new UserError(
    `${name} is not in the cache: fetch it by deno task weights ${name}, or by fetchWeights("${name}").`,
  );
}
