/** EuroSAT: Sentinel-2 tiles of land use and land cover, 64 × 64 pixels (Helber et al., JSTARS 2019). */

import type { Dataset } from "./dataset.ts";
import { defineDataset } from "./define.ts";
import { classFolders, splitFile } from "./layout.ts";
import { COOP, coopSplit, TFDS } from "./provenance.ts";
import { customTemplate } from "../templates.ts";

const renamed = {
  AnnualCrop: "Annual Crop Land",
  Forest: "Forest",
  HerbaceousVegetation: "Herbaceous Vegetation Land",
  Highway: "Highway or Road",
  Industrial: "Industrial Buildings",
  Pasture: "Pasture Land",
  PermanentCrop: "Permanent Crop Land",
  Residential: "Residential Buildings",
  River: "River",
  SeaLake: "Sea or Lake",
};

/** EuroSAT, in `eurosat/`. */
export const eurosat: Dataset = defineDataset({
  name: "eurosat",
  title: "EuroSAT",
  template: customTemplate("eurosat"),
  folder: "eurosat",
  layout: splitFile("split_zhou_EuroSAT.json", "2750", classFolders("2750", { renamed })),
  published: {
    counts: { classes: 10, train: 13500, val: 5400, test: 8100 },
    homepage: "https://github.com/phelber/EuroSAT",
    licence: "MIT",
    citation:
      "P. Helber, B. Bischke, A. Dengel, D. Borth. EuroSAT: A Novel Dataset and Deep Learning Benchmark for Land Use and Land " +
      "Cover Classification. IEEE JSTARS 12(7), 2019.",
    sources: [
      {
        what: "images",
        urls: [
          "http://madm.dfki.de/files/sentinel/EuroSAT.zip",
          "https://huggingface.co/datasets/torchgeo/eurosat/resolve/c877bcd43f099cd0196738f714544e355477f3fd/EuroSAT.zip",
        ],
        to: "2750",
        unpack: { folder: "2750" },
        bytes: 94280567,
        sha256: "8ebea626349354c5328b142b96d0430e647051f26efc2dc974c843f25ecf70bd",
        found: {
          where: `${COOP.where}; length, checksum: ${TFDS}; mirror: torchvision 0.29.2`,
          when: COOP.when,
        },
      },
      coopSplit("split_zhou_EuroSAT.json", "1Ip7yaCWFi0eaOFUGga0lUdVi_DDQth1o"),
    ],
  },
});
