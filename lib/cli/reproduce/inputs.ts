/**
 * The CLIP and the data sets that a reproduction was told to use, or small ones of its own.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { basename, dirname, join, resolve } from "node:path";
import { buildClip, type Clip, loadWeights, randomClip, smallConfig } from "../../clip/mod.ts";
import {
  dataset,
  drawnShapes,
  drawShapes,
  type Item,
  type LoadedDataset,
  missingImages,
  presentImages,
} from "../../datasets/mod.ts";
import type { RunRecord } from "../../engine/mod.ts";
import { UserError } from "../../errors.ts";
import { explained } from "../../protocols/mod.ts";
import { UsageError } from "../options.ts";
import { findWeights } from "./find_weights.ts";

/** The weights, and what the records say of them. */
export async function openClip(given?: string): Promise<{ clip: Clip; record: RunRecord["clip"] }> {
  if (given === undefined) {
    const clip = randomClip(smallConfig, 1);
    const description = "a small CLIP with seeded random weights: it knows nothing";
    return { clip, record: { name: clip.name, sha256: clip.sha256, description } };
  }
  const { path, name } = await findWeights(given);
  const clip = buildClip(await loadWeights(path, name));
  const description = name ? `the published ${name}` : `weights read from ${basename(path)}`;
  const record = {
    name: clip.name,
    sha256: clip.sha256,
    description,
    published: name !== undefined,
  };
  return { clip, record };
}

/** The data sets of `--data NAME=PATH`; without any, the drawn shapes, put beside the results. */
export async function openDatasets(given: string[], out: string): Promise<LoadedDataset[]> {
  if (given.length === 0) {
    const root = join(out, "data");
    await explained(root, () => drawShapes(root));
    return [await drawnShapes.load(root)];
  }
  const loaded = await Promise.all(given.map(openDataset));
  const names = loaded.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice) throw new UsageError(`reproduce: --data names ${twice} twice: give it once`);
  return loaded;
}

/** `NAME=PATH`, where PATH holds the set's folder or is it; or a user's own, such as `folder:PATH`. */
async function openDataset(given: string): Promise<LoadedDataset> {
  if (/^\w+:/.test(given)) return await dataset(given).load("");
  const at = given.indexOf("=");
  if (at < 1) {
    throw new UsageError(
      `reproduce: --data takes NAME=PATH, such as eurosat=./data: got ${JSON.stringify(given)}`,
    );
  }
  const [name, path] = [given.slice(0, at), given.slice(at + 1)];
  const set = dataset(name);
  const isItself = set.published && basename(resolve(path)) === set.published.folder;
  return await set.load(isItself ? dirname(resolve(path)) : path);
}

/** What was read of a data set. */
export type DataRecords = NonNullable<RunRecord["data"]>;

/**
 * Sees to it that all images are there before anything starts: an error that says which are not, in one line; or, when
 * they may be skipped, their paths. `used` picks what the cells read of a set.
 */
export async function settleImages(
  datasets: LoadedDataset[],
  used: (set: LoadedDataset) => Item[],
  skip: boolean,
): Promise<{ absent: Set<string>; data: DataRecords }> {
  const messages: string[] = [];
  const data: DataRecords = [];
  const absent = new Set<string>();
  for (const set of datasets) {
    const read = [...new Map(used(set).map((item) => [item.path, item])).values()];
    const present = new Set(await presentImages(read));
    const gone = read.filter((item) => !present.has(item));
    for (const { path } of gone) absent.add(path);
    const message = await missingImages(read);
    if (message) messages.push(`${set.title}: ${message}`);
    data.push({ dataset: set.name, splitSha256: await splitHash(set), missing: gone.length });
  }
  if (messages.length > 0 && !skip) {
    throw new UserError(
      `${messages.join("; ")} (--skip-missing leaves them out)`,
    );
  }
  return { absent, data };
}

async function splitHash({ splitFrom, train, val, test }: LoadedDataset): Promise<string> {
  const hash = createHash("sha256");
  try {
    return hash.update(await Deno.readFile(splitFrom)).digest("hex");
  } catch {
    // No split file: a rule made the splits, so they are hashed themselves.
    return hash.update(JSON.stringify([train, val, test])).digest("hex");
  }
}
