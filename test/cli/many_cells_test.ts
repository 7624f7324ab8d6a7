/** Ten thousand cells, made up: looking at them stays quick. Measured in CPU time, which a busy machine does not change. */
import assert from "node:assert/strict";
import { type Plan, writePlan } from "../../lib/lab/plan_file.ts";
import { dataset } from "../../lib/datasets/mod.ts";
import { type Draft, draftCells, methodOf, recipes, writeRecord } from "../../lib/protocols/mod.ts";
import { record, result } from "../report/records.ts";
import { setOf } from "./commands.ts";

const repository = decodeURIComponent(new URL("../../", import.meta.url).pathname);

/** Writes both papers' experiments, with as many seeds as it takes, into a new folder. */
async function manyCells(seeds: number): Promise<{ out: string; cells: number }> {
  const out = await Deno.makeTempDir();
  const [, paper] = recipes;
  const experiments = paper!.experiments(true).map((experiment) => ({
    ...experiment,
    seeds: Array.from({ length: seeds }, (_, i) => i + 1),
  }));
  const drafts = draftCells(experiments);
  const id = (index: number) => `c${index}`;
  const plan: Plan = {
    schema: 3,
    ...{ backend: "wasm", skipMissing: false, data: [] },
    travels: { methods: {}, datasets: {} },
    report: { headline: "Made up", command: "deno task reproduce", titles: {}, missing: [] },
    experiments: experiments.map(({ entries, ...experiment }) => ({
      ...{ ...experiment, command: "deno task reproduce" },
      entries: entries.map((entry) => ({ ...entry, method: methodOf(entry).name })),
      cells: drafts.flatMap(({ experiments }, index) =>
        experiments.has(experiment.id) ? [id(index)] : []
      ),
    })),
    cells: drafts.map(({ cell }, index) => (
      { index, id: id(index), training: id(index), from: [0, 0], cell }
    )),
  };
  await writePlan(out, plan);
  for (const [index, draft] of drafts.entries()) {
    await writeRecord(out, id(index), madeUp(draft, index));
  }
  return { out, cells: drafts.length };
}

function madeUp({ cell, entry, datasets }: Draft, index: number) {
  const accuracy = 50 + index * 7 % 40;
  const results = cell.protocol === "base-to-new"
    ? [result(cell.dataset, "base", accuracy), result(cell.dataset, "new", accuracy - 5)]
    : cell.protocol === "few-shot"
    ? [result(cell.dataset, "all", accuracy)]
    : datasets.map((name, i) => result(dataset(name).name, "all", accuracy - i));
  const { preset = "paper", settings = {} } = entry;
  const changed = Object.keys(settings);
  const made = record(cell, results, { preset: { name: preset, table: "" }, overrides: changed });
  return { ...made, settings: { ...made.settings, ...settings } };
}

/** Seconds of CPU that a command takes, and what it printed. */
async function cpu(command: string, ...args: string[]): Promise<{ seconds: number; text: string }> {
  const set = `-P=${setOf(command)}`;
  const words = [Deno.execPath(), "run", set, "--no-prompt", `lib/cli/${command}.ts`];
  const { code, stdout, stderr } = await new Deno.Command("bash", {
    args: ["-c", 'TIMEFORMAT="cpu %U %S"; time "$@"', "bash", ...words, ...args],
    cwd: repository,
    env: { NO_COLOR: "1" },
  }).output();
  const [text, said] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)) as [
    string,
    string,
  ];
  assert.equal(code, 0, said);
  const [, user, system] = /^cpu (\S+) (\S+)$/m.exec(said)!;
  return { seconds: Number(user) + Number(system), text: text + said };
}

Deno.test("of ten thousand cells a report takes under 20 s, a status under 2 s", async () => {
  const { out, cells } = await manyCells(7);
  assert.ok(cells >= 10_000, `${cells} cells`);
  const reports = await cpu("reproduce", "--report-only", "--out", out);
  const looks = await cpu("status", out);
  const compares = await cpu("compare", out, out);
  console.log(
    `${cells} cells: report ${reports.seconds} s, status ${looks.seconds} s, compare ${compares.seconds} s of CPU`,
  );
  assert.match(looks.text, new RegExp(`^${cells} of ${cells} cells done`, "m"));
  assert.ok(reports.seconds < 20 && looks.seconds < 2 && compares.seconds < 20);
});
