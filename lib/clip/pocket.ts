/**
 * The pocket CLIP: the small one that comes with this module, pre-trained by `deno task pretrain` on drawn pictures.
 *
 * @module
 */
import { moduleFile } from "../module_file.ts";
import { sha256 } from "../sha256.ts";
import { parseSafetensors } from "./safetensors.ts";
import { checkWeights, type Weights } from "./weights.ts";

/** Where the weights lie in the module. */
export const pocketPath = "data/pocket/pocket.safetensors";

/**
 * The pocket CLIP's weights, checked: from the checkout, or fetched where this module was imported from the web.
 *
 * @throws {UserError} where they may not be read or fetched, or are damaged
 *
 * @example
 * ```ts
 * import { pocketWeights } from "@plumbline/plumbline/clip";
 * import assert from "node:assert/strict";
 * const { config } = await pocketWeights();
 * assert.equal(config.imageSize, 48);
 * assert.equal(config.text.vocab, 49408); // the rows that its file lacks are filled in
 * ```
 */
export async function pocketWeights(): Promise<Weights> {
  return parseWeights(await moduleFile(pocketPath), "pocket", pocketPath);
}

/**
 * A CLIP's weights from the bytes of a safetensors file in OpenAI's layout, checked: for programs that have no files. What
 * the shapes don't show is taken to be as in OpenAI's CLIPs. `buildClip` makes a CLIP of them.
 *
 * @param name what to call the CLIP
 * @param path the file, for messages
 * @throws {UserError} where they are no such weights, or damaged
 */
export function parseWeights(bytes: Uint8Array, name: string, path: string = name): Weights {
  const checked = checkWeights(parseSafetensors(bytes, path));
  return { name, path, sha256: sha256(bytes), ...checked };
}
