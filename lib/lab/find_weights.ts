/**
 * Where the weights lie that `--clip` names.
 *
 * @module
 */
import { cachedWeights, publishedNames } from "../clip/mod.ts";
import { nearest, UserError } from "../errors.ts";
import { UsageError } from "../cli/options.ts";

/** Where weights lie, and the published name that they must live up to, if it was one. */
export interface Found {
  path: string;
  name?: string;
}

/**
 * A published model's weights in the cache, or else what lies at the path.
 *
 * @throws {UsageError} when nothing does
 * @throws {UserError} when the published model has not been fetched
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
    const known = ["pocket", "random", ...publishedNames];
    const near = nearest(given, known);
    throw new UsageError(
      `there are no weights at ${given}: ${
        near
          ? `did you mean ${near}?`
          : `name a safetensors file, a folder with one, or one of ${known.join(", ")}`
      }`,
    );
  }
}
