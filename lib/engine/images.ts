/**
 * Images on their way to a learner: read ahead in workers, stacked, and put through the frozen tower where its features
 * are needed.
 *
 * @module
 */
import { type Clip, encodeImages } from "../clip/mod.ts";
import { type ImageJob, loadImages, stack, startWorkers, type Workers } from "../image/mod.ts";
import { checkOptions, either, fields, whole } from "../options_given.ts";
import { backendName, dispose, read, type Tensor, tidy, wrap } from "../tensor/mod.ts";
import { chunkKey, type FeatureCache, fileHashes } from "./feature_cache.ts";

/** What reads images for one CLIP, and remembers the frozen features of evaluation images, chunk by chunk. */
export interface Images extends Disposable {
  /** The CLIP that it reads for. */
  clip: Clip;
  /** Stacked pixels of `size` jobs at a time, each [n, side, side, 3], read ahead. The caller disposes of them. */
  pixels(jobs: ImageJob[], size: number): AsyncGenerator<Tensor>;
  /** Frozen features of the jobs, not of unit length, row by row, [jobs · embedding]. */
  features(jobs: ImageJob[]): Promise<Float32Array>;
  /** The features of stacked pixels. The caller disposes of them. */
  encode(pixels: Tensor): Tensor;
}

/** Images that the frozen tower is given at a time. */
const CHUNK = 32;

/**
 * Opens a source of images. `workers` threads read ahead; 0 reads on the calling thread, and what reads in another way (see
 * `inMemory`) may be given in their place. With a `cache`, frozen features
 * that an earlier run computed are read from there.
 */
export function openImages(
  clip: Clip,
  options: {
    workers?: number | Workers | undefined;
    cache?: FeatureCache | undefined;
  } = {},
): Images {
  checkOptions("openImages", options, { workers: either(whole(), fields), cache: fields });
  const { workers = 1, cache } = options;
  let running: Workers | undefined;
  const hashOf = fileHashes();
  const known = new Map<string, Float32Array>();
  const { config: { imageSize: side, embedDim: width, pixels: format } } = clip;
  const encode = (pixels: Tensor) => tidy(() => encodeImages(clip, pixels));

  async function* pixels(jobs: ImageJob[], size: number): AsyncGenerator<Tensor> {
    running ??= typeof workers === "number" ? startWorkers(workers) : workers;
    let waiting: Float32Array[] = [];
    let left = jobs.length;
    const asked = format ? jobs.map((job) => ({ ...job, format })) : jobs;
    for await (const image of loadImages(asked, side, { workers: running, ahead: 4 * size })) {
      waiting.push(image);
      left--;
      if (waiting.length < size && left > 0) continue;
      yield wrap(stack(waiting), [waiting.length, side, side, 3]);
      waiting = [];
    }
  }

  /** The chunk's features as they are known, from this process or from another. */
  async function recall(chunk: ImageJob[], key: string | undefined) {
    const values = known.get(placesOf(chunk)) ??
      (key && await cache?.read(key, chunk.length * width));
    if (values) remember(chunk, values);
    return values;
  }

  /** Training views are kept by who asked for them. */
  function remember(chunk: ImageJob[], values: Float32Array) {
    if (!chunk[0]!.draws) known.set(placesOf(chunk), values);
  }

  // Cells of a stack ask for the same test images at once: the second finds what the first has made.
  let last: Promise<unknown> = Promise.resolve();
  function features(jobs: ImageJob[]): Promise<Float32Array> {
    const made = last.then(() => featuresNow(jobs));
    last = made.catch(() => {});
    return made;
  }

  async function featuresNow(jobs: ImageJob[]): Promise<Float32Array> {
    const rows = new Float32Array(jobs.length * width);
    const fresh: { chunk: ImageJob[]; at: number; key?: string | undefined }[] = [];
    for (let at = 0; at < jobs.length; at += CHUNK) {
      const chunk = jobs.slice(at, at + CHUNK);
      const key = cache && await chunkKey(clip, backendName(), chunk, hashOf);
      const values = await recall(chunk, key);
      if (values) rows.set(values, at * width);
      else fresh.push({ chunk, at, key });
    }
    let next = 0;
    for await (const batch of pixels(fresh.flatMap(({ chunk }) => chunk), CHUNK)) {
      const { chunk, at, key } = fresh[next++]!;
      const encoded = encode(batch);
      const values = await read(encoded);
      dispose([batch, encoded]);
      rows.set(values, at * width);
      remember(chunk, values);
      if (key) await cache!.write(key, values);
    }
    return rows;
  }

  return {
    clip,
    pixels,
    features,
    encode,
    [Symbol.dispose]: () => running?.[Symbol.dispose](),
  };
}

function placesOf(chunk: ImageJob[]): string {
  return chunk.map(({ path, draws }) => draws ? `${path} ${draws}` : path).join("\n");
}
