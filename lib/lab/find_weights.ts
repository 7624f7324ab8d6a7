/**
 * Where the weights lie that an experiment names.
 *
 * @module
 */
import { resolve } from "node:path";
import { cachedWeights, hubNames } from "../clip/mod.ts";
import { nearest, UserError } from "../errors.ts";

/** Where weights lie, and the published model that they have to be, if one was named. */
export interface Found {
  /** A safetensors file, or a folder with one. */
  path: string;
  /** The published model's name. */
  name?: string;
}

/** Whether a CLIP comes with this module. */
export function isOurs(clip: string): boolean {
  return clip === "pocket" || clip === "random";
}

/** The name of a CLIP as it is understood from any folder: a path in full. */
export function everywhere(clip: string): string {
  return isOurs(clip) || hubNames.includes(clip) ? clip : resolve(clip);
}

/**
 * A published model's weights in the cache, or else what lies at the path.
 *
 * @throws {UserError} when nothing does, or the published model has not been fetched
 */
export async function findWeights(given: string): Promise<Found> {
  const name = hubNames.find((published) => published === given);
  if (name) {
    const path = await cachedWeights(name);
    if (path) return { path, name };
    throw new UserError(`${name} is not in the cache: fetch it by deno task weights ${name}`);
  }
  if (await Deno.stat(given).then(() => true, () => false)) return { path: given };
  const known = ["pocket", "random", ...hubNames];
  const near = nearest(given, known);
  throw new UserError(
    `there are no weights at ${given}: ${
      near
        ? `did you mean ${near}?`
        : `name a file of weights, a folder with one, or one of ${known.join(", ")}`
    }`,
  );
}
