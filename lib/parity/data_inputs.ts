/**
 * The image batches that trajectories are trained on: whole numbers of images, labels that are classes.
 *
 * @module
 */
import { read } from "../tensor/mod.ts";
import { same } from "./compare.ts";
import type { DataCheck } from "./data.ts";
import { readInputs } from "./inputs.ts";

/** `inputs`. */
export const inputsCheck: DataCheck = {
  matches: ({ name, tensors }) =>
    tensors ? "images" in tensors && "labels" in tensors : name.startsWith("inputs"),
  async check(folder, record) {
    const file = await folder.open(record.file);
    const [batches, each, , height, width] = file.shape("images") as [
      number,
      number,
      number,
      number,
      number,
    ];
    const batch = await readInputs(folder, undefined, record.file);
    return await Promise.all(Array.from({ length: batches }, async (_, step) => {
      const { pixels, labels } = batch(step);
      const shape = pixels!.shape;
      const finite = (await read(pixels!)).every(Number.isFinite);
      pixels!.dispose();
      const isClass = (label: number) =>
        Number.isInteger(label) && label < folder.classNames.length;
      return same(
        `batch ${step}`,
        { shape, finite, labels: labels.filter(isClass).length },
        { shape: [each, height, width, 3], finite: true, labels: each },
      );
    }));
  },
};
