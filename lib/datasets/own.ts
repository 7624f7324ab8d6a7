/**
 * A user's own pictures as a data set: whatever lists them (folders, a table, annotations) gives pictures with a class and perhaps a
 * split; here they become splits, labels and class names, and what was assumed on the way is said.
 *
 * @module
 */

import { basename, resolve } from "node:path";
import { UserError } from "../errors.ts";
import { checkOptions, type Kinds, listOf, number, whole, words } from "../options_given.ts";
import { Random } from "../random/mod.ts";
import { checkTemplate } from "../templates.ts";
import { type ClassNames, readClassNames } from "./class_names.ts";
import type { Dataset, Item, LoadedDataset, Splits } from "./dataset.ts";
import { located } from "./define.ts";
import { SPLIT_SEED } from "./layout.ts";
import { byThirds, PUBLISHED_SHARES, type SplitShares } from "./made_split.ts";
import { oneSpelling, promptName } from "./names.ts";
import { readShots } from "./shots_file.ts";

/** The template of a data set that has none of its own. */
export const PLAIN_TEMPLATE = "a photo of a {}.";

/**
 * How a user's own pictures are read.
 *
 * @category Load
 */
export interface OwnOptions {
  /** The data set's name; that of its folder or file where absent. */
  name?: string;
  /** The prompt template, with `{}` where the class name goes; `a photo of a {}.` where absent. */
  template?: string | undefined;
  /** Several, for zero-shot prompts to be averaged over. The first is the template where none is given. */
  templates?: readonly string[] | undefined;
  /** SplitShares of each class's pictures to train on, to validate on and to test on, which sum to 100; splits that are there are not kept. */
  split?: SplitShares | undefined;
  /** Seed of a split that is made here; 1 where absent. */
  splitSeed?: number | undefined;
  /** A file of class names: see {@link readClassNames}. */
  classNames?: string | undefined;
  /** A file of training images of each class: see {@link readShots}. */
  shotsPerClass?: string | undefined;
}

/** What each of them may be; shares are looked at where they are used. */
const ownKinds: Kinds<OwnOptions> = {
  name: words,
  template: words,
  templates: listOf(words, 1),
  split: listOf(number()),
  splitSeed: whole(),
  classNames: words,
  shotsPerClass: words,
};

/** What a data set is read by, from a template or options. @throws {UserError} on what is no such option */
export function ownOptions(given: OwnOptions | string): OwnOptions {
  const options = typeof given === "string" ? { template: given } : given;
  checkOptions("a data set", options, ownKinds);
  return options;
}

/**
 * A user's own data set: it knows where it lies, so loading it needs no root.
 *
 * @category Load
 */
export interface OwnDataset extends Dataset {
  /** The folder or file it is read from, absolute. */
  readonly path: string;
  /**
   * Reads splits and class names.
   *
   * @param scratch where pictures are written that lie inside of a table; beside the table where absent
   */
  load(scratch?: string): Promise<LoadedDataset>;
}

/** A split's name. */
export type SplitName = "train" | "val" | "test";

/** A picture, as what lists it has it. */
export interface Listed {
  /** Relative to the listing's folder, or absolute. */
  path: string;
  /** As it is written there. */
  className: string;
  split?: SplitName | undefined;
}

/** A user's own pictures before they are labelled. */
export interface Listing {
  pictures: Listed[];
  /** What lists them: `train, valid and test folders`, `its column split`. Said where the splits are its own. */
  by: string;
  /** What was assumed or left out, a sentence each. */
  assumed: string[];
  /** Class names in the order of their labels, where the listing has one; sorted where absent. */
  order?: string[];
  /** The folder that the paths are relative to; the given one where absent. */
  at?: string;
}

/** Splits by the names that they go by; in any case of letters. */
const splitNames: Record<string, SplitName> = {
  ...{ train: "train", training: "train" },
  ...{ val: "val", valid: "val", validation: "val", dev: "val" },
  ...{ test: "test", testing: "test" },
};

/** The split that goes by a name, if it is one's. */
export function splitNamed(name: string): SplitName | undefined {
  const plain = name.trim().toLowerCase();
  return Object.hasOwn(splitNames, plain) ? splitNames[plain] : undefined;
}

/**
 * The data set of what is listed at `path`.
 *
 * @param options or a template
 * @throws {UserError} for a template or shares that are none
 */
export function ownDataset(
  path: string,
  options: OwnOptions | string,
  list: (path: string, scratch?: string) => Promise<Listing>,
): OwnDataset {
  const own = ownOptions(options);
  const at = resolve(path);
  const name = oneSpelling(own.name ?? basename(at));
  const template = own.template ?? own.templates?.[0] ?? PLAIN_TEMPLATE;
  for (const each of [template, ...own.templates ?? []]) checkTemplate(each, `of ${name}`);
  checkShares(own.split);
  return {
    ...{ name, title: name, template, path: at },
    async load(scratch) {
      const listing = await list(at, scratch);
      const names = own.classNames === undefined ? undefined : await readClassNames(own.classNames);
      const read = divided(listing, at, own, names);
      const set = located({ name, title: name, template }, listing.at ?? at, read);
      const shots = own.shotsPerClass === undefined
        ? undefined
        : await readShots(own.shotsPerClass, set.classNames, read.given);
      return {
        ...set,
        ...own.templates && { templates: own.templates },
        ...shots && { shotsPerClass: shots.counts },
        assumed: [
          ...set.assumed ?? [],
          ...templatesSaid(own),
          ...shots ? [shots.said] : [],
          ...lacking(set),
        ],
      };
    },
  };
}

