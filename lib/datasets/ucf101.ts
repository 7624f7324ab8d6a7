/** UCF101: human actions (Soomro et al., 2012), as the middle frame of each video. */

import { join } from "node:path";
import { UserError } from "../errors.ts";
import type { Dataset, Item } from "./dataset.ts";
import { defineDataset } from "./define.ts";
import { lines, splitFile } from "./layout.ts";
import { splitTrainval } from "./made_split.ts";
import { COOP, coopSplit } from "./provenance.ts";
import { customTemplate } from "../templates.ts";

/** UCF101, in `ucf101/`. */
export const ucf101: Dataset = defineDataset({
  name: "ucf101",
  title: "UCF101",
  template: customTemplate("ucf101"),
  folder: "ucf101",
  layout: splitFile("split_zhou_UCF101.json", "UCF-101-midframes", async (folder, random) => {
    const lists = join(folder, "ucfTrainTestlist");
    const indexed = (await lines(join(lists, "classInd.txt"))).map((line) =>
      line.split(" ") as [string, string]
    );
    const labels = new Map(indexed.map(([place, action]) => [action, Number(place) - 1]));
    return {
      ...splitTrainval(await list(join(lists, "trainlist01.txt"), labels), random),
      test: await list(join(lists, "testlist01.txt"), labels),
    };
  }),
  published: {
    counts: { classes: 101, train: 7639, val: 1898, test: 3783 },
    homepage: "https://www.crcv.ucf.edu/data/UCF101.php",
    licence: "none stated",
    citation:
      "K. Soomro, A. R. Zamir, M. Shah. UCF101: A Dataset of 101 Human Actions Classes From Videos in The Wild. CRCV-TR-12-01, 2012.",
    sources: [
      {
        what: "middle frames",
        urls: ["https://drive.google.com/uc?export=download&id=10Jqome3vtUA2keJkNanAiFpgbyC9Hc2O"],
        to: "UCF-101-midframes",
        unpack: { folder: "UCF-101-midframes" },
        byHand:
          "Google Drive asks to confirm large files: download UCF-101-midframes.zip in a browser and unpack it there",
        found: COOP,
      },
      coopSplit("split_zhou_UCF101.json", "1I0S0q91hJfsV9Gf4xDIjgDq4AqBNJb1y"),
    ],
  },
});

/** A list of "ApplyEyeMakeup/v_ApplyEyeMakeup_g08_c01.avi 1" lines; camel-case actions are written with underscores. */
async function list(file: string, labels: Map<string, number>): Promise<Item[]> {
  return (await lines(file)).map((line) => {
    const [action, video] = line.split(" ")[0]!.split("/") as [string, string?];
    const label = labels.get(action);
    if (label === undefined || video === undefined) {
      throw new UserError(
        `${file} has the line "${line}", whose action is not in classInd.txt: fetch it again.`,
      );
    }
    const className = action.match(/[A-Z][^A-Z]*/g)!.join("_");
    return {
      path: `UCF-101-midframes/${className}/${video.replace(".avi", ".jpg")}`,
      label,
      className,
    };
  });
}
