/** ImageNet-Sketch: drawings of ImageNet's classes (Wang et al., NeurIPS 2019). */

import type { Dataset } from "./dataset.ts";
import { defineDataset } from "./define.ts";
import { COOP, TFDS } from "./provenance.ts";
import { customTemplate } from "../templates.ts";
import { wnidFolders } from "./wnid_folders.ts";

/** ImageNet-Sketch, in `imagenet-sketch/`; it has test images only. */
export const imagenetSketch: Dataset = defineDataset({
  name: "imagenet_sketch",
  title: "ImageNet-Sketch",
  template: customTemplate("imagenet_sketch"),
  folder: "imagenet-sketch",
  layout: async (folder) => ({
    train: [],
    val: [],
    test: await wnidFolders(folder, "images"),
    splitFrom: `${folder}/images: test only`,
  }),
  repeatsNames: true,
  published: {
    counts: { classes: 1000, train: 0, val: 0, test: 50889 },
    homepage: "https://github.com/HaohanWang/ImageNet-Sketch",
    licence: "MIT (code); none stated for the pictures",
    citation:
      "H. Wang, S. Ge, Z. Lipton, E. P. Xing. Learning Robust Global Representations by Penalizing Local Predictive Power. NeurIPS, 2019.",
    sources: [
      {
        what: "images",
        urls: ["https://drive.google.com/uc?export=download&id=1Mj0i5HBthqH1p_yeXzsg22gZduvgoNeA"],
        to: "images",
        unpack: { folder: "sketch" },
        byHand:
          "Google Drive asks to confirm large files: download ImageNet-Sketch.zip in a browser and put its folder sketch there",
        bytes: 7593573012,
        sha256: "4d3ce6b82a7c48aabf14aeac105eb533e75707f152cc858f55bfc022031a72ed",
        found: { where: `${TFDS} (CoOp's DATASETS.md names the page)`, when: COOP.when },
      },
    ],
  },
});
