/**
 * A data set that knows its own splits, in other words: another template, other class names, other numbers of shots.
 *
 * @module
 */

import { UserError } from "../errors.ts";
import { checkTemplate } from "../templates.ts";
import { readClassNames } from "./class_names.ts";
import type { Dataset, Item, LoadedDataset } from "./dataset.ts";
import { promptName, refuseSamePrompts } from "./names.ts";
import { type OwnOptions, templatesSaid } from "./own.ts";
import { readShots } from "./shots_file.ts";

/**
 * The published or drawn data set with what a user gives in place of its own; itself where nothing is given.
 *
 * @throws {UserError} for a split: its own is what makes it that data set
 */
export function reworded(set: Dataset, options: OwnOptions): Dataset {
  const { template, templates, classNames, shotsPerClass, split, splitSeed } = options;
  if (split !== undefined || splitSeed !== undefined) {
    throw new UserError(
      `${set.name} has a split of its own: --split is for pictures of one's own.`,
    );
  }
  if (!template && !templates && classNames === undefined && shotsPerClass === undefined) {
    return set;
  }
  const first = template ?? templates?.[0] ?? set.template;
  for (const each of [first, ...templates ?? []]) checkTemplate(each, `of ${set.name}`);
  return {
    ...set,
    template: first,
    async load(root) {
      const loaded = await set.load(root);
      const named = classNames === undefined
        ? { set: loaded, said: [] }
        : await renamed(loaded, classNames);
      const shots = shotsPerClass === undefined
        ? undefined
        : await readShots(shotsPerClass, named.set.classNames, loaded.classNames);
      return {
        ...named.set,
        template: first,
        ...templates && { templates },
        ...shots && { shotsPerClass: shots.counts },
        assumed: [
          ...loaded.assumed ?? [],
          ...named.said,
          ...template || templates ? templatesSaid({ template: first, templates }) : [],
          ...first === set.template
            ? []
            : [`its template is "${first}" in place of "${set.template}"`],
          ...shots ? [shots.said] : [],
        ],
      };
    },
  };
}

async function renamed(
  loaded: LoadedDataset,
  file: string,
): Promise<{ set: LoadedDataset; said: string[] }> {
  const { names, said } = (await readClassNames(file)).apply(loaded.classNames, loaded.title);
  refuseSamePrompts(names, loaded.title);
  const classNames = names.map(promptName);
  const items = (list: Item[]) =>
    list.map((item) => ({ ...item, className: classNames[item.label]! }));
  const test = items(loaded.test);
  const val = loaded.val === loaded.test ? test : items(loaded.val);
  return { set: { ...loaded, classNames, train: items(loaded.train), val, test }, said: [said] };
}
