/**
 * Pictures that are in memory, in the place of files: for browsers, and for programs that draw them.
 *
 * @module
 */
import { UserError } from "../errors.ts";
import type { Workers } from "./loader.ts";
import type { Raster } from "./raster.ts";
import { viewOf } from "./read.ts";

/**
 * Reads the pictures of a map by their names there, on the calling thread: hand it to `openImages` in place of a number of
 * workers, and give items the names as their paths.
 *
 * @example
 * ```ts
 * import { inMemory, type Raster } from "@plumbline/plumbline/image";
 * import assert from "node:assert/strict";
 * const grey: Raster = { width: 2, height: 2, mode: "RGB", data: new Uint8Array(12).fill(128) };
 * const reader = inMemory(new Map([["grey", grey]]));
 * assert.equal((await reader.read({ path: "grey" }, 4)).length, 4 * 4 * 3);
 * ```
 */
export function inMemory(pictures: ReadonlyMap<string, Raster>): Workers {
  return {
    count: 0,
    // deno-lint-ignore require-await -- so that every failure is a rejection
    async read(job, size) {
      const picture = pictures.get(job.path);
      if (picture) return viewOf(picture, job, size);
      throw new UserError(`there is no picture ${JSON.stringify(job.path)} in memory.`);
    },
    [Symbol.dispose]() {},
  };
}
