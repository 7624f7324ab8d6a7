/**
 * Images on their way to a learner: read ahead in workers, stacked, and put through the frozen tower where its features
 * are needed.
 *
 * @module
 */
import { type Clip, encodeImages } from "../clip/mod.ts";
import { type ImageJob, loadImages, stack, startWorkers, type Workers } from "../image/mod.ts";
import { read, type Tensor, tidy, wrap } from "../tensor/mod.ts";

/** What reads images for one CLIP, and remembers the frozen features of evaluation images. */
export interface Images extends Disposable {
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

/** Opens a source of images. `workers` threads read ahead; 0 reads on the calling thread. */
export function openImages(clip: Clip, { workers = 1 }: { workers?: number } = {}): Images {
  let running: Workers | undefined;
  const known = new Map<string, Float32Array>();
  const side = clip.config.imageSize;
  const encode = (pixels: Tensor) => tidy(() => encodeImages(clip, pixels));

  async function* pixels(jobs: ImageJob[], size: number): AsyncGenerator<Tensor> {
    running ??= startWorkers(workers);
    let waiting: Float32Array[] = [];
    let left = jobs.length;
    for await (const image of loadImages(jobs, side, { workers: running, ahead: 4 * size })) {
      waiting.push(image);
      left--;
      if (waiting.length < size && left > 0) continue;
      yield wrap(stack(waiting), [waiting.length, side, side, 3]);
      waiting = [];
    }
  }

  async function features(jobs: ImageJob[]): Promise<Float32Array> {
    const width = clip.config.embedDim;
    const rows = new Float32Array(jobs.length * width);
    const fresh = jobs.filter((job) => job.draws || !known.has(job.path));
    let at = 0;
    const made = new Map<ImageJob, Float32Array>();
    for await (const batch of pixels(fresh, CHUNK)) {
      const encoded = encode(batch);
      const values = await read(encoded);
      for (let i = 0; i < batch.shape[0]; i++) {
        const job = fresh[at++];
        const row = values.slice(i * width, (i + 1) * width);
        made.set(job, row);
        if (!job.draws) known.set(job.path, row);
      }
      batch.dispose();
      encoded.dispose();
    }
    jobs.forEach((job, i) => rows.set(made.get(job) ?? known.get(job.path)!, i * width));
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
