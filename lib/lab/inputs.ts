/**
 * The CLIPs and the data sets that a reproduction uses.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { basename, join, resolve } from "node:path";
import { readWhole } from "../bounds.ts";
import {
  buildClip,
  type Clip,
  loadWeights,
  pocketWeights,
  publishedNames,
  randomClip,
  smallConfig,
} from "../clip/mod.ts";
import {
  dataset,
  isOwnSpec,
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
import type { Values } from "./experiments.ts";
import { findWeights } from "./find_weights.ts";

/**
 * The weights of a name or path, and what the records say of them: the pocket CLIP, a published one, what lies at a path,
 * or, of seeded random weights, `random`.
 *
 * @throws {UserError} when they are not there or not whole
 */
export async function openClip(
  given: string,
  values: ReadonlyMap<string, Clip> = new Map(),
): Promise<{ clip: Clip; record: RunRecord["clip"] }> {
  const value = values.get(given);
  if (value) {
    const { name, sha256 } = value;
    return { clip: value, record: { name, sha256, description: "a CLIP that the program made" } };
  }
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
  const description = name
    ? `the published ${name}`
    : `weights read from ${basename(path)}${clip.from ? ` by the ${clip.from} beside them` : ""}`;
  const record = {
    ...{
      name: clip.name,
      sha256: clip.sha256,
      description,
      published: publishedNames.some((known) => known === name),
    },
    ...clip.from !== undefined && { config: clip.config },
    ...clip.assumed !== undefined && { assumed: clip.assumed },
  };
  return { clip, record };
}

/** Where data sets lie. */
export interface DataPlaces {
  /** The folder that they lie under, each in its own: `datasets` when not given. */
  root?: string;
  /** For single ones another such folder, by their names. */
  roots?: Readonly<Record<string, string>>;
  /** Leaves out images that are not there, which the report says, rather than refuse. */
  skipMissing?: boolean;
}

/**
 * The folder that a data set lies under: drawn ones are beside the results, and so is what is unpacked of a user's own.
 *
 * @param spec what stands for it
 */
export function rootOf(
  name: string,
  { root = "datasets", roots }: DataPlaces,
  out: string,
  spec: string = name,
): string {
  const beside = isDrawn(name) || isOwnSpec(spec);
  return resolve(roots?.[name] ?? (beside ? join(out, "data") : root));
}

/**
 * Data sets by name.
 *
 * @param root the folder that one lies under
 * @throws {UserError} when one is not there
 */
export async function openDatasets(
  names: readonly string[],
  { datasets, specs }: Pick<Values, "datasets" | "specs">,
  root: (name: string) => string,
): Promise<Map<string, LoadedDataset>> {
  const loaded = new Map<string, LoadedDataset>();
  for (const name of names) {
    const set = datasets.get(name) ?? dataset(specs.get(name) ?? name);
    const from = root(name);
    loaded.set(name, "load" in set ? await explained(from, () => set.load(from)) : set);
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
    const message = gone.length > 0 ? await missingImages(read) : undefined;
    if (message) messages.push(`${set.title}: ${message}`);
    data.push({
      ...{ dataset: set.name, splitSha256: await splitHash(set), missing: gone.length },
      ...set.assumed?.length && { assumed: [...set.assumed] },
    });
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
