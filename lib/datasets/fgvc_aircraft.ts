/** FGVC-Aircraft: 100 aircraft variants (Maji et al., 2013), in its own train, val and test lists. */

import { join } from "node:path";
import { UserError } from "../errors.ts";
import type { Dataset, Item } from "./dataset.ts";
import { defineDataset } from "./define.ts";
import { lines } from "./layout.ts";
import { COOP } from "./provenance.ts";
import { customTemplate } from "../templates.ts";

/** FGVC-Aircraft, in `fgvc_aircraft/`. */
export const fgvcAircraft: Dataset = defineDataset({
  name: "fgvc_aircraft",
  title: "FGVCAircraft",
  template: customTemplate("fgvc_aircraft"),
  folder: "fgvc_aircraft",
  layout: async (folder) => {
    const names = await lines(join(folder, "variants.txt"));
    const labels = new Map(names.map((name, label) => [name, label]));
    return {
      train: await list(folder, "train", labels),
      val: await list(folder, "val", labels),
      test: await list(folder, "test", labels),
      splitFrom: `${folder}/images_variant_*.txt`,
    };
  },
  published: {
    counts: { classes: 100, train: 3334, val: 3333, test: 3333 },
    homepage: "https://www.robots.ox.ac.uk/~vgg/data/fgvc-aircraft/",
    licence: "non-commercial research",
    citation:
      "S. Maji, E. Rahtu, J. Kannala, M. Blaschko, A. Vedaldi. Fine-Grained Visual Classification of Aircraft. arXiv 1306.5151, " +
      "2013.",
    sources: [
      {
        what: "images and lists",
        urls: [
          "https://www.robots.ox.ac.uk/~vgg/data/fgvc-aircraft/archives/fgvc-aircraft-2013b.tar.gz",
        ],
        to: "",
        unpack: { folder: "fgvc-aircraft-2013b/data" },
        found: COOP,
      },
    ],
  },
});

/** A list of "0034309 Boeing 707-320" lines. */
async function list(folder: string, split: string, labels: Map<string, number>): Promise<Item[]> {
  const file = join(folder, `images_variant_${split}.txt`);
  return (await lines(file)).map((line) => {
    const space = line.indexOf(" ");
    const className = line.slice(space + 1);
    const label = labels.get(className);
    if (space < 1 || label === undefined) {
      throw new UserError(
        `${file} has the line "${line}", whose variant is not in variants.txt: fetch it again.`,
      );
    }
    return { path: `images/${line.slice(0, space)}.jpg`, label, className };
  });
}
