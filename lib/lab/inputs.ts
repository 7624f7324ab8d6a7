/**
 * The CLIPs and the data sets that a reproduction uses.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import { readWhole } from "../bounds.ts";
import {
  buildClip,
  type Clip,
  loadWeights,
  pocketWeights,
  randomClip,
  smallConfig,
} from "../clip/mod.ts";
import {
  dataset,
  type Item,
  type LoadedDataset,
  missingImages,
  pocketSets,
  pocketShifts,
  presentImages,
} from "../datasets/mod.ts";
import type { RunRecord } from "../engine/mod.ts";
import { UserError } from "../errors.ts";
import { explained } from "../protocols/mod.ts";
import { parseData } from "../cli/reproduce/data_given.ts";
import { findWeights } from "./find_weights.ts";

/**
 * The weights of a name or path, and what the records say of them: the pocket CLIP, a published one, what lies at a path,
 * or, of seeded random weights, `random`.
 *
 * @throws {UserError} when they are not there or not whole
 */
export async function openClip(given: string): Promise<{ clip: Clip; record: RunRecord["clip"] }> {
  if (given === "random") {
    const clip = randomClip(smallConfig, 1);
    const description = "a small CLIP with seeded random weights: it knows nothing";
    return { clip, record: { name: clip.name, sha256: clip.sha256, description } };
  }
  if (given === "pocket") {
    const clip = buildClip(await pocketWeights());
    const description = "the pocket CLIP, pre-trained by this project on drawn pictures";
    return { clip, record: { name: clip.name, sha256: clip.sha256, description } };
  }
  const { path, name } = await findWeights(given);
  const clip = buildClip(await loadWeights(path, name));
  const description = name ? `the published ${name}` : `weights read from ${basename(path)}`;
  const published = name !== undefined;
  return { clip, record: { name: clip.name, sha256: clip.sha256, description, published } };
}

/**
 * Data sets by name: those of `--data` from where that says, drawn ones beside the results, the others from under `root`.
 *
 * @throws {UserError} when one is not there
 */
export async function openDatasets(
  names: readonly string[],
  { data, root, out }: { data: readonly string[]; root: string; out: string },
): Promise<Map<string, LoadedDataset>> {
  const given = new Map(parseData(data).map((one) => [one.set.name, one]));
  const loaded = new Map<string, LoadedDataset>();
  for (const name of names) {
    const { set, root: from } = given.get(name) ??
      { set: dataset(name), root: isDrawn(name) ? join(out, "data") : root };
    loaded.set(name, await explained(from, () => set.load(from)));
  }
  return loaded;
}

/** Whether a data set is of the pocket suite, which is drawn where it is missing. */
function isDrawn(name: string): boolean {
  return [...pocketSets, ...pocketShifts].some((set) => set.name === name);
}

/** What was read of a data set. */
export type DataRecords = NonNullable<RunRecord["data"]>;

/**
 * Sees to it that all images are there before anything starts: an error that says which are not, in one line; or, when
 * they may be skipped, their paths. `used` picks what the cells read of a set.
 */
export async function settleImages(
  datasets: Iterable<LoadedDataset>,
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
    return hash.update(await readWhole(splitFrom)).digest("hex");
  } catch {
    // No split file: a rule made the splits, so they are hashed themselves.
    return hash.update(JSON.stringify([train, val, test])).digest("hex");
  }
}
