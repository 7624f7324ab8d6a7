/**
 * Compares a figure with the one kept in snapshots/. `deno test … -- --update` writes what is new or changed: look at it
 * before it is committed.
 */

import assert from "node:assert/strict";

/** Keeps `deno fmt`, which formats SVG, from changing a snapshot. */
const unformatted = "<!-- deno-fmt-ignore-file -->\n";

/** Fails unless `svg` is what the snapshot `name` holds. */
export function assertSnapshot(name: string, svg: string): void {
  const file = new URL(`snapshots/${name}`, import.meta.url);
  const text = unformatted + svg;
  if (Deno.args.includes("--update")) {
    Deno.mkdirSync(new URL(".", file), { recursive: true });
    Deno.writeTextFileSync(file, text);
    return;
  }
  const same = Deno.readTextFileSync(file) === text;
  assert.ok(same, `${name} differs from its snapshot: run with -- --update and look at the change`);
}
