/** Describable Textures: 47 attributes (Cimpoi et al., CVPR 2014). */

import type { Dataset } from "./dataset.ts";
import { defineDataset } from "./define.ts";
import { classFolders, splitFile } from "./layout.ts";
import { COOP, coopSplit, TFDS } from "./provenance.ts";
import { customTemplate } from "../templates.ts";

/** DTD, in `dtd/`. */
export const dtd: Dataset = defineDataset({
  name: "dtd",
  title: "DTD",
  template: customTemplate("dtd"),
  folder: "dtd",
  layout: splitFile("split_zhou_DescribableTextures.json", "images", classFolders("images")),
  published: {
    counts: { classes: 47, train: 2820, val: 1128, test: 1692 },
    homepage: "https://www.robots.ox.ac.uk/~vgg/data/dtd/",
    licence: "research",
    citation:
      "M. Cimpoi, S. Maji, I. Kokkinos, S. Mohamed, A. Vedaldi. Describing Textures in the Wild. CVPR, 2014.",
    sources: [
      {
        what: "images",
        urls: ["https://www.robots.ox.ac.uk/~vgg/data/dtd/download/dtd-r1.0.1.tar.gz"],
        to: "images",
        unpack: { folder: "dtd/images" },
        bytes: 625239812,
        sha256: "e42855a52a4950a3b59612834602aa253914755c95b0cff9ead6d07395f8e205",
        found: { where: `${COOP.where}; length, checksum: ${TFDS}`, when: COOP.when },
      },
      coopSplit("split_zhou_DescribableTextures.json", "1u3_QfB467jqHgNXC00UIzbLZRQCg2S7x"),
    ],
  },
});
