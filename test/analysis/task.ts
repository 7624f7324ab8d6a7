/** A task small enough to look into: drawn shapes, and a CLIP with random weights. */

import { type Clip, disposeClip, randomClip, smallConfig } from "../../lib/clip/mod.ts";
import {
  baseNew,
  drawnShapes,
  drawShapes,
  fewShot,
  type LoadedDataset,
} from "../../lib/datasets/mod.ts";
import { useBackend } from "../../lib/tensor/mod.ts";

/** What a study takes. */
export interface Small extends Disposable {
  clip: Clip;
  dataset: LoadedDataset;
  base: LoadedDataset;
  new: LoadedDataset;
}

const root = await Deno.makeTempDir();

/** A few shots of every shape, and of each half. */
export async function small(shots: number): Promise<Small> {
  await useBackend("wasm");
  await drawShapes(root);
  const clip = randomClip(smallConfig, 2);
  const dataset = fewShot(await drawnShapes.load(root), shots, 1);
  return { clip, dataset, ...baseNew(dataset), [Symbol.dispose]: () => disposeClip(clip) };
}
