/**
 * `deno task reproduce`: the papers' protocols on the weights and data that are named, from nothing to a report.
 *
 * @module
 */
import { join } from "node:path";
import { disposeClip } from "../clip/mod.ts";
import { type Images, openImages, type RunRecord } from "../engine/mod.ts";
import { UserError } from "../errors.ts";
import { method } from "../methods/mod.ts";
import {
  cells,
  identity,
  type Lab,
  planCell,
  type PlannedCell,
  protocol,
  readRecord,
  runCell,
  writeRecord,
} from "../protocols/mod.ts";
import { type Failure, report, writeReport } from "../report/mod.ts";
import { useBackend } from "../tensor/mod.ts";
import { parse } from "./options.ts";
import { progress } from "./progress.ts";
import { openClip, openDatasets, settleImages } from "./reproduce/inputs.ts";
import { offerNative } from "./reproduce/native_offer.ts";
import { type ReproduceOptions, reproduceOptions } from "./reproduce/options.ts";
import { settingsGiven } from "./reproduce/settings_given.ts";
import { provenance } from "./reproduce/provenance.ts";
import { run } from "./run.ts";

const summary =
  "Runs the papers' protocols and writes a report. Without --clip and --data it checks the machinery on random weights and drawn shapes.";

/** Epochs of a run on random weights: enough to see that everything works. */
const CHECK_EPOCHS = 5;

/** Runs the command. → exit code: 1 when a cell failed */
export async function reproduce(
  args: readonly string[],
  say: (line: string) => void,
): Promise<number> {
  const options = parse("reproduce", reproduceOptions, args, summary);
  const overrides = settingsGiven(options.set, options.methods);
  await offerNative(options.backend, say);
  const backend = await useBackend(options.backend);
  say(`Computing with ${backend.reason} ${backend.device}.`);
  const { clip, record } = await openClip(options.clip);
  using images = openImages(clip, { workers: options.workers });
  const { planned, lab } = await plan(options, overrides, images, {
    clip: record,
    backend,
    ...await provenance(["reproduce", ...args]),
  });
  say(`${planned.length} cells: ${describe(options, lab)}. Results go to ${options.out}.`);
  const { records, failures } = await runAll(planned, lab, join(options.out, "records"), say);
  disposeClip(clip);
  const context = {
    headline: headline(options),
    command: lab.shared.command,
    titles: titles(options, lab),
    failures,
    missing: (lab.shared.data ?? []).filter(({ missing }) => missing > 0)
      .map(({ dataset, missing }) =>
        `${missing} images of ${dataset} are not there and were left out.`
      ),
  };
  const files = await writeReport(options.out, report(records, context));
  for (const file of files) say(`Wrote ${file}`);
  return failures.length > 0 ? 1 : 0;
}

/** All cells with their settings and images, after a look whether those images are there. */
async function plan(
  options: ReproduceOptions,
  overrides: Record<string, unknown>,
  images: Images,
  shared: Lab["shared"],
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
  const planAll = (lab: Lab) =>
    cells({
      protocol: chosen,
      methods: options.methods.map(method),
      datasets: lab.datasets,
      shots: options.shots ?? chosen.shots,
      seeds: options.seeds,
    }).map((cell) =>
      planCell(cell, { method: method(cell.method), protocol: chosen, presetName: preset }, lab)
    );
  const first = planAll(lab);
  const used = (name: string) =>
    first.flatMap(({ cell, training, source, targets }) => [
      ...(cell.dataset === name && training.epochs > 0 ? source.train : []),
      ...targets.filter((t) => t.dataset.name === name).flatMap((t) => t.dataset.test),
    ]);
  const { absent, data } = await settleImages(
    loaded,
    ({ name }) => used(name),
    options.skipMissing,
  );
  const settled = { ...lab, absent, shared: { ...shared, data } };
  return { planned: planAll(settled), lab: settled };
}

/** Runs the cells that have no record yet. A cell that fails is noted, and the others go on. */
async function runAll(
  planned: PlannedCell[],
  lab: Lab,
  folder: string,
  say: (line: string) => void,
): Promise<{ records: RunRecord[]; failures: Failure[] }> {
  const records: RunRecord[] = [];
  const failures: Failure[] = [];
  const display = progress("percent");
  let kept = 0;
  for (const [i, cell] of planned.entries()) {
    const { method, dataset, shots, seed } = cell.cell;
    const name = `${method} on ${dataset}, ${shots} shots, seed ${seed}`;
    const id = identity(cell, lab);
    const done = await readRecord(folder, id);
    if (done) {
      kept++;
      records.push(done);
      continue;
    }
    const update = (part: number, note: string) =>
      display.update(
        Math.floor(100 * (i + part) / planned.length),
        100,
        `cell ${i + 1} of ${planned.length}: ${name}, ${note}`,
      );
    try {
      const record = await runCell(cell, lab, {
        onStep: ({ epoch, epochs, step, steps, loss }) =>
          update(
            0.9 * (epoch + step / steps) / epochs,
            `epoch ${epoch + 1}/${epochs}, loss ${loss.toFixed(3)}`,
          ),
        onEvaluation: (done, total) => update(0.9 + 0.1 * done / total, `tested ${done}/${total}`),
      });
      await writeRecord(folder, id, record);
      records.push(record);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      failures.push({ cell: cell.cell, error: error.message });
    }
  }
  display.update(100, 100, `${planned.length} cells`);
  display.stop();
  if (kept > 0) say(`${kept} of ${planned.length} cells were already done.`);
  for (const { cell, error } of failures) {
    say(`Failed: ${cell.method} on ${cell.dataset}: ${error}`);
  }
  return { records, failures };
}

function describe({ protocol, methods, seeds }: ReproduceOptions, { datasets }: Lab): string {
  const sets = datasets.map(({ title }) => title).join(", ");
  return `${protocol}, ${methods.join(", ")} on ${sets}, seeds ${seeds.join(", ")}`;
}

function headline({ clip, data }: ReproduceOptions): string {
  if (clip === undefined) {
    return "A check of the machinery, not a result: the CLIP has seeded random weights" +
      (data.length === 0 ? " and the data are drawn shapes" : "");
  }
  return "Prompt learning for CLIP, reproduced";
}

function titles({ methods }: ReproduceOptions, { datasets }: Lab): Record<string, string> {
  return Object.fromEntries([
    ...methods.map((name) => [name, method(name).title]),
    ...datasets.map(({ name, title }) => [name, title]),
  ]);
}

if (import.meta.main) await run(() => reproduce(Deno.args, (line) => console.error(line)));
