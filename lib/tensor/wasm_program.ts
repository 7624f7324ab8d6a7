/**
 * The wasm backend's program as bytes, for pages that are to carry it.
 *
 * @module
 */
import { packageFile } from "./package_file.ts";

/** `tfjs-backend-wasm-simd.wasm`: a page hands its address to `wasmAt`. */
export async function wasmProgram(): Promise<Uint8Array<ArrayBuffer>> {
  await import("@tensorflow/tfjs-backend-wasm"); // a package's folder is known once it is loaded
  return await Deno.readFile(
    packageFile("@tensorflow/tfjs-backend-wasm", "dist/tfjs-backend-wasm-simd.wasm"),
  );
}
