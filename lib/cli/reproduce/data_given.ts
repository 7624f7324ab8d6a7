/**
 * Data sets given on the command line: `--data eurosat=./data`, `--data folder:./birds`, and how they are read.
 *
 * @module
 */
import { basename, dirname, resolve } from "node:path";
import {
  type Dataset,
  dataset,
  type OwnOptions,
  specOf,
  type SplitShares,
} from "../../datasets/mod.ts";
import { UserError } from "../../errors.ts";
import { UsageError } from "../options.ts";
import type { Values } from "../options.ts";
import type { readingOptions } from "./options.ts";

/** A data set of `--data`. */
export interface GivenSet {
  name: string;
  /** What an experiment calls it: its name, or `folder:PATH`. */
  spec: string;
  /** The folder that it is looked for under; absent for a user's own, which says where it is. */
  root?: string;
}

/** Said where the pocket CLIP reads pictures of one's own. */
export const onDrawings =
  "Your pictures are read by the pocket CLIP, which was trained on drawings alone. For photographs take a real one: " +
  "npx -y deno task weights ViT-B/16, then add --clip ViT-B/16.";

/** What is read of the options beforehand. */
export interface GivenFiles {
  /** The templates that `--templates` names. */
  templates?: readonly string[] | undefined;
  /** The largest number of `--shots-per-class`. */
  mostShots?: number | undefined;
}

/**
 * How the options say that data sets are read.
 *
 * @throws {UsageError} for a split that does not exist
 */
export function readingOf(
  options: Partial<Values<typeof readingOptions>>,
  { templates }: GivenFiles,
): OwnOptions {
  const { template, classNames, split, splitSeed, shotsPerClass } = options;
  const shares = split?.split("/").map((part) => part.trim() === "" ? NaN : Number(part));
  if (shares && (shares.length !== 3 || shares.some(Number.isNaN))) {
    throw new UsageError(
      `--split takes three shares, such as 70/10/20: got ${JSON.stringify(split)}`,
    );
  }
  return {
    ...{ template, templates, classNames, splitSeed, shotsPerClass },
    split: shares as SplitShares | undefined,
  };
}

/**
 * The data sets of `--data`: `NAME=PATH`, where PATH holds the set's folder or is it; or a user's own, `folder:PATH`, which may be
 * named, `NAME=folder:PATH`. Several of one's own with one name are told apart by the folders that they lie in.
 *
 * @param reading how they are read
 * @throws {UsageError} for a name that does not exist, what is no NAME=PATH, and one set given twice
 */
export function parseData(given: readonly string[], reading: OwnOptions = {}): GivenSet[] {
  const own: Own[] = [];
  const sets = given.map((text, at): GivenSet => {
    const [, name, from] = /^(?:([^=:/]+)=)?([a-z]+:.+)$/.exec(text) ?? [];
    if (from !== undefined) {
      const options = name === undefined ? reading : { ...reading, name };
      const set = known(from, options);
      own.push({ at, path: "path" in set ? String(set.path) : from, from, name: set.name });
      return { name: set.name, spec: specOf(from, options) };
    }
    return published(text, reading);
  });
  for (const { at, path } of own) {
    const again = own.find((other) => other.at < at && other.path === path);
    if (again) throw new UsageError(`--data names ${path} twice: give it once`);
  }
  const call = (one: Own, name: string) =>
    sets[one.at] = { name, spec: specOf(one.from, { ...reading, name }) };
  const alike = () => {
    const counts = Map.groupBy(sets, ({ name }) => name);
    return own.filter(({ at }) => counts.get(sets[at]!.name)!.length > 1);
  };
  for (let depth = 1; depth < 20; depth++) {
    for (const one of alike()) {
      call(
        one,
        [...dirname(one.path).split("/").filter(Boolean).slice(-depth), one.name].join("-"),
      );
    }
  }
  for (const one of alike()) call(one, `${one.name}-${one.at + 1}`); // a folder and a table side by side
  return sets;
}

/** One of a user's own, by its place in the list. */
interface Own {
  at: number;
  path: string;
  from: string;
  name: string;
}

function published(text: string, reading: OwnOptions): GivenSet {
  const at = text.indexOf("=");
  if (at < 1) {
    const isPath = /[./\\~]/.test(text);
    throw new UsageError(
      `--data takes ${
        isPath ? `your own pictures as folder:${text} (or csv:, parquet:, coco:), and ` : ""
      }NAME=PATH, such as eurosat=./data: got ${JSON.stringify(text)}`,
    );
  }
  const [name, path] = [text.slice(0, at), text.slice(at + 1)];
  const set = known(name, reading);
  const isItself = set.published && basename(resolve(path)) === set.published.folder;
  return {
    name: set.name,
    spec: specOf(set.name, reading),
    root: isItself ? dirname(resolve(path)) : path,
  };
}

/** A name that does not exist is wrong usage. */
function known(name: string, reading: OwnOptions): Dataset {
  try {
    return dataset(name, reading);
  } catch (error) {
    throw error instanceof UserError ? new UsageError(`--data: ${error.message}`) : error;
  }
}
