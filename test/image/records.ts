/** The tensors of a safetensors file, for comparing images with what Pillow and torchvision made of them. */

import assert from "node:assert/strict";
import { parseSafetensors, type TensorFile } from "../../lib/clip/safetensors.ts";
import { readPacked } from "../../lib/parity/packed.ts";

/** One record: its shape and its numbers. */
export interface Recorded {
  shape: number[];
  data: Uint8Array | Float32Array;
}

/** The folder of the images that tests always need. */
export const fixtures: string = decodeURIComponent(
  new URL("../fixtures/image/", import.meta.url).pathname,
);

/** Reads the uint8 and float32 tensors of a safetensors file. */
export function records(path: string): Map<string, Recorded> {
  return of(parseSafetensors(Deno.readFileSync(path), path));
}

/** The same of a packed file. */
export async function packedRecords(path: string): Promise<Map<string, Recorded>> {
  return of(await readPacked(path));
}

function of(file: TensorFile): Map<string, Recorded> {
  return new Map(file.keys.map((key) => {
    const { shape, data } = file.read(key);
    assert.ok(data instanceof Uint8Array || data instanceof Float32Array, key);
    return [key, { shape, data }];
  }));
}
