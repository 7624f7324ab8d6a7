/**
 * Which of a data set's images are not on disk, found before anything starts and told in one message.
 *
 * @module
 */

import { basename, dirname, join } from "node:path";
import { isAbsent } from "../errors.ts";
import type { Item } from "./dataset.ts";
import { isFile } from "./layout.ts";

/**
 * One line that says how many of the images of `items` are missing, with examples and what to do; undefined when all are there.
 * Looks at each folder once, so it is quick also for a million images.
 *
 * @example
 * ```ts
 * import { missingImages } from "@plumbline/plumbline/datasets";
 * import assert from "node:assert/strict";
 * const message = await missingImages([{ path: "nowhere/a.jpg", label: 0, className: "a" }]);
 * assert.match(message!, /^1 of 1 image is missing, for example nowhere\/a.jpg: /);
 * ```
 */
export async function missingImages(items: readonly Item[]): Promise<string | undefined> {
  const present = new Set(await presentImages(items));
  const missing = items.filter((item) => !present.has(item));
  if (missing.length === 0) return undefined;
  // Spread over the list, so that a whole missing class or split shows.
  const examples = [0, 0.5, 1].map((at) => missing[Math.floor(at * (missing.length - 1))]!.path);
  return `${missing.length} of ${items.length} ${
    items.length === 1 ? "image is" : "images are"
  } missing, ` +
    `for example ${[...new Set(examples)].join(", ")}: ` +
    "check the folder and what lists them; a published set is fetched by deno task data NAME --root DIR.";
}

/** Those of `items` whose image file is there, in their order: for a data set that is knowingly incomplete. */
export async function presentImages<T extends Item>(items: readonly T[]): Promise<T[]> {
  const folders = new Map<string, Set<string>>();
  for (const { path } of items) folders.set(dirname(path), new Set());
  for (const [folder, files] of folders) {
    try {
      for await (const entry of Deno.readDir(folder)) {
        if (entry.isDirectory) continue;
        if (!entry.isSymlink || await isFile(join(folder, entry.name))) files.add(entry.name);
      }
    } catch (error) {
      if (!isAbsent(error)) throw error;
    }
  }
  return items.filter(({ path }) => folders.get(dirname(path))!.has(basename(path)));
}
