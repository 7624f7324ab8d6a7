/**
 * Annotations in COCO's format as a list of pictures and their classes: the categories that boxes or pictures have.
 *
 * @module
 */

import { basename, dirname, join } from "node:path";
import { UserError } from "../errors.ts";
import { shown } from "../shape.ts";
import { isFile } from "./layout.ts";
import {
  type Listed,
  type Listing,
  type OwnDataset,
  ownDataset,
  type OwnOptions,
  ownOptions,
} from "./own.ts";
import { noFile } from "./own_table.ts";
import { isRecord, parseJson, staysInside } from "./split.ts";
import { severalClasses } from "./table_columns.ts";
import { readText } from "./text_file.ts";

/**
 * The data set of a file of annotations in COCO's format. Pictures lie beside it, in `images/`, or in the folder above. A picture's
 * class is the category of its annotations; one with several categories is refused, one with none left out and counted.
 *
 * @param options how it is read, or its template
 * @category Load
 */
export function cocoDataset(path: string, options: OwnOptions | string = {}): OwnDataset {
  const own = ownOptions(options);
  return ownDataset(path, { name: basename(path, ".json"), ...own }, async (file) => {
    if (!await isFile(file)) throw await noFile(file);
    return await cocoListing(file);
  });
}

/** Whether a file looks like annotations: its first kilobytes name one of the lists. */
export async function isCoco(file: string): Promise<boolean> {
  if (basename(file).endsWith(".coco.json")) return true;
  const start = new Uint8Array(65536);
  using opened = await Deno.open(file);
  const length = await opened.read(start) ?? 0;
  return /"(images|annotations|categories)"\s*:\s*\[/.test(
    new TextDecoder().decode(start.subarray(0, length)),
  );
}

/**
 * What annotations list; paths are relative to `at`, the folder that holds the first picture.
 *
 * @throws {UserError} for annotations that are malformed, or of several classes to a picture
 */
export async function cocoListing(file: string): Promise<Listing> {
  const read = parseJson(await readText(file), file, "correct it.");
  const images = table(read, "images", file);
  const categories = new Map<unknown, string>();
  for (const { id, name } of table(read, "categories", file)) {
    if (typeof name !== "string") throw malformed(file, "has a category without a name");
    categories.set(id, name);
  }
  const classOf = new Map<unknown, string>();
  for (const { image_id: image, category_id: category } of table(read, "annotations", file)) {
    const name = categories.get(category);
    if (name === undefined) {
      throw malformed(
        file,
        `has an annotation of category ${shown(category)}, which it does not list`,
      );
    }
    const known = classOf.get(image);
    if (known !== undefined && known !== name) {
      const path = images.find(({ id }) => id === image)?.file_name ?? image;
      throw severalClasses(`${typeof path === "string" ? path : shown(path)} in ${file}`, [
        known,
        name,
      ]);
    }
    classOf.set(image, name);
  }
  const pictures: Listed[] = [];
  let none = 0;
  for (const { id, file_name: given } of images) {
    if (typeof given !== "string") throw malformed(file, "has an image without file_name");
    const path = given.replaceAll("\\", "/").replace(/^(\.\/)+/, "");
    if (!staysInside(path)) {
      throw malformed(file, `has the path "${given}", which leaves its folder`);
    }
    const className = classOf.get(id);
    if (className === undefined) none++;
    else pictures.push({ path, className });
  }
  return {
    pictures,
    at: await pictureFolder(file, pictures[0]),
    by: "COCO annotations",
    assumed: none > 0
      ? [`${none} pictures without an annotation in ${basename(file)} not read`]
      : [],
  };
}

async function pictureFolder(file: string, first: Listed | undefined): Promise<string> {
  const own = dirname(file);
  // COCO's own: annotations/instances_train2017.json beside train2017/.
  const set = basename(file, ".json").split("_").at(-1)!;
  for (
    const at of [
      own,
      join(own, "images"),
      dirname(own),
      join(dirname(own), "images"),
      join(dirname(own), set),
    ]
  ) {
    if (first && await isFile(join(at, first.path))) return at;
  }
  return own;
}

function table(read: unknown, key: string, file: string): Record<string, unknown>[] {
  const list = isRecord(read) ? read[key] : undefined;
  if (Array.isArray(list) && list.every(isRecord)) return list;
  throw malformed(file, `has no list of objects "${key}"`);
}

function malformed(file: string, what: string): UserError {
  return new UserError(`${file} ${what}: it is not in COCO's format; correct or export it again.`);
}
