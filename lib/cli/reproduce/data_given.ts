/**
 * Data sets given on the command line: `--data eurosat=./data`, `--data folder:./birds`.
 *
 * @module
 */
import { basename, dirname, resolve } from "node:path";
import { type Dataset, dataset } from "../../datasets/mod.ts";
import { UserError } from "../../errors.ts";
import { UsageError } from "../options.ts";

/** A data set of `--data`. */
export interface GivenSet {
  name: string;
  /** What an experiment calls it: its name, or `folder:PATH`. */
  spec: string;
  /** The folder that it is looked for under; absent for a user's own, which says where it is. */
  root?: string;
}

/**
 * The data sets of `--data`: `NAME=PATH`, where PATH holds the set's folder or is it; or a user's own, `folder:PATH`.
 *
 * @throws {UsageError} for a name that is none, and what is no NAME=PATH
 */
export function parseData(given: readonly string[]): GivenSet[] {
  return given.map((text) => {
    if (/^\w+:/.test(text)) return { name: known(text).name, spec: text };
    const at = text.indexOf("=");
    if (at < 1) {
      throw new UsageError(
        `--data takes NAME=PATH, such as eurosat=./data: got ${JSON.stringify(text)}`,
      );
    }
    const [name, path] = [text.slice(0, at), text.slice(at + 1)];
    const set = known(name);
    const isItself = set.published && basename(resolve(path)) === set.published.folder;
    return { name: set.name, spec: set.name, root: isItself ? dirname(resolve(path)) : path };
  });
}

/** A name that is none is wrong usage. */
function known(name: string): Dataset {
  try {
    return dataset(name);
  } catch (error) {
    throw error instanceof UserError ? new UsageError(`--data: ${error.message}`) : error;
  }
}
