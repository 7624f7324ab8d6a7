/**
 * How long and how fast the papers train.
 *
 * @module
 */
import type { Precision } from "../tensor/mod.ts";
import type { Training } from "./method.ts";

/** A deviation of nearly all: what the papers' configurations train in half precision (fp16 or mixed) is computed in float32. */
export const float32 = "computed in float32, where the published runs are in half precision";

/** The same in the precision of the run. */
const halves: Record<Exclude<Precision, "fp32">, string> = {
  bf16: "products with frozen weights in bfloat16, all else in float32",
  fp16: "frozen weights of linear layers rounded to float16, all else in float32",
};

/** Deviations as they are in this precision of the products with frozen weights: what computes in another than float32 says so. */
export function inPrecision(deviations: readonly string[], precision: Precision): string[] {
  if (precision === "fp32") return [...deviations];
  const half = halves[precision];
  const rest = deviations.filter((text) => text !== float32);
  const published = rest.length < deviations.length;
  return [published ? `${half}, where the published runs are in half precision` : half, ...rest];
}

/** A deviation of those whose published code keeps underscores: the setting `underscores` is for them. */
export const spaces = "class names have spaces where the published code keeps underscores";

/** CoOp's and ProGrad's: 50 epochs for one shot and on ImageNet, 100 for two and four, 200 for more. */
export function coopTraining(shots: number, dataset?: string): Training {
  const epochs = shots <= 1 || dataset === "imagenet" ? 50 : shots <= 4 ? 100 : 200;
  return { epochs, batchSize: 32, rate: 0.002, warmupEpochs: 1, warmupRate: 1e-5 };
}

/** ProMetaR's, and IVLP's and VPT's in its tables: ten epochs of batches of four. */
export function prometarTraining(): Training {
  return { epochs: 10, batchSize: 4, rate: 0.0025, warmupEpochs: 1, warmupRate: 1e-5 };
}

/** No training: what is learned, if anything, is learned at once. Images are seen in crops of at least half of them. */
export function atOnce(): Training {
  return { epochs: 0, batchSize: 256, rate: 0, warmupEpochs: 0, warmupRate: 0, crops: 0.5 };
}

/** CLAP's, and that of what it compares with: 300 epochs of large steps, on twenty fixed views of each image. */
export function clapTraining(): Training {
  return {
    epochs: 300,
    batchSize: 256,
    rate: 0.1,
    warmupEpochs: 1,
    warmupRate: 1e-5,
    views: 20,
  };
}
