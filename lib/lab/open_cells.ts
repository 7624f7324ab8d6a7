/**
 * Cells made ready: backend, weights, images, and each cell with its identity.
 *
 * @module
 */
import { join } from "node:path";
import { disposeClip } from "../clip/mod.ts";
import type { Item, LoadedDataset } from "../datasets/mod.ts";
import { openImages, userFeatures } from "../engine/mod.ts";
import {
  codeVersion,
  type Draft,
  hashImages,
  identity,
  type Lab,
  type PlannedCell,
  planner,
  rehearse,
  trainingIdentity,
} from "../protocols/mod.ts";
import { type BackendName, type Precision, useBackend } from "../tensor/mod.ts";
import type { Values } from "./experiments.ts";
import { type DataRecords, openClip, openDatasets, settleImages } from "./inputs.ts";
import { halfIsFaster } from "./machine.ts";
import { notPictures } from "./not_pictures.ts";
import { provenance } from "./provenance.ts";
import { alikeOf } from "./stacks.ts";

/** A cell that can be run. */
export interface ReadyCell {
  id: string;
  /** The identity of what it learns. */
  training: string;
  /** Whether another cell learns the same. */
  shares: boolean;
  planned: PlannedCell;
  lab: Lab;
  /** What it has alike with cells that it can be stacked with; undefined where it is trained alone. */
  alike?: unknown;
  /** What it was made of. */
  draft: Draft;
  /** The experiments that it is part of, and its place in each. */
  experiments: ReadonlyMap<string, number>;
}

/** What runs the cells. */
export interface OpenCells extends Disposable {
  backend: BackendName;
  /** Of products with frozen weights, where it is not float32. */
  precision?: Precision | undefined;
  datasets: ReadonlyMap<string, LoadedDataset>;
  data: DataRecords;
  cells: ReadyCell[];
}

/** What cells are opened with. */
export interface Opening {
  /** The folder of results. */
  out: string;
  /** What the drafts' names stand for. */
  values: Values;
  /** The folder that a data set lies under. */
  root: (name: string) => string;
  /** Leaves out images that are not there. */
  skipMissing?: boolean;
  /** The backend that computes; the fastest that works when not given. */
  backend?: BackendName | undefined;
  /** The precision of products with frozen weights; float32 when not given. */
  precision?: Precision | undefined;
  /** How many threads read images. */
  workers?: number | undefined;
  /** How many cells may train as one. */
  stack?: number | undefined;
  /** For the records: what runs the cells. */
  command: string;
  /** Takes a line. */
  say: (line: string) => void;
}

/** What is known of cells that were planned before. */
export interface Part {
  /** Identities of what two cells or more learn. */
  shared: ReadonlySet<string>;
  /** What was read of the data sets when all cells were planned. */
  data: DataRecords;
}

/**
 * Opens what the drafts name.
 *
 * @param part where the drafts are some cells of a plan
 * @throws {UserError} for what is not there or does not fit
 */
export async function openCells(
  drafts: readonly Draft[],
  opening: Opening,
  part?: Part,
): Promise<OpenCells> {
  const { values, workers, command, say, stack = 1 } = opening;
  const about = provenance(); // git looks at the checkout meanwhile
  const clips = new Map<string, OpenClip>();
  try {
    const backend = await useBackend(opening.backend, opening.precision);
    const codeOf = await codeVersion();
    say(`Backend: ${backend.reason} ${backend.device}.`);
    if (!part && backend.precision === "bf16" && !await halfIsFaster()) {
      say(
        "bfloat16 is slower than float32 on this machine, as measured now: leave --precision out.",
      );
    }
    for (const name of new Set(drafts.map(({ clip }) => clip))) {
      const { clip, record } = await openClip(name, values.clips);
      clips.set(name, { images: openImages(clip, { workers, cache: userFeatures() }), record });
    }
    const { planned, datasets, hashes, ...found } = await plan(drafts, clips, opening);
    if (!part) rehearseAll(drafts, planned, clips);
    const data = part?.data ?? found.data;
    const common = { backend, ...await about, command, data };
    const labs = new Map<string, Lab>();
    for (const [name, { images, record }] of clips) {
      labs.set(name, { images, codeOf, hashes, shared: { clip: record, ...common } });
    }
    const cells = identified(drafts, planned, labs, part?.shared);
    return {
      ...{ datasets, data, backend: backend.name, precision: backend.precision },
      cells: stack === 1 ? cells : cells.map((cell) => (
        { ...cell, alike: alikeOf(cell.planned, cell.lab.images.clip) }
      )),
      [Symbol.dispose]: () => close(clips, values),
    };
  } catch (error) {
    close(clips, values);
    await about; // so that nothing goes on
    throw error;
  }
}

/** A CLIP that cells are on, and what their records say of it. */
type OpenClip = Pick<Lab, "images"> & { record: Lab["shared"]["clip"] };

/** Every cell with the CLIP that it is on. */
function rehearseAll(
  drafts: readonly Draft[],
  planned: readonly PlannedCell[],
  clips: ReadonlyMap<string, OpenClip>,
): void {
  for (const [name, { images }] of clips) {
    rehearse(planned.filter((_, i) => drafts[i]!.clip === name), images.clip);
  }
}

/** Frees what was opened, and not what was given. */
function close(clips: ReadonlyMap<string, OpenClip>, { clips: given }: Values): void {
  for (const [name, { images }] of clips) {
    images[Symbol.dispose]();
    if (!given.has(name)) disposeClip(images.clip);
  }
}

/** The cells with their identities, each once. */
function identified(
  drafts: readonly Draft[],
  planned: PlannedCell[],
  labs: ReadonlyMap<string, Lab>,
  shared?: ReadonlySet<string>,
): ReadyCell[] {
  const cells = new Map<string, ReadyCell>();
  const learners = new Map<string, number>();
  for (const [i, draft] of drafts.entries()) {
    const { clip, experiments } = draft;
    const lab = labs.get(clip)!;
    const cell = planned[i]!;
    const id = identity(cell, lab);
    const known = cells.get(id);
    if (known) {
      known.experiments = new Map([...experiments, ...known.experiments]);
      continue;
    }
    const training = trainingIdentity(cell, lab);
    learners.set(training, (learners.get(training) ?? 0) + 1);
    const about = { id, training, shares: false, planned: cell, lab };
    cells.set(id, { ...about, draft, experiments });
  }
  return [...cells.values()].map((cell) => ({
    ...cell,
    shares: shared?.has(cell.training) ?? learners.get(cell.training)! > 1,
  }));
}

/** The cells with their settings and images, after a look whether those images are there. */
async function plan(
  drafts: readonly Draft[],
  clips: ReadonlyMap<string, OpenClip>,
  { values, root, skipMissing = false, out }: Opening,
): Promise<{
  planned: PlannedCell[];
  datasets: Map<string, LoadedDataset>;
  data: DataRecords;
  hashes: ReadonlyMap<string, string>;
}> {
  const names = [...new Set(drafts.flatMap(({ datasets }) => datasets))];
  const datasets = await openDatasets(names, values, root);
  const planAll = (absent?: ReadonlySet<string>) => {
    const planners = new Map(
      [...clips].map(([name, { images }]) => [
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
    skipMissing,
  );
  const bad = notPictures();
  const hashes = await hashImages(
    [...used.values()].flat().map(({ path }) => path),
    join(out, "images.json"),
    bad.sound,
  );
  bad.refuse();
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
