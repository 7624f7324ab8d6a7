/** ImageNet-A: natural images of 200 of ImageNet's classes that a ResNet-50 gets wrong (Hendrycks et al., CVPR 2021). */

import type { Dataset } from "./dataset.ts";
import { defineDataset } from "./define.ts";
import { COOP, TFDS } from "./provenance.ts";
import { customTemplate } from "../templates.ts";
import { wnidFolders } from "./wnid_folders.ts";

/** ImageNet-A, in `imagenet-adversarial/`; it has test images only. */
export const imagenetA: Dataset = defineDataset({
  name: "imagenet_a",
  title: "ImageNet-A",
  template: customTemplate("imagenet_a"),
  folder: "imagenet-adversarial",
  layout: async (folder) => ({
    train: [],
    val: [],
    test: await wnidFolders(folder, "imagenet-a"),
    splitFrom: `${folder}/imagenet-a: test only`,
  }),
  repeatsNames: true,
  published: {
    counts: { classes: 200, train: 0, val: 0, test: 7500 },
    homepage: "https://github.com/hendrycks/natural-adv-examples",
    licence: "MIT (code); none stated for the pictures",
    citation:
      "D. Hendrycks, K. Zhao, S. Basart, J. Steinhardt, D. Song. Natural Adversarial Examples. CVPR, 2021.",
    sources: [
      {
        what: "images",
        urls: ["https://people.eecs.berkeley.edu/~hendrycks/imagenet-a.tar"],
        to: "imagenet-a",
        unpack: { folder: "imagenet-a" },
        bytes: 687552512,
        sha256: "3bb3632277e6ba6392ea64c02ddbf4dd2266c9caffd6bc09c9656d28f012589e",
        found: { where: `${TFDS} (CoOp's DATASETS.md names the page)`, when: COOP.when },
      },
    ],
  },
});
