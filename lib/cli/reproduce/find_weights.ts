/**
 * Where the weights lie that `--clip` names.
 *
 * @module
 */
import { cachedWeights, publishedNames } from "../../clip/mod.ts";
import { UserError } from "../../errors.ts";

/** Where weights lie, and the published name that they must live up to, if it was one. */
export interface Found {
  path: string;
  name?: string;
}

/**
 * A published model's weights in the cache, or else what lies at the path.
 *
 * @throws {UserError} when nothing does, or the published model has not been fetched
 */
export async function findWeights(given: string): Promise<Found> {
  const name = publishedNames.find((published) => published === given);
  if (name) {
    const path = await cachedWeights(name);
    if (path) return { path, name };
    throw new UserError(`${name} is not in the cache: fetch it by deno task weights ${name}`);
  }
  try {
    await Deno.stat(given);
    return { path: given };
  } catch {
    throw new UserError(
      `there are no weights at ${given}: name a safetensors file, a folder with one, or one of ${
        publishedNames.join(", ")
      }`,
    );
  }
}
