/** Caltech-101: pictures of objects (Fei-Fei et al., CVPR Workshop 2004), without its background class and the second set of faces. */

import type { Dataset } from "./dataset.ts";
import { defineDataset } from "./define.ts";
import { classFolders, splitFile } from "./layout.ts";
import { COOP, coopSplit, TFDS } from "./provenance.ts";
import { customTemplate } from "../templates.ts";

/** Caltech-101, in `caltech-101/`. */
export const caltech101: Dataset = defineDataset({
  name: "caltech101",
  title: "Caltech101",
  template: customTemplate("caltech101"),
  folder: "caltech-101",
  layout: splitFile(
    "split_zhou_Caltech101.json",
    "101_ObjectCategories",
    classFolders("101_ObjectCategories", {
      ignored: ["BACKGROUND_Google", "Faces_easy"],
      renamed: {
        airplanes: "airplane",
        Faces: "face",
        Leopards: "leopard",
        Motorbikes: "motorbike",
      },
    }),
  ),
  published: {
    counts: { classes: 100, train: 4128, val: 1649, test: 2465 },
    homepage: "https://data.caltech.edu/records/mzrjq-6wc02",
    licence: "CC BY 4.0",
    citation:
      "L. Fei-Fei, R. Fergus, P. Perona. Learning Generative Visual Models from Few Training Examples: An Incremental Bayesian " +
      "Approach Tested on 101 Object Categories. CVPR Workshop, 2004.",
    sources: [
      {
        what: "images",
        urls: ["https://data.caltech.edu/records/mzrjq-6wc02/files/caltech-101.zip?download=1"],
        to: "101_ObjectCategories",
        unpack: {
          folder: "101_ObjectCategories",
          inner: "caltech-101/101_ObjectCategories.tar.gz",
        },
        bytes: 137414764,
        sha256: "331234750fc7f77520e50d9565e8b6907b03565e30320da1401130db08c61f91",
        found: {
          where:
            `${TFDS}; the address in CoOp's DATASETS.md (www.vision.caltech.edu) has moved there`,
          when: COOP.when,
        },
      },
      coopSplit("split_zhou_Caltech101.json", "1hyarUivQE36mY6jSomru6Fjd-JzwcCzN"),
    ],
  },
});
