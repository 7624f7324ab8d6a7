/**
 * Evaluation: a learner's logits on a test split, and what they are worth.
 *
 * @module
 */
import type { Item } from "../datasets/mod.ts";
import type { Learner } from "../methods/mod.ts";
import { callback, checkOptions, fields, type Kinds } from "../options_given.ts";
import { sha256 } from "../sha256.ts";
import {
  clone,
  dispose,
  mapTensors,
  read,
  type Tensor,
  type Tensors,
  tidy,
  wrap,
} from "../tensor/mod.ts";
import type { Needs } from "./batches.ts";
import type { Images } from "./images.ts";
import { evaluateLogits } from "./metrics.ts";
import type { Metrics } from "./record.ts";

/** What an evaluation on test images finds. */
export interface Evaluation {
  /** Accuracy and other measures. */
  metrics: Metrics;
  /** SHA-256 of the predicted labels, little-endian int32 in the order of the items. */
  predictions: string;
}

/** Images evaluated at a time. */
const BATCH = 32;

/** Where text features depend on the image, every image runs the text tower. */
const CONDITIONAL_BATCH = 8;

/**
 * Evaluates parameters on labelled images. Text features are computed once, frozen image features come from memory.
 *
 * @throws {UserError} when there are no images, or a logit is not a number
 */
export async function evaluate(
  learner: Learner,
  params: Tensors,
  items: Item[],
  options: LogitsOptions,
): Promise<Evaluation> {
  const logits = await logitsOf(learner, params, items.map(({ path }) => path), options);
  const labels = items.map(({ label }) => label);
  const { predictions, ...metrics } = evaluateLogits(logits, logits.length / items.length, labels);
  const bytes = new Uint8Array(predictions.buffer, predictions.byteOffset, predictions.byteLength);
  return { metrics, predictions: sha256(bytes) };
}

const kinds: Kinds<LogitsOptions> = { needs: fields, images: fields, onBatch: callback };

/** How images become logits. */
export interface LogitsOptions {
  /** What of an image the learner reads. */
  needs: Needs;
  /** Reads and encodes them. */
  images: Images;
  /** Called after each batch. */
  onBatch?: ((done: number, total: number) => void) | undefined;
}

/** The logits of the image files at `paths`, row by row, [paths · classes]. */
export async function logitsOf(
  learner: Learner,
  params: Tensors,
  paths: string[],
  options: LogitsOptions,
): Promise<Float32Array> {
  checkOptions("logitsOf", options, kinds, { needed: ["needs", "images"] });
  const { needs, images, onBatch } = options;
  const prepared = tidy(() => mapTensors(learner.prepare(params), clone)); // it may keep what it answers with
  using _ = { [Symbol.dispose]: () => dispose(prepared) };
  const size = Object.keys(prepared).length > 0 ? BATCH : CONDITIONAL_BATCH;
  const rows: Float32Array[] = [];
  let done = 0;
  for await (const batch of testBatches(paths, needs, images, size)) {
    const logits = tidy(() => learner.logits(params, prepared, { labels: [], ...batch }));
    rows.push(await read(logits));
    done += logits.shape[0]!;
    dispose([logits, ...Object.values(batch)]);
    onBatch?.(done, paths.length);
  }
  const logits = new Float32Array(rows.reduce((n, row) => n + row.length, 0));
  rows.reduce((at, row) => (logits.set(row, at), at + row.length), 0);
  return logits;
}

async function* testBatches(
  paths: string[],
  needs: Needs,
  images: Images,
  size: number,
): AsyncGenerator<{ pixels?: Tensor; features?: Tensor }> {
  const jobs = paths.map((path) => ({ path }));
  if (needs.pixels) {
    // Prompts are in the image tower: what the frozen one makes of these images plays no part in the logits.
    for await (const pixels of images.pixels(jobs, size)) yield { pixels };
    return;
  }
  const features = await images.features(jobs);
  const width = images.clip.config.embedDim;
  for (let at = 0; at < paths.length; at += size) {
    const rows = features.slice(at * width, (at + size) * width);
    yield { features: wrap(rows, [rows.length / width, width]) };
  }
}
