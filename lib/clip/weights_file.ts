/** Finds the weights that a path means: the file itself, or the one in a folder as the Hugging Face Hub lays it out. */

import { join } from "node:path";
import { UserError } from "../errors.ts";

/** What open_clip calls the weights of both towers; beside it may lie `model.safetensors`, one tower for timm. */
const OPEN_CLIP = "open_clip_model.safetensors";

/**
 * The path of the weights that `path` names.
 *
 * @throws {UserError} if there is nothing, or a folder does not say which of its files is meant.
 */
export async function weightsFile(path: string): Promise<string> {
  if (!(await isFolder(path))) return path;
  const names = [];
  for await (const entry of Deno.readDir(path)) if (!entry.isDirectory) names.push(entry.name);
  const found = names.filter((name) => name.endsWith(".safetensors")).sort();
  if (found.length === 1) return join(path, found[0]);
  if (found.includes(OPEN_CLIP)) return join(path, OPEN_CLIP);
  if (found.length > 1) {
    throw new UserError(`The folder ${path} has ${found.join(", ")}; name the file that is meant.`);
  }
  // A pickle is named to its reader, which says how to convert it.
  const pickle = names.filter((name) => /\.(pt|pth|bin)$/.test(name)).sort()[0];
  if (pickle) return join(path, pickle);
  throw new UserError(
    `The folder ${path} has no .safetensors file; name one that has CLIP's weights.`,
  );
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new UserError(
      `There are no weights at ${path}; name a safetensors file or a folder with one.`,
    );
  }
}
