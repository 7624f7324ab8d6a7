/** ImageNet-R: renditions (art, toys, tattoos …) of 200 of ImageNet's classes (Hendrycks et al., ICCV 2021). */

import type { Dataset } from "./dataset.ts";
import { defineDataset } from "./define.ts";
import { COOP, TFDS } from "./provenance.ts";
import { customTemplate } from "../templates.ts";
import { wnidFolders } from "./wnid_folders.ts";

/** ImageNet-R, in `imagenet-rendition/`; it has test images only. */
export const imagenetR: Dataset = defineDataset({
  name: "imagenet_r",
  title: "ImageNet-R",
  template: customTemplate("imagenet_r"),
  folder: "imagenet-rendition",
  layout: async (folder) => ({
    train: [],
    val: [],
    test: await wnidFolders(folder, "imagenet-r"),
    splitFrom: `${folder}/imagenet-r: test only`,
  }),
  repeatsNames: true,
  published: {
    counts: { classes: 200, train: 0, val: 0, test: 30000 },
    homepage: "https://github.com/hendrycks/imagenet-r",
    licence: "MIT (code); none stated for the pictures",
    citation:
      "D. Hendrycks et al. The Many Faces of Robustness: A Critical Analysis of Out-of-Distribution Generalization. ICCV, 2021.",
    sources: [
      {
        what: "images",
        urls: ["https://people.eecs.berkeley.edu/~hendrycks/imagenet-r.tar"],
        to: "imagenet-r",
        unpack: { folder: "imagenet-r" },
        bytes: 2191079936,
        sha256: "18c6bf493b39a0d975d48e587437f562caab9c52ae6327dcfa9dd8eb54aa1b52",
        found: { where: `${TFDS} (CoOp's DATASETS.md names the page)`, when: COOP.when },
      },
    ],
  },
});
