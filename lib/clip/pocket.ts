/**
 * The pocket CLIP: the small one that comes with this module, pre-trained by `deno task pretrain` on drawn pictures.
 *
 * @module
 */
import { moduleFile } from "../module_file.ts";
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
  const bytes = await moduleFile(pocketPath);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const checked = checkWeights(parseSafetensors(bytes, pocketPath));
  return { name: "pocket", path: pocketPath, sha256: digest.toHex(), ...checked };
}
