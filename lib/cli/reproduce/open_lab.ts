/**
 * A reproduction made ready: backend, weights, images and all cells with their identities.
 *
 * @module
 */
import { join } from "node:path";
import { disposeClip } from "../../clip/mod.ts";
import { type Images, openImages } from "../../engine/mod.ts";
import { method } from "../../methods/mod.ts";
import {
  cells,
  hashImages,
  identity,
  type Lab,
  planCell,
  type PlannedCell,
  protocol,
} from "../../protocols/mod.ts";
import { type BackendName, useBackend } from "../../tensor/mod.ts";
import { type DataRecords, openClip, openDatasets, settleImages } from "./inputs.ts";
import { offerNative } from "./native_offer.ts";
import type { ReproduceOptions } from "./options.ts";
import { provenance } from "./provenance.ts";
import { settingsGiven } from "./settings_given.ts";

/** Epochs of a run on random weights: enough to see that everything works. */
const CHECK_EPOCHS = 5;

/** A cell that can be run. */
export interface ReadyCell {
  id: string;
  planned: PlannedCell;
}

/** What runs the cells. */
export interface OpenLab extends Disposable {
  lab: Lab;
  backend: BackendName;
  cells: ReadyCell[];
}

/** Some cells of a plan that was made before. */
export interface Part {
  indices: number[];
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
  const overrides = settingsGiven(options.set, options.methods);
  await offerNative(options.backend, say);
  const backend = await useBackend(options.backend);
  say(`Computing with ${backend.reason} ${backend.device}.`);
  const { clip, record } = await openClip(options.clip);
  const images = openImages(clip, { workers: options.workers });
  const shared = { clip: record, backend, ...await provenance(["reproduce", ...args]) };
  const { planned, lab } = await plan(options, overrides, images, shared, part);
  return {
    lab,
    backend: backend.name,
    cells: planned.map((planned) => ({ id: identity(planned, lab), planned })),
    [Symbol.dispose]() {
      images[Symbol.dispose]();
      disposeClip(clip);
    },
  };
}

/** The cells with their settings and images, after a look whether those images are there. */
async function plan(
  options: ReproduceOptions,
  overrides: Record<string, unknown>,
  images: Images,
  shared: Lab["shared"],
  part?: Part,
): Promise<{ planned: PlannedCell[]; lab: Lab }> {
  const { views, preset } = options;
  const epochs = options.epochs ?? (options.clip === undefined ? CHECK_EPOCHS : undefined);
  const loaded = await openDatasets(options.data, options.out);
  const chosen = protocol(options.protocol);
  const lab: Lab = {
    images,
    datasets: loaded,
    overrides,
    training: epochs === undefined ? {} : { epochs },
    views,
    shared,
  };
  const all = cells({
    protocol: chosen,
    methods: options.methods.map(method),
    datasets: lab.datasets,
    shots: options.shots ?? chosen.shots,
    seeds: options.seeds,
  });
  const indices = new Set(part?.indices ?? all.keys());
  const wanted = all.filter((_, index) => indices.has(index));
  const planAll = (lab: Lab) =>
    wanted.map((cell) =>
      planCell(cell, { method: method(cell.method), protocol: chosen, presetName: preset }, lab)
    );
  const first = planAll(lab);
  const used = (name: string) =>
    first.flatMap(({ cell, source, validation, targets }) => [
      ...(cell.dataset === name ? [...source.train, ...validation] : []),
      ...targets.filter((t) => t.dataset.name === name).flatMap((t) => t.dataset.test),
    ]);
  const { absent, data } = await settleImages(
    loaded,
    ({ name }) => used(name),
    options.skipMissing,
  );
  const hashes = await hashImages(
    loaded.flatMap(({ name }) => used(name).map(({ path }) => path)),
    join(options.out, "images.json"),
  );
  const settled = { ...lab, absent, hashes, shared: { ...shared, data: part?.data ?? data } };
  return { planned: planAll(settled), lab: settled };
}
