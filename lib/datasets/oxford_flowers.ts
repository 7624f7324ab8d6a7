/** Oxford Flowers 102 (Nilsback & Zisserman, ICVGIP 2008). */

import { join } from "node:path";
import { UserError } from "../errors.ts";
import type { Random } from "../random/mod.ts";
import type { Dataset, Splits } from "./dataset.ts";
import { defineDataset } from "./define.ts";
import { byLabel } from "./few_shot.ts";
import { needed, splitFile } from "./layout.ts";
import { byThirds } from "./made_split.ts";
import { readMatlab } from "./matlab.ts";
import { COOP, coopSplit, TFDS } from "./provenance.ts";
import { isRecord, parseJson } from "./split.ts";
import { customTemplate } from "../templates.ts";

/** Flowers 102, in `oxford_flowers/`. */
export const oxfordFlowers: Dataset = defineDataset({
  name: "oxford_flowers",
  title: "Flowers102",
  template: customTemplate("oxford_flowers"),
  folder: "oxford_flowers",
  layout: splitFile("split_zhou_OxfordFlowers.json", "jpg", split),
  published: {
    counts: { classes: 102, train: 4093, val: 1633, test: 2463 },
    homepage: "https://www.robots.ox.ac.uk/~vgg/data/flowers/102/",
    licence: "none stated",
    citation:
      "M.-E. Nilsback, A. Zisserman. Automated Flower Classification over a Large Number of Classes. ICVGIP, 2008.",
    sources: [
      {
        what: "images",
        urls: ["https://www.robots.ox.ac.uk/~vgg/data/flowers/102/102flowers.tgz"],
        to: "jpg",
        unpack: { folder: "jpg" },
        bytes: 344862509,
        sha256: "2d01ecc807db462958cfe3d92f57a8c252b4abd240eb955770201e45f783b246",
        found: { where: `${COOP.where}; length, checksum: ${TFDS}`, when: COOP.when },
      },
      {
        what: "labels",
        urls: ["https://www.robots.ox.ac.uk/~vgg/data/flowers/102/imagelabels.mat"],
        to: "imagelabels.mat",
        bytes: 502,
        sha256: "4903e94206bac23bf772aadf06451916df56b58fc483a62db32a97b82656651d",
        found: { where: `${COOP.where}; length, checksum: ${TFDS}`, when: COOP.when },
      },
      {
        ...coopSplit("cat_to_name.json", "1AkcxCXeK_RCGCEC_GvmWxjcjaNhu-at0"),
        what: "class names",
      },
      coopSplit("split_zhou_OxfordFlowers.json", "1Pp0sRXzZFZq15zVOzKjKBu4A9i01nozT"),
    ],
  },
});

/** 50/20/30 of each class, classes in the order in which the label list first names them. */
async function split(folder: string, random: Random): Promise<Splits> {
  const [labelFile, nameFile] = [join(folder, "imagelabels.mat"), join(folder, "cat_to_name.json")];
  const { labels } = readMatlab(await needed(labelFile), labelFile);
  if (!Array.isArray(labels) || !labels.every((label) => typeof label === "number")) {
    throw new UserError(`${labelFile} has no list of labels: fetch it again.`);
  }
  const names = parseJson(new TextDecoder().decode(await needed(nameFile)), nameFile);
  const images = labels.map((label, i) => ({
    label,
    path: `jpg/image_${String(i + 1).padStart(5, "0")}.jpg`,
  }));
  const classes = [...byLabel(images)].map(([label, group]) => {
    const className = isRecord(names) ? names[String(label)] : undefined;
    if (typeof className !== "string") {
      throw new UserError(`${nameFile} has no name for class ${label}: fetch it again.`);
    }
    return { label: label - 1, className, paths: group.map(({ path }) => path) };
  });
  return byThirds(classes, random, folder);
}
