/**
 * A small CLIP and image batches made of exact integer arithmetic: the same bits for the test and for what recorded the
 * trajectories under test/fixtures/parity, a plain PyTorch re-implementation that read these files.
 */

import { join } from "node:path";
import { expectedShapes } from "../../lib/clip/shapes.ts";
import { type ClipConfig, writeSafetensors } from "../../lib/clip/mod.ts";

const config: ClipConfig = {
  embedDim: 32,
  imageSize: 64,
  vision: { kind: "vit", width: 64, layers: 2, patch: 32, heads: 1 },
  text: { width: 64, layers: 2, heads: 1, contextLength: 77, vocab: 49408 },
};

const batches = [3, 4, 3, 64, 64];
const classes = 5;

/** Writes `seeded_vit.safetensors` and `inputs.safetensors` into a folder. */
export async function writeSeededClip(folder: string): Promise<void> {
  const weights = [...expectedShapes(config)].map(([key, shape], i) =>
    [key, { shape, data: parameter(key, shape, numbers(i)) }] as const
  );
  await writeSafetensors(join(folder, "seeded_vit.safetensors"), Object.fromEntries(weights));
  const next = numbers(1000);
  const images = { shape: batches, data: filled(batches, () => 3 * next()) };
  const labels = {
    shape: batches.slice(0, 2),
    data: filled(batches.slice(0, 2), (i) => i * 7 % classes),
  };
  await writeSafetensors(join(folder, "inputs.safetensors"), { images, labels });
}

/** Within ±1/4, so that signals through layers 64 wide neither die out nor blow up. */
function parameter(key: string, shape: number[], next: () => number): Float32Array {
  if (key === "logit_scale") return Float32Array.of(3);
  const isNorm = /ln_\w+\.weight$/.test(key);
  return filled(shape, () => (isNorm ? 1 : 0) + next() / 4);
}

function filled(shape: number[], value: (i: number) => number): Float32Array {
  const size = shape.reduce((a, b) => a * b, 1);
  return Float32Array.from({ length: size }, (_, i) => value(i));
}

/** Numbers from −1 to 1 with 16 bits (the upper bits of a linear congruential generator). */
function numbers(seed: number): () => number {
  let x = seed * 2654435761 >>> 0;
  return () => {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    return (x >>> 16) / 32768 - 1;
  };
}
