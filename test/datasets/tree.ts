/** Folders of small files for tests: the true layouts with a few generated images. */

import { dirname, join } from "node:path";

/** A valid PNG of one pixel. */
export const PIXEL: Uint8Array<ArrayBuffer> = Uint8Array.from(
  atob(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
  ),
  (c) => c.charCodeAt(0),
);

/** Runs `fn` in a folder that holds `files` (a text, bytes, or `PIXEL` for `true`) and is removed afterwards. */
export async function inTree(
  files: Record<string, string | Uint8Array | true>,
  fn: (root: string) => Promise<void>,
): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    for (const [path, content] of Object.entries(files)) {
      await Deno.mkdir(dirname(join(root, path)), { recursive: true });
      const bytes = content === true
        ? PIXEL
        : typeof content === "string"
        ? new TextEncoder().encode(content)
        : content;
      await Deno.writeFile(join(root, path), bytes);
    }
    await fn(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

/** `n` images named by `name(i)`, i from 1. */
export function images(n: number, name: (i: number) => string): Record<string, true> {
  return Object.fromEntries(Array.from({ length: n }, (_, i) => [name(i + 1), true as const]));
}
