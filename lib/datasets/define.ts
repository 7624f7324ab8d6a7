/**
 * One way to make a data set: a description in, a {@link Dataset} out. The published sets and a user's own are made the same way.
 *
 * @module
 */

import { isAbsolute, join, resolve } from "node:path";
import { definedIn } from "../defined_in.ts";
import { UserError } from "../errors.ts";
import { callback, checkOptions, fields, flag, type Kinds, text, words } from "../options_given.ts";
import { checkTemplate } from "../templates.ts";
import type { Dataset, Item, LoadedDataset, Published } from "./dataset.ts";
import { type FolderLayout, isFolder } from "./layout.ts";
import { promptName, refuseSamePrompts, samePrompts } from "./names.ts";
import { classNames } from "./split.ts";

/**
 * What a data set is described by.
 *
 * @category Extend
 */
export interface Description {
  /** Short name, as on the command line. */
  name: string;
  /** The papers' name of it. */
  title: string;
  /** The custom prompt template, with `{}` where the class name goes. */
  template: string;
  /** The folder it has under the root. */
  folder: string;
  /** Reads that folder. */
  layout: FolderLayout;
  /** What is published about it. */
  published?: Omit<Published, "folder">;
  /** Whether classes may have one prompt, as two pairs of ImageNet's have; otherwise that is refused. */
  repeatsNames?: boolean;
}

const kinds: Kinds<Description> = {
  name: words,
  title: words,
  template: words,
  folder: text,
  layout: callback,
  published: fields,
  repeatsNames: flag,
};

/**
 * The data set that a description describes. Loading it joins the folder to the paths, writes class names as prompts have them
 * (composed, spaces for underscores) and checks the labels.
 *
 * @throws {UserError} if the template has no place for the class name, or two
 *
 * @category Extend
 *
 * @example
 * ```ts
 * import { defineDataset } from "@plumbline/plumbline";
 * import assert from "node:assert/strict";
 * const birds = defineDataset({
 *   name: "birds",
 *   title: "Birds",
 *   template: "a photo of a {}, a type of bird.",
 *   folder: "birds",
 *   layout: () => {
 *     const item = { path: "images/1.jpg", label: 0, className: "song_thrush" };
 *     return Promise.resolve({ train: [item], val: [], test: [item], splitFrom: "the catalogue" });
 *   },
 * });
 * const root = await Deno.makeTempDir();
 * await Deno.mkdir(`${root}/birds`);
 * assert.deepEqual((await birds.load(root)).classNames, ["song thrush"]);
 * ```
 */
export function defineDataset(description: Description): Dataset {
  const needed = ["name", "title", "template", "folder", "layout"];
  checkOptions("defineDataset", description, kinds, { needed });
  const { name, title, template, folder, layout, published, repeatsNames } = description;
  checkTemplate(template, `of ${name}`);
  return {
    name,
    title,
    template,
    published: published && { folder, ...published },
    module: definedIn(import.meta.url),
    async load(root: string): Promise<LoadedDataset> {
      const at = join(root, folder);
      if (!await isFolder(at)) {
        throw new UserError(
          `there is no folder ${resolve(at)}: ${title} is expected there; ${
            published ? `fetch it (deno task data ${name} --root ${root}) or ` : ""
          }name the folder that holds ${folder}/.`,
        );
      }
      return located({ name, title, template }, at, await layout(at), repeatsNames);
    },
  };
}

/** What a layout gives. */
type Read = Awaited<ReturnType<FolderLayout>>;

/**
 * The data set of what a layout read in the folder `at`: paths joined to it, class names as prompts have them.
 *
 * @param repeatsNames whether classes may have one prompt; it is said then
 * @throws {UserError} for labels that are not 0 … n − 1, and for classes that no prompt tells apart
 */
export function located(
  about: Pick<LoadedDataset, "name" | "title" | "template">,
  at: string,
  { splitFrom, assumed = [], ...read }: Read,
  repeatsNames = false,
): LoadedDataset {
  const where = `${about.title} in ${at}`;
  const given = classNames(read, where);
  const same = samePrompts(given);
  if (!repeatsNames) refuseSamePrompts(given, where);
  const itemsOf = (items: Item[]) =>
    items.map(({ path, label, className }) => ({
      path: isAbsolute(path) ? path : join(at, path),
      label,
      className: promptName(className),
    }));
  const test = itemsOf(read.test);
  return {
    ...about,
    classNames: given.map(promptName),
    splitFrom,
    train: itemsOf(read.train),
    val: read.val === read.test ? test : itemsOf(read.val),
    test,
    assumed: [
      ...assumed,
      ...same.map(([a, b]) => `two classes have one prompt: ${a} and ${b}`),
    ],
  };
}
