/**
 * A user's own split file in CoOp's format as a data set.
 *
 * @module
 */

import { basename, dirname, join } from "node:path";
import { isFile } from "./layout.ts";
import { type OwnDataset, ownDataset, type OwnOptions, ownOptions, type SplitName } from "./own.ts";
import { noFile } from "./own_table.ts";
import { classNames, readSplit } from "./split.ts";

/**
 * The data set of a split file: `{"train": [[path, label, class name], …], "val": …, "test": …}`. Pictures lie beside it or in
 * `images/`; labels stay as they are.
 *
 * @param options how it is read, or its template
 * @category Load
 */
export function splitDataset(path: string, options: OwnOptions | string = {}): OwnDataset {
  const own = ownOptions(options);
  return ownDataset(path, { name: basename(path, ".json"), ...own }, async (file) => {
    if (!await isFile(file)) throw await noFile(file);
    const splits = await readSplit(file);
    const names = (["train", "val", "test"] as const).filter((name) => splits[name].length > 0);
    const pictures = names.flatMap((split: SplitName) =>
      splits[split].map(({ path, className }) => ({ path, className, split }))
    );
    const folder = dirname(file);
    const [first] = pictures;
    const beside = await isFile(join(folder, first!.path));
    const inImages = !beside && await isFile(join(folder, "images", first!.path));
    return {
      pictures,
      by: names.join(", "),
      assumed: [],
      order: classNames(splits, file),
      at: inImages ? join(folder, "images") : folder,
    };
  });
}
