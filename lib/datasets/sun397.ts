/** SUN397: scenes (Xiao et al., CVPR 2010), the first of its ten partitions. */

import { join } from "node:path";
import { UserError } from "../errors.ts";
import type { Dataset, Item } from "./dataset.ts";
import { defineDataset } from "./define.ts";
import { lines, splitFile } from "./layout.ts";
import { splitTrainval } from "./made_split.ts";
import { COOP, coopSplit, TFDS } from "./provenance.ts";
import { customTemplate } from "../templates.ts";

/** SUN397, in `sun397/`. */
export const sun397: Dataset = defineDataset({
  name: "sun397",
  title: "SUN397",
  template: customTemplate("sun397"),
  folder: "sun397",
  layout: splitFile("split_zhou_SUN397.json", "SUN397", async (folder, random) => {
    const scenes = (await lines(join(folder, "ClassName.txt"))).map((line) => line.slice(1));
    const labels = new Map(scenes.map((scene, label) => [scene, label]));
    return {
      ...splitTrainval(await list(join(folder, "Training_01.txt"), labels), random),
      test: await list(join(folder, "Testing_01.txt"), labels),
    };
  }),
  published: {
    counts: { classes: 397, train: 15880, val: 3970, test: 19850 },
    homepage: "https://vision.princeton.edu/projects/2010/SUN/",
    licence: "none stated; academic research",
    citation:
      "J. Xiao, J. Hays, K. A. Ehinger, A. Oliva, A. Torralba. SUN Database: Large-scale Scene Recognition from Abbey to Zoo. " +
      "CVPR, 2010.",
    sources: [
      {
        what: "images",
        urls: ["https://vision.princeton.edu/projects/2010/SUN/SUN397.tar.gz"],
        to: "SUN397",
        unpack: { folder: "SUN397" },
        byHand:
          "Princeton's page comes and goes; with a copy from elsewhere, put the unpacked folder SUN397 there",
        bytes: 39077296924,
        sha256: "f404130965a7ad77bed5ececc71e720ab50f3cc1e1bb257257610d38f3b928ec",
        found: { where: `${COOP.where}; length, checksum: ${TFDS}`, when: COOP.when },
      },
      coopSplit("split_zhou_SUN397.json", "1y2RD81BYuiyvebdN-JymPfyWYcd8_MUq"),
    ],
  },
});

/** A list of "/a/apartment_building/outdoor/sun_x.jpg" lines; the class is the scene with its last word first. */
async function list(file: string, labels: Map<string, number>): Promise<Item[]> {
  return (await lines(file)).map((line) => {
    const image = line.slice(1);
    const scene = image.slice(0, image.lastIndexOf("/"));
    const label = labels.get(scene);
    if (label === undefined) {
      throw new UserError(
        `${file} has the line "${line}", whose scene is not in ClassName.txt: fetch it again.`,
      );
    }
    const className = scene.split("/").slice(1).reverse().join(" ");
    return { path: `SUN397/${image}`, label, className };
  });
}
