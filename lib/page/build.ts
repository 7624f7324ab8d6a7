/**
 * The page one can touch, as four files that work from any static host, from a disk, and without a network.
 *
 * @module
 */
import { pocketPath } from "../clip/pocket.ts";
import { moduleFile } from "../module_file.ts";
import { wasmProgram } from "../tensor/native_mod.ts";
import { bundled } from "./bundle.ts";

/**
 * What the page is made of, by file name. The worker, the weights and wasm's program lie in a script: a page on a disk may fetch
 * nothing.
 */
export async function pageFiles(): Promise<Record<string, Uint8Array>> {
  const [page, worker, weights, program, html, style] = await Promise.all([
    bundled("lib/page/main.ts"),
    bundled("lib/page/worker.ts"),
    moduleFile(pocketPath),
    wasmProgram(),
    moduleFile("lib/page/index.html"),
    moduleFile("lib/page/page.css"),
  ]);
  const assets = { worker, weights: weights.toBase64(), program: program.toBase64() };
  const text = new TextEncoder();
  return {
    "index.html": html,
    "page.css": style,
    "page.js": text.encode(page),
    "assets.js": text.encode(`globalThis.plumbline = ${JSON.stringify(assets)};\n`),
  };
}
