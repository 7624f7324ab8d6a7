/**
 * ImageNet and its shifted versions: images in folders named by WordNet id, class names as CLIP words them.
 *
 * @module
 */

import { join } from "node:path";
import packaged from "../../data/imagenet_classnames.json" with { type: "json" };
import { UserError } from "../errors.ts";
import type { Item } from "./dataset.ts";
import { isFile, lines, visibleNames } from "./layout.ts";

/**
 * Class names by WordNet id, in label order: those of the folder's `classnames.txt` if it has one (CoOp's layout puts it there),
 * otherwise CLIP's own list.
 *
 * @throws {UserError} if a line of that file is no id and name
 */
export async function imagenetNames(folder: string): Promise<Map<string, string>> {
  const file = join(folder, "classnames.txt");
  if (!await isFile(file)) return new Map(Object.entries(packaged.classNames));
  const names = new Map<string, string>();
  for (const line of await lines(file)) {
    const [, id, name] = line.match(/^(n\d{8}) (.+)$/) ?? [];
    if (id === undefined) {
      throw new UserError(
        `${file} has the line "${line.slice(0, 80)}", expected "n01440764 tench".`,
      );
    }
    names.set(id, name!);
  }
  return names;
}

/**
 * The images of `images` (under `folder`), whose folders' sorted places are the labels: a subset of ImageNet's classes has labels of
 * its own.
 *
 * @throws {UserError} for a folder that is no class of ImageNet
 */
export async function wnidFolders(folder: string, images: string): Promise<Item[]> {
  const names = await imagenetNames(folder);
  const items: Item[] = [];
  for (const [label, id] of (await visibleNames(join(folder, images), "folders")).entries()) {
    const className = names.get(id);
    if (className === undefined) {
      throw new UserError(
        `${
          join(folder, images, id)
        } is no class of ImageNet: only folders named by WordNet ids belong there.`,
      );
    }
    for (const file of await visibleNames(join(folder, images, id), "files")) {
      items.push({ path: `${images}/${id}/${file}`, label, className });
    }
  }
  return items;
}
