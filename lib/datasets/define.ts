/**
 * One way to make a data set: a description in, a {@link Dataset} out. The published sets and a user's own are made the same way.
 *
 * @module
 */

import { join } from "node:path";
import { definedIn } from "../defined_in.ts";
import { UserError } from "../errors.ts";
import type { Dataset, Item, LoadedDataset, Published } from "./dataset.ts";
import { type FolderLayout, isFolder } from "./layout.ts";
import { classNames } from "./split.ts";

/** What a data set is described by. */
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
}

/**
 * The data set that a description describes. Loading it joins the folder to the paths, writes class names as prompts have them
 * (spaces for underscores) and checks the labels.
 *
 * @throws {UserError} if the template has no place for the class name
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
  const { name, title, template, folder, layout, published } = description;
  if (!template.includes("{}")) {
    throw new UserError(
      `the template "${template}" of ${name} has no {}: write {} where the class name goes.`,
    );
  }
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
          `there is no folder ${at}: ${title} is expected there; fetch it (deno task data ${name} --root ${root}) ` +
            `or name the folder that holds ${folder}/.`,
        );
      }
      const { splitFrom, ...read } = await layout(at);
      const located = (items: Item[]) =>
        items.map(({ path, label, className }) => ({
          path: join(at, path),
          label,
          className: className.replaceAll("_", " "),
        }));
      const test = located(read.test);
      const splits = {
        train: located(read.train),
        val: read.val === read.test ? test : located(read.val),
        test,
      };
      return {
        name,
        title,
        template,
        classNames: classNames(splits, `${title} in ${at}`),
        splitFrom,
        ...splits,
      };
    },
  };
}
