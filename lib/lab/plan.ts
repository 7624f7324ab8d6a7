/**
 * Experiments planned: their cells made ready, numbered, and written down so that other processes can run them; and what
 * their report says that no record knows.
 *
 * @module
 */
import { type Draft, draftCells, protocol } from "../protocols/mod.ts";
import {
  type GivenExperiment,
  named,
  type NamedEntry,
  type NamedExperiment,
  type Values,
} from "./experiments.ts";
import { everywhere } from "./find_weights.ts";
import { rootOf } from "./inputs.ts";
import { jobsFor, tooMany } from "./jobs.ts";
import { measureMachine } from "./machine.ts";
import { type OpenCells, openCells, type ReadyCell } from "./open_cells.ts";
import { checkLabOptions, type LabOptions } from "./options.ts";
import { lookAhead, type Outlook } from "./outlook.ts";
import { type Plan, PLAN_SCHEMA, type PlannedPlace, strangers } from "./plan_file.ts";
import { ownCommand } from "./provenance.ts";
import { keepToOneThread } from "./threads.ts";
import { type Staying, travelling } from "./travel.ts";

/**
 * A plan, and what is to come.
 *
 * @category Reproduce
 */
export interface Planned {
  /** The cells, numbered. */
  plan: Plan;
  /** Which of them are done, and what the others will cost. */
  outlook: Outlook;
  /** How many cells will run side by side. */
  jobs: number;
}

/**
 * Plans experiments, and runs nothing.
 *
 * @throws {UserError} for names that are none, weights and images that are not there, settings out of range
 *
 * @category Reproduce
 *
 * @example
 * ```ts
 * import { plan } from "@plumbline/plumbline";
 * import assert from "node:assert/strict";
 * const out = await Deno.makeTempDir();
 * const { plan: { cells } } = await plan(
 *   { clip: "random", entries: ["coop", "prograd"], datasets: ["pocket-tiles"], seeds: [1, 2] },
 *   { out, backend: "wasm" },
 * );
 * assert.deepEqual(cells.map(({ cell }) => `${cell.method} ${cell.seed}`), [
 *   "coop 1",
 *   "coop 2",
 *   "prograd 1",
 *   "prograd 2",
 * ]);
 * ```
 */
export async function plan(
  experiments: GivenExperiment | readonly GivenExperiment[],
  options: LabOptions,
): Promise<Planned> {
  checkLabOptions("plan", options);
  const { cells: _, [Symbol.dispose]: close, ...planned } = await openPlan(experiments, options);
  close();
  return planned;
}

/** A plan with its cells ready to run in this process. */
export interface OpenPlan extends Planned, Disposable {
  cells: ReadyCell[];
}