function checkShares(shares: SplitShares | undefined): void {
  if (shares === undefined) return;
  const sound = shares.length === 3 && shares.every((x) => x >= 0 && x <= 100) &&
    Math.abs(shares[0] + shares[1] + shares[2] - 100) < 1e-9 && shares[0] > 0 && shares[2] > 0;
  if (!sound) {
    throw new UserError(
      `the split ${
        shares.join("/")
      } is none: give shares to train on, to validate on and to test on that sum to 100, such as 70/10/20.`,
    );
  }
}

/** The splits of a listing: its own, or made by shares; with the names that classes were given in it. */
function divided(
  listing: Listing,
  where: string,
  { split: shares, splitSeed = SPLIT_SEED }: OwnOptions,
  names?: ClassNames,
): Splits & { splitFrom: string; assumed: string[]; given: string[] } {
  const { pictures, by } = listing;
  if (pictures.length === 0) {
    throw new UserError(
      `${where} has no JPEG, PNG or WebP pictures: name the folder that holds them.`,
    );
  }
  const given = listing.order ?? [...new Set(pictures.map((p) => oneSpelling(p.className)))].sort();
  const labels = new Map(given.map((name, label) => [oneSpelling(name), label]));
  const naming = names?.apply(given, where);
  const items = pictures.map(({ path, className }): Item => {
    const label = labels.get(oneSpelling(className))!;
    return { path, label, className: naming?.names[label] ?? oneSpelling(className) };
  });
  const assumed = [...listing.assumed, ...respelt(pictures), ...naming ? [naming.said] : []];
  const has = (split: SplitName) => pictures.some((picture) => picture.split === split);
  const isSplit = pictures.some(({ split }) => split !== undefined);
  if (isSplit && shares === undefined) {
    if (!has("train") || !has("test")) throw notSplit(where, by, has);
    const of = (split: SplitName) => items.filter((_, i) => pictures[i]!.split === split);
    const splits = { train: of("train"), val: of("val"), test: of("test") };
    const noVal = has("val") ? [] : ["there are no pictures to validate on"];
    return { ...splits, splitFrom: `${where}: ${by}`, assumed: [...assumed, ...noVal], given };
  }
  const classes = [...Map.groupBy(items, ({ label }) => label)].sort(([a], [b]) => a - b)
    .map(([label, of]) => ({ label, className: of[0]!.className, paths: of.map((i) => i.path) }));
  const splits = byThirds(classes, new Random(splitSeed), where, shares);
  const rule = `${
    (shares ?? PUBLISHED_SHARES).join("/")
  } of each class at random, seed ${splitSeed}`;
  assumed.push(
    `split ${rule}${isSplit ? `, in place of ${by}` : shares ? "" : ", as no split is given"}`,
  );
  return { ...splits, splitFrom: `${where}: ${rule}`, assumed, given };
}

function notSplit(where: string, by: string, has: (split: SplitName) => boolean): UserError {
  const lacks = (["train", "test"] as const).filter((split) => !has(split));
  const alone = !has("test") && has("val") ? "; or, to test on val, rename it test" : "";
  return new UserError(
    `${where} has no pictures to ${
      lacks.map((split) => split === "train" ? "train on" : "test on").join(" or to ")
    } (it has ${by}): add ${
      lacks.join(" and ")
    }, or split all of its pictures by --split 70/10/20${alone}.`,
  );
}

/** Class names whose spelling was changed, other than by spaces for underscores. */
function respelt(pictures: readonly Listed[]): string[] {
  const changed = [...new Set(pictures.map(({ className }) => className))]
    .filter((name) => name !== oneSpelling(name));
  return changed.length === 0 ? [] : [
    `names of ${changed.length} class${
      changed.length === 1 ? " is" : "es are"
    } read in one spelling (composed, trimmed): ${
      changed.slice(0, 5).map((name) => JSON.stringify(oneSpelling(name))).join(", ")
    }`,
  ];
}

/** What templates come to, where some are given or none is. */
export function templatesSaid({ template, templates }: OwnOptions): string[] {
  if (templates) {
    return [
      `${templates.length} templates are given: zero-shot prompts and teachers of many templates average them, what takes one template takes "${
        template ?? templates[0]
      }"`,
    ];
  }
  return template === undefined ? [`the template is "${PLAIN_TEMPLATE}", as none is given`] : [];
}

/** Classes without pictures in a split that others have some in. */
function lacking({ classNames, train, test }: LoadedDataset): string[] {
  const said = (items: Item[], what: string) => {
    const there = new Set(items.map(({ label }) => label));
    const none = classNames.filter((_, label) => !there.has(label));
    return none.length === 0 ? [] : [
      `${none.length} of ${classNames.length} classes have no pictures to ${what}: ${
        none.slice(0, 5).join(", ")
      }${none.length > 5 ? ", …" : ""}`,
    ];
  };
  return [...said(train, "train on"), ...said(test, "test on")];
}

/** Whether a name given in a file means a class: by its own spelling, or as prompts have it. */
export function meansClass(given: string, className: string): boolean {
  return oneSpelling(given) === oneSpelling(className) ||
    promptName(given).toLowerCase() === promptName(className).toLowerCase();
}
