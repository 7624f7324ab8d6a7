/**
 * The decoder (libvips), loaded when the first image comes: its addon needs `ffi`, which a program that reads no images
 * need not grant.
 *
 * @module
 */

import type sharp from "sharp";
import { UserError } from "../errors.ts";

/**
 * The decoder.
 *
 * @throws {UserError} where Deno may not load its addon
 */
export async function loadSharp(): Promise<typeof sharp> {
  try {
    return (await import("sharp")).default;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(
      /ffi/.test(reason)
        ? "Images are decoded by an addon (sharp): Deno needs --allow-ffi to load it."
        : `The image decoder (sharp) cannot be loaded: ${reason.slice(0, 300)}`,
    );
  }
}
