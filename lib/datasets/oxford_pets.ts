/** Oxford-IIIT Pet: 37 breeds of cats and dogs (Parkhi et al., CVPR 2012). */

import { join } from "node:path";
import { UserError } from "../errors.ts";
import type { Dataset, Item } from "./dataset.ts";
import { defineDataset } from "./define.ts";
import { lines, splitFile } from "./layout.ts";
import { splitTrainval } from "./made_split.ts";
import { COOP, coopSplit, TFDS } from "./provenance.ts";
import { customTemplate } from "../templates.ts";

/** Oxford-IIIT Pet, in `oxford_pets/`. */
export const oxfordPets: Dataset = defineDataset({
  name: "oxford_pets",
  title: "OxfordPets",
  template: customTemplate("oxford_pets"),
  folder: "oxford_pets",
  layout: splitFile("split_zhou_OxfordPets.json", "images", async (folder, random) => ({
    ...splitTrainval(await list(join(folder, "annotations", "trainval.txt")), random),
    test: await list(join(folder, "annotations", "test.txt")),
  })),
  published: {
    counts: { classes: 37, train: 2944, val: 736, test: 3669 },
    homepage: "https://www.robots.ox.ac.uk/~vgg/data/pets/",
    licence: "CC BY-SA 4.0",
    citation: "O. M. Parkhi, A. Vedaldi, A. Zisserman, C. V. Jawahar. Cats and Dogs. CVPR, 2012.",
    sources: [
      {
        what: "images",
        urls: [
          "https://www.robots.ox.ac.uk/~vgg/data/pets/data/images.tar.gz",
          "https://thor.robots.ox.ac.uk/~vgg/data/pets/images.tar.gz",
        ],
        to: "images",
        unpack: { folder: "images" },
        bytes: 791918971,
        sha256: "67195c5e1c01f1ab5f9b6a5d22b8c27a580d896ece458917e61d459337fa318d",
        found: { where: `${COOP.where}; mirror, length, checksum: ${TFDS}`, when: COOP.when },
      },
      {
        what: "annotations",
        urls: [
          "https://www.robots.ox.ac.uk/~vgg/data/pets/data/annotations.tar.gz",
          "https://thor.robots.ox.ac.uk/~vgg/data/pets/annotations.tar.gz",
        ],
        to: "annotations",
        unpack: { folder: "annotations" },
        bytes: 19173078,
        sha256: "52425fb6de5c424942b7626b428656fcbd798db970a937df61750c0f1d358e91",
        found: { where: `${COOP.where}; mirror, length, checksum: ${TFDS}`, when: COOP.when },
      },
      coopSplit("split_zhou_OxfordPets.json", "1501r8Ber4nNKvmlFVQZ8SeUHTcdTTEqs"),
    ],
  },
});

/** A list of "image label species breed" lines; the class is the image's name without its number, in lower case. */
async function list(file: string): Promise<Item[]> {
  return (await lines(file)).map((line) => {
    const [image, label, ...rest] = line.split(" ") as [string, string, ...string[]];
    if (rest.length !== 2 || !/^[1-9]\d*$/.test(label)) {
      throw new UserError(
        `${file} has the line "${line}", expected "Abyssinian_100 1 1 1": fetch it again.`,
      );
    }
    const className = image.slice(0, image.lastIndexOf("_")).toLowerCase();
    return { path: `images/${image}.jpg`, label: Number(label) - 1, className };
  });
}
