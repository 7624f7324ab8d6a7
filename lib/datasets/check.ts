/**
 * Holds what lies on disk against what is published of a data set: its files, the counts of its splits, every image.
 *
 * @module
 */

import { UserError } from "../errors.ts";
import type { Dataset, LoadedDataset } from "./dataset.ts";
import { hashFile } from "./download.ts";
import { sourcePath } from "./fetch.ts";
import { isFile, isFolder } from "./layout.ts";
import { missingImages, presentImages } from "./missing.ts";
import { unreadableImages } from "./unreadable.ts";

/** How much of a data set's files is there. */
export type DatasetState = "there" | "partly there" | "not there";

/** Whether the files and folders that a published data set consists of are there; their contents are not looked at. */
export async function stateOf(dataset: Dataset, root: string): Promise<DatasetState> {
  const sources = dataset.published?.sources ?? [];
  const there = [];
  for (const source of sources) {
    const path = sourcePath(dataset, source, root);
    if (await isFile(path) || await isFolder(path)) there.push(source);
  }
  return there.length === 0
    ? "not there"
    : there.length < sources.length
    ? "partly there"
    : "there";
}

/**
 * What is wrong with a data set on disk, a line each; none when it is as published. Every file of known checksum is hashed and
 * every image that is there decoded.
 *
 * @param progress called with the number of images decoded
 */
export async function checkDataset(
  dataset: Dataset,
  root: string,
  progress: (done: number, total: number) => void = () => {},
): Promise<string[]> {
  const problems = await wrongFiles(dataset, root);
  let loaded: LoadedDataset;
  try {
    loaded = await dataset.load(root);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [...problems, error.message];
  }
  problems.push(...wrongCounts(dataset, loaded));
  const { train, test } = loaded;
  const items = [...train, ...loaded.val === test ? [] : loaded.val, ...test];
  const missing = await missingImages(items);
  if (missing) problems.push(missing);
  const unreadable = await unreadableImages(await presentImages(items), progress);
  if (unreadable) problems.push(unreadable);
  return problems;
}

async function wrongFiles(dataset: Dataset, root: string): Promise<string[]> {
  const problems: string[] = [];
  for (const source of dataset.published?.sources ?? []) {
    const path = sourcePath(dataset, source, root);
    if (source.unpack || source.sha256 === undefined || !await isFile(path)) continue;
    const sha256 = await hashFile(path);
    if (sha256 !== source.sha256) {
      problems.push(
        `${path} has SHA-256 ${sha256}, published is ${source.sha256}: remove it and fetch it again.`,
      );
    }
  }
  return problems;
}

function wrongCounts({ title, published }: Dataset, loaded: LoadedDataset): string[] {
  if (!published) return [];
  const has = {
    classes: loaded.classNames.length,
    train: loaded.train.length,
    val: loaded.val.length,
    test: loaded.test.length,
  };
  const differing = (["classes", "train", "val", "test"] as const)
    .filter((key) => has[key] !== published.counts[key])
    .map((key) =>
      `${has[key]} ${key === "classes" ? key : `${key} images`} (published: ${
        published.counts[key]
      })`
    );
  return differing.length === 0 ? [] : [
    `${title} has ${
      differing.join(", ")
    }; its splits are from ${loaded.splitFrom}: compare with the published split.`,
  ];
}
