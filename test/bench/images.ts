/**
 * Pictures from files: read, augmented and encoded. They are JPEGs of 500 × 375 pixels, the usual size of the papers' data
 * sets, of smooth noise, which takes a decoder as long as a photograph.
 */

import type { Clip } from "../../lib/clip/mod.ts";
import { openFeatureCache, openImages } from "../../lib/engine/mod.ts";
import { drawView, type ImageJob, loadImages, startWorkers } from "../../lib/image/mod.ts";
import { streams } from "../../lib/random/mod.ts";
import { type Tensor, tidy } from "../../lib/tensor/mod.ts";
import { uniform } from "../tiny_clip.ts";
import type { Step } from "./cases.ts";
import { labelsOf, trainingStep } from "./training.ts";

const BATCH = 32;

/** Features of a batch of pictures by the frozen tower, or from the disk. A step is what a new run does. */
export async function frozenFeatures(clip: Clip, { cached }: { cached: boolean }): Promise<Step> {
  const folder = await Deno.makeTempDir();
  const jobs = (await pictures(folder)).map((path) => ({ path }));
  return async () => {
    const cache = cached ? openFeatureCache(`${folder}/features`) : undefined;
    using images = openImages(clip, { workers: 0, cache });
    await images.features(jobs);
  };
}

/** Training views of a batch of pictures, two cores doing nothing else: its images a second are 32 over a step's seconds. */
export async function augmentImages(): Promise<Step> {
  const paths = await pictures(await Deno.makeTempDir());
  const random = streams(1)("augmentation");
  const workers = startWorkers(2);
  const views = loadImages(endless(paths, () => drawView(random)), 224, { workers, ahead: 128 });
  return async () => {
    for (let i = 0; i < BATCH; i++) await views.next();
  };
}

/** CoOp whose batches are read from files by one worker ahead of the steps. */
export async function trainFromJpeg(clip: Clip, classes: number): Promise<Step> {
  const paths = await pictures(await Deno.makeTempDir());
  const random = streams(1)("augmentation");
  const images = openImages(clip, { workers: 1 });
  const jobs = Array.from({ length: 64 }, () => paths).flat()
    .map((path): ImageJob => ({ path, draws: drawView(random) }));
  const batches = images.pixels(jobs, BATCH);
  let pixels: Tensor;
  const labels = labelsOf(BATCH, classes);
  const step = trainingStep("coop", { clip, batch: BATCH, classes }, () => ({
    labels,
    features: tidy(() => images.encode(pixels)),
  }));
  return async () => {
    pixels = (await batches.next()).value!;
    await step();
    pixels.dispose();
  };
}

function* endless(paths: string[], draws: () => ImageJob["draws"]): Generator<ImageJob> {
  while (true) for (const path of paths) yield { path, draws: draws() };
}

/** A batch of files. */
async function pictures(folder: string): Promise<string[]> {
  const { default: sharp } = await import("sharp"); // late: a GPU's check goes without it
  const next = uniform(5);
  return await Promise.all(Array.from({ length: BATCH }, async (_, i) => {
    const [width, height] = [63, 47];
    const noise = Uint8Array.from({ length: width * height * 3 }, () => 128 + 128 * next());
    const path = `${folder}/${i}.jpg`;
    await sharp(noise, { raw: { width, height, channels: 3 } }).resize(500, 375).jpeg().toFile(
      path,
    );
    return path;
  }));
}
