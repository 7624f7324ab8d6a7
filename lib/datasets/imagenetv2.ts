/** ImageNetV2, matched frequency: a fresh draw of ImageNet's test images (Recht et al., ICML 2019). */

import { join } from "node:path";
import type { Dataset, Item } from "./dataset.ts";
import { defineDataset } from "./define.ts";
import { visibleNames } from "./layout.ts";
import { COOP, TFDS } from "./provenance.ts";
import { customTemplate } from "../templates.ts";
import { imagenetNames } from "./wnid_folders.ts";

const IMAGES = "imagenetv2-matched-frequency-format-val";

/** ImageNetV2, in `imagenetv2/`; it has test images only. */
export const imagenetV2: Dataset = defineDataset({
  name: "imagenetv2",
  title: "ImageNetV2",
  template: customTemplate("imagenetv2"),
  folder: "imagenetv2",
  layout: async (folder) => {
    const test: Item[] = [];
    for (const [label, className] of [...(await imagenetNames(folder)).values()].entries()) {
      for (const file of await visibleNames(join(folder, IMAGES, String(label)), "files")) {
        test.push({ path: `${IMAGES}/${label}/${file}`, label, className });
      }
    }
    return { train: [], val: [], test, splitFrom: `${folder}/${IMAGES}: test only` };
  },
  repeatsNames: true,
  published: {
    counts: { classes: 1000, train: 0, val: 0, test: 10000 },
    homepage: "https://github.com/modestyachts/ImageNetV2",
    licence: "MIT (code); none stated for the pictures",
    citation:
      "B. Recht, R. Roelofs, L. Schmidt, V. Shankar. Do ImageNet Classifiers Generalize to ImageNet? ICML, 2019.",
    sources: [
      {
        what: "images",
        urls: [
          "https://s3-us-west-2.amazonaws.com/imagenetv2public/imagenetv2-matched-frequency.tar.gz",
          "https://huggingface.co/datasets/vaishaal/ImageNetV2/resolve/main/imagenetv2-matched-frequency.tar.gz",
        ],
        to: IMAGES,
        unpack: { folder: IMAGES },
        bytes: 1264079360,
        sha256: "f0c37fdf925916b19ea1323cd9a2208cdb6959ba2c32eef2a7fc393835c9ca7c",
        found: {
          where: `${COOP.where}; mirror and its length, checksum: ${TFDS}`,
          when: COOP.when,
        },
      },
    ],
  },
});
