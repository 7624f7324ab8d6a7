/** Food-101: 101 dishes (Bossard et al., ECCV 2014). */

import type { Dataset } from "./dataset.ts";
import { defineDataset } from "./define.ts";
import { classFolders, splitFile } from "./layout.ts";
import { COOP, coopSplit, TFDS } from "./provenance.ts";
import { customTemplate } from "../templates.ts";

/** Food-101, in `food-101/`. */
export const food101: Dataset = defineDataset({
  name: "food101",
  title: "Food101",
  template: customTemplate("food101"),
  folder: "food-101",
  layout: splitFile("split_zhou_Food101.json", "images", classFolders("images")),
  published: {
    counts: { classes: 101, train: 50500, val: 20200, test: 30300 },
    homepage: "https://data.vision.ee.ethz.ch/cvl/datasets_extra/food-101/",
    licence: "none for the pictures (from foodspotting.com); research use",
    citation:
      "L. Bossard, M. Guillaumin, L. Van Gool. Food-101 – Mining Discriminative Components with Random Forests. ECCV, 2014.",
    sources: [
      {
        what: "images",
        urls: ["http://data.vision.ee.ethz.ch/cvl/food-101.tar.gz"],
        to: "images",
        unpack: { folder: "food-101/images" },
        bytes: 4996278331,
        sha256: "d97d15e438b7f4498f96086a4f7e2fa42a32f2712e87d3295441b2b6314053a4",
        found: { where: `${TFDS} (CoOp's DATASETS.md names the page)`, when: COOP.when },
      },
      coopSplit("split_zhou_Food101.json", "1QK0tGi096I0Ba6kggatX1ee6dJFIcEJl"),
    ],
  },
});
