/** Stanford Cars: 196 makes, models and years (Krause et al., ICCV Workshop 2013). */

import { join } from "node:path";
import { UserError } from "../errors.ts";
import type { Dataset, Item, Source } from "./dataset.ts";
import { defineDataset } from "./define.ts";
import { needed, splitFile } from "./layout.ts";
import { splitTrainval } from "./made_split.ts";
import { type MatlabStructure, type MatlabValue, readMatlab } from "./matlab.ts";
import { COOP, coopSplit, TFDS } from "./provenance.ts";
import { customTemplate } from "../templates.ts";

/** Stanford Cars, in `stanford_cars/`. */
export const stanfordCars: Dataset = defineDataset({
  name: "stanford_cars",
  title: "StanfordCars",
  template: customTemplate("stanford_cars"),
  folder: "stanford_cars",
  layout: splitFile("split_zhou_StanfordCars.json", "", async (folder, random) => ({
    ...splitTrainval(await annotated(folder, "cars_train", "devkit/cars_train_annos.mat"), random),
    test: await annotated(folder, "cars_test", "cars_test_annos_withlabels.mat"),
  })),
  published: {
    counts: { classes: 196, train: 6509, val: 1635, test: 8041 },
    homepage: "https://ai.stanford.edu/~jkrause/cars/car_dataset.html",
    licence: "ImageNet terms of access (research, non-commercial)",
    citation:
      "J. Krause, M. Stark, J. Deng, L. Fei-Fei. 3D Object Representations for Fine-Grained Categorization. 3dRR Workshop at " +
      "ICCV, 2013.",
    sources: [
      gone("training images", "http://ai.stanford.edu/~jkrause/car196/cars_train.tgz", {
        to: "cars_train",
        unpack: { folder: "cars_train" },
        bytes: 979269282,
        sha256: "512b227b30e2f0a8aab9e09485786ab4479582073a144998da74d64b801fd288",
      }),
      gone("test images", "http://ai.stanford.edu/~jkrause/car196/cars_test.tgz", {
        to: "cars_test",
        unpack: { folder: "cars_test" },
        bytes: 977350468,
        sha256: "bffea656d6f425cba3c91c6d83336e4c5f86c6cffd8975b0f375d3a10da8e243",
      }),
      gone(
        "class names and training labels",
        "https://ai.stanford.edu/~jkrause/cars/car_devkit.tgz",
        {
          to: "devkit",
          unpack: { folder: "devkit" },
          bytes: 330960,
          sha256: "b97deb463af7d58b6bfaa18b2a4de9829f0f79e8ce663dfa9261bf7810e9accd",
        },
      ),
      gone("test labels", "http://ai.stanford.edu/~jkrause/car196/cars_test_annos_withlabels.mat", {
        to: "cars_test_annos_withlabels.mat",
        bytes: 185758,
        sha256: "790f75be8ea34eeded134cc559332baf23e30e91367e9ddca97d26ed9b895f05",
      }),
      coopSplit("split_zhou_StanfordCars.json", "1ObCFbaAgVu0I-k_Au-gIUcefirdAuizT"),
    ],
  },
});

/** The original pages are reported gone; copies from elsewhere must match what was recorded of them. */
function gone(
  what: string,
  url: string,
  rest: Pick<Source, "to" | "unpack" | "bytes" | "sha256">,
): Source {
  return {
    what,
    urls: [url],
    byHand:
      "Stanford's page is reported gone (torchvision 0.29.2 no longer downloads it); with a copy from a colleague or an " +
      "archive, put the file or the unpacked folder there",
    found: { where: `${COOP.where}; length, checksum: ${TFDS}`, when: COOP.when },
    ...rest,
  };
}

/** The images of an annotation file, whose class names are written with the year first. */
async function annotated(folder: string, images: string, annotations: string): Promise<Item[]> {
  const read = async (file: string, variable: string) => {
    const path = join(folder, file);
    const found = readMatlab(await needed(path), path)[variable];
    if (!Array.isArray(found)) {
      throw new UserError(`${path} has no list ${variable}: fetch it again.`);
    }
    return { path, list: found as MatlabValue[] };
  };
  const names = await read("devkit/cars_meta.mat", "class_names");
  const { path, list } = await read(annotations, "annotations");
  return list.map((annotation) => {
    const { fname, class: label } = annotation as MatlabStructure;
    const name = names.list[Number((label as number[])?.[0]) - 1];
    if (typeof fname !== "string" || typeof name !== "string") {
      throw new UserError(
        `${path} has an entry without a file name or a known class: fetch it again.`,
      );
    }
    const words = name.split(" ");
    const className = [words.at(-1), ...words.slice(0, -1)].join(" ");
    return { path: `${images}/${fname}`, label: (label as number[])[0]! - 1, className };
  });
}
