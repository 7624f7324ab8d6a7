/**
 * The image batches that the records were made with.
 *
 * @module
 */
import { type Clip, encodeImages } from "../clip/mod.ts";
import type { Batch } from "../methods/mod.ts";
import { UserError } from "../errors.ts";
import { type Tensor, tensor, wrap } from "../tensor/mod.ts";
import { type ParityFolder, type ParityRecord, tensorsNamed } from "./manifest.ts";

/** Gives the batch of a step: the first `size` images of its batch, in turn. The caller frees its pixels. */
export async function readInputs(
  folder: ParityFolder,
  size?: number,
  name = "inputs",
): Promise<(step: number) => Batch> {
  const file = await folder.open(tensorsNamed(name));
  const { shape: [batches, each, channels, height, width], data } = file.readFloats("images");
  const labels = file.readFloats("labels").data;
  const images = size ?? each;
  if (images! > each!) {
    throw new UserError(
      `It takes ${images} images a batch, and ${file.name} has batches of ${each}.`,
    );
  }
  return (step) => {
    const at = step % batches!;
    const pixels = new Float32Array(images! * height! * width! * channels!);
    for (let i = 0; i < images!; i++) {
      const from = (at * each! + i) * channels! * height! * width!;
      for (let c = 0; c < channels!; c++) {
        for (let p = 0; p < height! * width!; p++) {
          pixels[(i * height! * width! + p) * channels! + c] =
            data[from + c * height! * width! + p]!;
        }
      }
    }
    return {
      pixels: wrap(pixels, [images!, height!, width!, channels!]),
      labels: [...labels.subarray(at * each!, at * each! + images!)],
    };
  };
}

/**
 * Image features of a record's batches, not of unit length: of the CLIP's image tower, or the recorded ones where that
 * tower's weights are not held. Inside `tidy`.
 */
export async function readImageFeatures(
  folder: ParityFolder,
  record: ParityRecord,
  clip: Clip,
): Promise<(step: number, pixels: Tensor) => Tensor> {
  if (record.imageFeatures === undefined) return (_, pixels) => encodeImages(clip, pixels);
  const file = await folder.open(tensorsNamed(record.imageFeatures));
  const { shape: [batches, each, width], data } = file.readFloats("features");
  return (step, { shape: [images] }) => {
    const from = (step % batches!) * each! * width!;
    return tensor(data.slice(from, from + images! * width!), [images!, width!]);
  };
}
