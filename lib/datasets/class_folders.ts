/**
 * Class folders: each class's pictures in a folder named after it, or in folders below that.
 *
 * @module
 */

import { join } from "node:path";
import { UserError } from "../errors.ts";
import { oneSpelling } from "./names.ts";
import type { Listed, Listing } from "./own.ts";
import { counted, picturesUnder } from "./picture_files.ts";

/**
 * The pictures of the class folders `names` in `folder`, paths relative to it. A folder's name in two spellings (composed and not) is
 * one class.
 *
 * @throws {UserError} for a class without pictures, pictures of kinds that are not read, and links that lead nowhere
 */
export async function classFoldersIn(folder: string, names: readonly string[]): Promise<Listing> {
  if (names.length === 0) {
    throw new UserError(
      `${folder} has no class folders: put each class's pictures into a folder named after it, or a table of them beside them.`,
    );
  }
  const pictures: Listed[] = [];
  const [foreign, others, dead, empty]: string[][] = [[], [], [], []];
  const nested: { name: string; count: number }[] = [];
  for (const className of names) {
    const found = await picturesUnder(join(folder, className));
    const paths = (of: string[]) => of.map((file) => `${className}/${file}`);
    foreign!.push(...paths(found.foreign));
    others!.push(...paths(found.others));
    dead!.push(...paths(found.dead));
    if (found.nested > 0) nested.push({ name: className, count: found.nested });
    if (found.read.length + found.foreign.length + found.dead.length === 0) empty!.push(className);
    for (const path of paths(found.read)) pictures.push({ path, className });
  }
  refuse(folder, { foreign: foreign!, dead: dead!, empty: empty! });
  const twice = names.length - new Set(names.map(oneSpelling)).size;
  return {
    pictures,
    by: "class folders",
    assumed: [
      ...others!.length > 0 ? [`${counted(others!)} that are no pictures not read`] : [],
      ...nested.length > 0 ? [nestedSaid(nested)] : [],
      ...twice > 0
        ? [`${twice} class folders are others in another spelling, and one with them`]
        : [],
    ],
  };
}

function nestedSaid(nested: { name: string; count: number }[]): string {
  const sum = nested.reduce((n, { count }) => n + count, 0);
  return `${sum} pictures in folders below class folders belong to those classes: ${
    nested.slice(0, 5).map(({ name, count }) => `${count} of ${name}`).join(", ")
  }${nested.length > 5 ? ", …" : ""}`;
}

function refuse(
  folder: string,
  { foreign, dead, empty }: Record<"foreign" | "dead" | "empty", string[]>,
): void {
  if (dead.length > 0) {
    throw new UserError(
      `${dead.length} link${dead.length > 1 ? "s" : ""} in ${folder} ${
        dead.length > 1 ? "lead" : "leads"
      } nowhere: ${dead.slice(0, 3).join(", ")}${dead.length > 3 ? ", …" : ""}: mend or remove ${
        dead.length > 1 ? "them" : "it"
      }.`,
    );
  }
  if (foreign.length > 0) {
    throw new UserError(
      `${foreign.length} pictures in ${folder} are of kinds that are not read, for example ${
        foreign[0]
      }: convert them to JPEG, PNG or WebP.`,
    );
  }
  if (empty.length > 0) {
    throw new UserError(
      `${join(folder, empty[0]!)} has no JPEG, PNG or WebP pictures${
        empty.length > 1 ? ` (nor have ${empty.length - 1} other class folders)` : ""
      }: add some or remove the folder.`,
    );
  }
}