/** Plans experiments and keeps open what their cells need. */
export async function openPlan(
  given: GivenExperiment | readonly GivenExperiment[],
  options: LabOptions,
): Promise<OpenPlan> {
  const { out, clip, data = {}, command = ownCommand(), onEvent } = options;
  const say = (text: string) => onEvent?.({ type: "note", text });
  const { backend, precision, workers, keep, stack } = options;
  const { experiments, values } = named(
    [given].flat().map((one) => (clip ? { ...one, clip } : one)),
  );
  for (const one of experiments) if (!values.clips.has(one.clip)) one.clip = everywhere(one.clip);
  keepToOneThread(experiments.map((one) => one.clip));
  const before = await strangers(out);
  if (before !== undefined) {
    say(
      `${out} holds a plan of another version, of ${before} cells: it is replaced; what that version ran stays there, ` +
        "and is not mixed in.",
    );
  }
  const root = (name: string) => rootOf(name, data, out, values.specs.get(name));
  const { travels, stays } = await travelling(values, root);
  const { skipMissing = false } = data;
  const drafts = draftCells(experiments.map((one) => valued(one, values)));
  const open = await openCells(drafts, {
    ...{ out, values, root, skipMissing, backend, precision, workers, stack, command, say },
  });
  try {
    for (const { dataset, assumed = [] } of open.data) {
      const { title } = open.datasets.get(dataset)!;
      if (assumed.length > 0) say(`${title}: ${assumed.join("; ")}.`);
    }
    const places = open.cells.map((cell, index) => placed(cell, index, experiments, stays));
    for (const text of new Set(places.flatMap(({ stays = [] }) => stays))) {
      say(`${text}: its cells run in this process.`);
    }
    const outlook = await lookAhead(out, open.cells, measureMachine, stack);
    const crowd = options.jobs && tooMany(options.jobs, outlook.costs);
    if (crowd) say(crowd);
    return {
      plan: {
        schema: PLAN_SCHEMA,
        ...{ backend: open.backend, precision: open.precision, workers, stack, skipMissing, keep },
        ...{ travels, data: open.data },
        report: {
          headline: options.headline ?? headline(open),
          command,
          titles: titles(open),
          missing: open.data.filter(({ missing }) => missing > 0).map(({ dataset, missing }) =>
            `${missing} images of ${dataset} are not there and were left out.`
          ),
        },
        experiments: experiments.map((one) => ({
          ...one,
          command: one.command ?? command,
          cells: open.cells.filter((cell) => cell.experiments.has(one.id))
            .sort((a, b) => a.experiments.get(one.id)! - b.experiments.get(one.id)!)
            .map(({ id }) => id),
        })),
        cells: places,
      },
      ...{ outlook, cells: open.cells, jobs: options.jobs ?? jobsFor(open.cells, outlook.costs) },
      [Symbol.dispose]: () => open[Symbol.dispose](),
    };
  } catch (error) {
    open[Symbol.dispose]();
    throw error;
  }
}

/** The experiment with the methods that names stand for. */
function valued(one: NamedExperiment, values: Values) {
  return { ...one, entries: one.entries.map((entry) => withMethod(entry, values)) };
}

function withMethod(entry: NamedEntry, { methods }: Pick<Values, "methods">) {
  return { ...entry, method: methods.get(entry.method) ?? entry.method };
}

function placed(
  { id, training, draft, planned: { cell } }: ReadyCell,
  index: number,
  experiments: readonly NamedExperiment[],
  staying: Staying,
): PlannedPlace {
  const [first] = draft.experiments.keys();
  const at = experiments.findIndex((one) => one.id === first);
  const key = JSON.stringify({ ...draft.entry, method: cell.method });
  const entry = experiments[at]!.entries.findIndex((one) => JSON.stringify(one) === key);
  const stays = [cell.method, draft.clip, ...setsOf(draft)].map((name) => staying.get(name))
    .find((why) => why !== undefined);
  return { index, id, training, from: [at, entry], ...stays && { stays }, cell };
}

/** The data sets that a cell reads. */
function setsOf({ cell, datasets }: Draft): string[] {
  return protocol(cell.protocol).oneSource ? datasets : [cell.dataset];
}

/** What cells of a plan were made of. */
export function draftOf({ experiments }: Plan, place: PlannedPlace, values: Values): Draft {
  const { cell, from: [at, entry] } = place;
  const { entries, clip, datasets } = experiments[at]!;
  const draft = { cell, entry: withMethod(entries[entry]!, values), clip, datasets };
  return {
    ...draft,
    datasets: setsOf({ ...draft, experiments: new Map() }),
    experiments: new Map(),
  };
}

function headline({ cells }: OpenCells): string {
  const clips = cells.map(({ lab }) => lab.shared.clip);
  if (clips.some(({ description }) => description.includes("random weights"))) {
    return "A check of the machinery, not a result: the CLIP has seeded random weights";
  }
  if (clips.every(({ published }) => published)) return "Prompt learning for CLIP, reproduced";
  return `Prompt learning on ${
    clips.find(({ published }) => !published)!.name
  }: not the papers' weights, so not their experiments`;
}

function titles({ cells, datasets }: OpenCells): Record<string, string> {
  return Object.fromEntries([
    ...cells.map(({ planned: { method: { name, title } } }) => [name, title]),
    ...[...datasets.values()].map(({ name, title }) => [name, title]),
  ]);
}
