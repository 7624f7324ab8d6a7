/**
 * A reproduction made ready: backend, weights, images and all cells with their identities.
 *
 * @module
 */
import { join } from "node:path";
import { disposeClip } from "../clip/mod.ts";
import type { Item, LoadedDataset } from "../datasets/mod.ts";
import { openImages, userFeatures } from "../engine/mod.ts";
import { UserError } from "../errors.ts";
import {
  codeVersion,
  type Draft,
  draftCells,
  hashImages,
  identity,
  type Lab,
  type PlannedCell,
  planner,
  trainingIdentity,
} from "../protocols/mod.ts";
import { type BackendName, useBackend } from "../tensor/mod.ts";
import { type Choice, choose } from "../cli/reproduce/choose.ts";
import { findWeights } from "./find_weights.ts";
import { type DataRecords, openClip, openDatasets, settleImages } from "./inputs.ts";
import { lackingInputs } from "./lacking.ts";
import { offerNative } from "../cli/reproduce/native_offer.ts";
import type { ReproduceOptions } from "../cli/reproduce/options.ts";
import { provenance } from "./provenance.ts";
import { isOurs } from "./threads.ts";

/** A cell that can be run. */
export interface ReadyCell {
  id: string;
  /** The identity of what it learns. */
  training: string;
  /** Whether another cell learns the same. */
  shares: boolean;
  planned: PlannedCell;
  lab: Lab;
  /** Its place among the drafts of the reproduction, which are numbered alike by every process. */
  draft: number;
  /** The experiments that it is part of, and its place in each. */
  experiments: ReadonlyMap<string, number>;
}

/** What runs the cells. */
export interface OpenLab extends Disposable {
  choice: Choice;
  backend: BackendName;
  datasets: ReadonlyMap<string, LoadedDataset>;
  data: DataRecords;
  /** Of the records, what all have in common; the CLIP differs from cell to cell. */
  command: string;
  cells: ReadyCell[];
}

/** Some cells of a plan that was made before. */
export interface Part {
  /** Their places among the drafts. */
  drafts: number[];
  /** Identities of what two cells or more learn. */
  shared: ReadonlySet<string>;
  /** What was read of the data sets when all cells were planned. */
  data: DataRecords;
}

/**
 * Opens what the options name.
 *
 * @param args as they were given: they go into the records
 * @param part opens these cells alone, and looks at their images alone
 * @throws {UserError} for what is not there or does not fit
 */
export async function openLab(
  options: ReproduceOptions,
  args: readonly string[],
  say: (line: string) => void,
  part?: Part,
): Promise<OpenLab> {
  const choice = choose(options);
  const { recipe, experiments } = choice;
  const lacking = recipe && await lackingInputs(recipe, experiments, options.root);
  if (lacking) {
    throw new UserError(
      `${lacking}; --only and --datasets take a part, --dry-run shows what there is to run`,
    );
  }
  for (const { clip } of experiments) if (!isOurs(clip)) await findWeights(clip);
  await offerNative(options.backend, say);
  const backend = await useBackend(options.backend);
  say(`Computing with ${backend.reason} ${backend.device}.`);
  const all = draftCells(experiments);
  const places = part?.drafts ?? [...all.keys()];
  const wanted = places.map((place) => all[place]);
  const common = { backend, ...await provenance(["reproduce", ...args]) };
  const codeOf = await codeVersion();
  const labs = new Map<string, Lab>();
  const clips = [...new Set(wanted.map(({ clip }) => clip))];
  for (const name of clips) {
    const { clip, record } = await openClip(name);
    const images = openImages(clip, { workers: options.workers, cache: userFeatures() });
    labs.set(name, { images, codeOf, shared: { clip: record, ...common } });
  }
  const { planned, datasets, ...found } = await plan(wanted, labs, options);
  const data = part?.data ?? found.data;
  for (const [name, lab] of labs) {
    labs.set(name, { ...lab, hashes: found.hashes, shared: { ...lab.shared, data } });
  }
  return {
    ...{ choice, datasets, data, backend: backend.name, command: common.command },
    cells: named(wanted, places, planned, labs, part?.shared),
    [Symbol.dispose]() {
      for (const { images } of labs.values()) {
        images[Symbol.dispose]();
        disposeClip(images.clip);
      }
    },
  };
}

/** The cells with their identities, each once. */
function named(
  drafts: Draft[],
  places: number[],
  planned: PlannedCell[],
  labs: ReadonlyMap<string, Lab>,
  shared?: ReadonlySet<string>,
): ReadyCell[] {
  const cells = new Map<string, ReadyCell>();
  const learners = new Map<string, number>();
  for (const [i, { clip, experiments }] of drafts.entries()) {
    const lab = labs.get(clip)!;
    const id = identity(planned[i], lab);
    const known = cells.get(id);
    if (known) {
      known.experiments = new Map([...experiments, ...known.experiments]);
      continue;
    }
    const training = trainingIdentity(planned[i], lab);
    learners.set(training, (learners.get(training) ?? 0) + 1);
    const about = { id, training, shares: false, planned: planned[i], lab };
    cells.set(id, { ...about, draft: places[i], experiments });
  }
  return [...cells.values()].map((cell) => ({
    ...cell,
    shares: shared?.has(cell.training) ?? learners.get(cell.training)! > 1,
  }));
}

/** The cells with their settings and images, after a look whether those images are there. */
async function plan(
  drafts: Draft[],
  labs: ReadonlyMap<string, Lab>,
  options: ReproduceOptions,
): Promise<{
  planned: PlannedCell[];
  datasets: Map<string, LoadedDataset>;
  data: DataRecords;
  hashes: ReadonlyMap<string, string>;
}> {
  const names = [...new Set(drafts.flatMap(({ datasets }) => datasets))];
  const datasets = await openDatasets(names, options);
  const planAll = (absent?: ReadonlySet<string>) => {
    const planners = new Map(
      [...labs].map(([name, { images }]) => [
        name,
        planner({ config: images.clip.config, datasets, absent }),
      ]),
    );
    return drafts.map((draft) => planners.get(draft.clip)!(draft));
  };
  const first = planAll();
  const used = usedImages(first);
  const { absent, data } = await settleImages(
    datasets.values(),
    ({ name }) => used.get(name) ?? [],
    options.skipMissing,
  );
  const hashes = await hashImages(
    [...used.values()].flat().map(({ path }) => path),
    join(options.out, "images.json"),
  );
  return { planned: absent.size > 0 ? planAll(absent) : first, datasets, data, hashes };
}

/** What the cells read of each data set, every list of images once. */
function usedImages(planned: readonly PlannedCell[]): Map<string, Item[]> {
  const lists = new Map<string, Set<Item[]>>();
  const add = (name: string, ...items: Item[][]) => {
    const known = lists.get(name) ?? new Set();
    for (const list of items) known.add(list);
    lists.set(name, known);
  };
  for (const { cell, source, validation, targets } of planned) {
    add(cell.dataset, source.train, validation);
    for (const { dataset } of targets) add(dataset.name, dataset.test);
  }
  return new Map([...lists].map(([name, items]) => [name, [...items].flat()]));
}
