/**
 * The page one can touch, as four files that work from any static host, from a disk, and without a network.
 *
 * @module
 */
import { pocketPath } from "../clip/pocket.ts";
import { moduleFile } from "../module_file.ts";
import { useBackend } from "../tensor/mod.ts";
import { packageFile } from "../tensor/package_file.ts";
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

/** `tfjs-backend-wasm-simd.wasm`, as it lies in the package. */
async function wasmProgram(): Promise<Uint8Array<ArrayBuffer>> {
  await useBackend("wasm"); // a package's folder is known once it is loaded
  return await Deno.readFile(
    packageFile("@tensorflow/tfjs-backend-wasm", "dist/tfjs-backend-wasm-simd.wasm"),
  );
}
