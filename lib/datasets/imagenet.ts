/** ImageNet (ILSVRC 2012; Russakovsky et al., IJCV 2015): its validation images are both val and test, as usual. */

import type { Dataset } from "./dataset.ts";
import { defineDataset } from "./define.ts";
import { COOP, TFDS } from "./provenance.ts";
import { customTemplate } from "../templates.ts";
import { wnidFolders } from "./wnid_folders.ts";

const byHand =
  "ImageNet must be asked for: sign in and accept its terms at https://image-net.org/download.php, fetch ILSVRC 2012's ";

/** ImageNet, in `imagenet/`. */
export const imagenet: Dataset = defineDataset({
  name: "imagenet",
  title: "ImageNet",
  template: customTemplate("imagenet"),
  folder: "imagenet",
  layout: async (folder) => {
    const train = await wnidFolders(folder, "images/train");
    const test = await wnidFolders(folder, "images/val");
    return { train, val: test, test, splitFrom: `${folder}/images: train and val folders` };
  },
  repeatsNames: true,
  published: {
    counts: { classes: 1000, train: 1281167, val: 50000, test: 50000 },
    homepage: "https://image-net.org/",
    licence: "ImageNet terms of access (research, non-commercial)",
    citation:
      "O. Russakovsky et al. ImageNet Large Scale Visual Recognition Challenge. IJCV 115(3), 2015.",
    sources: [
      {
        what: "training images",
        urls: [],
        to: "images/train",
        byHand: byHand +
          "training archive (ILSVRC2012_img_train.tar) and unpack its 1,000 archives, each into a folder of its name, there",
        bytes: 147897477120,
        sha256: "b08200a27a8e34218a0e58fde36b0fe8f73bc377f4acea2d91602057c3ca45bb",
        found: { where: `${COOP.where}; length, checksum: ${TFDS}`, when: COOP.when },
      },
      {
        what: "validation images",
        urls: [],
        to: "images/val",
        byHand: byHand +
          "validation archive (ILSVRC2012_img_val.tar) and put its images, sorted into folders named like those of train, there",
        bytes: 6744924160,
        sha256: "c7e06a6c0baccf06d8dbeb6577d71efff84673a5dbdd50633ab44f8ea0456ae0",
        found: { where: `${COOP.where}; length, checksum: ${TFDS}`, when: COOP.when },
      },
    ],
  },
});
