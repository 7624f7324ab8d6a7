/**
 * `deno task compare A B`: two folders of results side by side, with the difference over the seeds that both have.
 *
 * @module
 */
import {
  aligned,
  type Observation,
  pairedDifference,
  summarize,
  withHarmonic,
} from "../results/mod.ts";
import { UserError } from "../errors.ts";
import { datasets } from "../datasets/mod.ts";
import type { Cell } from "../engine/mod.ts";
import { readRecord } from "../protocols/mod.ts";
import {
  type Form,
  labels,
  readReport,
  type ReportJson,
  type ReportTable,
  seedsInWords,
  tableCsv,
  tableLatex,
  tableMarkdown,
  type Value,
  variant,
} from "../report/mod.ts";
import { argument, choice, parse } from "./options.ts";
import { readPlan } from "../lab/mod.ts";
import { run } from "./run.ts";
import { print } from "../terminal.ts";

const compareOptions = {
  a: argument(
    "A",
    "a folder that deno task reproduce has written, or its report.json; data/pocket is what comes along",
  ),
  b: argument("B", "another"),
  format: choice(["text", "csv", "latex"], "how the table is written", "text"),
};

const summary = "Sets two folders of results side by side, with the differences B − A over seeds.";

/** Runs the command. → exit code */
export async function compare(
  args: readonly string[],
  print: (line: string) => void,
): Promise<number> {
  const { a, b, format } = parse("compare", compareOptions, args, summary);
  const [inA, inB] = [await accuracies(a), await accuracies(b)];
  const { table, alone } = compared(inA, inB);
  if (table.rows.length === 0) {
    throw new UserError(
      `${a} (${inA.size} results) and ${b} (${inB.size}) have no protocol, method, data set, shots and seed in common: ` +
        "name folders of the same experiments.",
    );
  }
  if (format === "csv") print(tableCsv(table).trimEnd());
  if (format === "latex") print(tableLatex(table).trimEnd());
  if (format !== "text") return 0;
  // In a terminal nothing needs the escapes of brackets.
  print(tableMarkdown(table).replaceAll(/\\([[\]])/g, "$1"));
  if (alone > 0) print(`\n${alone} results are in one of the two alone.`);
  return 0;
}

/** What was measured, in words that both folders share. */
interface Measured {
  protocol: string;
  method: string;
  dataset: string;
  target: string;
  classes: string;
  shots: number;
}

/** One form of a method: its accuracies in percent by seed. */
interface Found {
  form: Form;
  /** What its CLIP is called. */
  clip: string;
  /** Whether published values are of this form. */
  published: boolean;
  bySeed: Map<number, number>;
}

/** By what was measured, and by the form of the method. */
type Accuracies = Map<string, { measured: Measured; forms: Map<string, Found> }>;

/** One run, of a record or of a report. */
interface OneRun {
  cell: Cell;
  form: Form;
  clip: string;
  published: boolean;
  rows: { target: string; classes: string; accuracy: number }[];
}

/** The runs of a folder's last plan (other cells that lie there may have other settings), or those that a report holds. */
async function runsOf(place: string): Promise<OneRun[]> {
  const planned = await Deno.stat(`${place}/plan.json`).then(() => true, () => false);
  const reported = await Deno.stat(`${place}/report.json`).then(() => true, () => false);
  if (place.endsWith(".json") || (!planned && reported)) {
    return reportedRuns(await readReport(place));
  }
  const { cells } = await readPlan(place);
  const found: OneRun[] = [];
  for (const { id, cell } of cells) {
    const record = await readRecord(place, id);
    if (!record) continue;
    const { preset, settings, overrides, clip, method, results } = record;
    found.push({
      ...{ cell, form: { cell, preset, settings, overrides }, clip: clip.name },
      published: method?.published ?? false,
      rows: results.map(({ dataset: target, classes, metrics: { accuracy } }) => ({
        ...{ target, classes, accuracy },
      })),
    });
  }
  return found;
}

function reportedRuns({ cells }: ReportJson): OneRun[] {
  return cells.flatMap(({ status, config, method, metrics }): OneRun[] => {
    const { preset, settings, overrides, clip, ...cell } = config;
    if (status !== "done" || !preset || !settings || !overrides || !clip) return [];
    return [{
      ...{ cell, form: { cell, preset, settings, overrides }, clip: clip.name },
      published: method?.published ?? false,
      rows: Object.entries(metrics).map(([key, { accuracy }]) => {
        const at = key.lastIndexOf("/");
        return { target: key.slice(0, at), classes: key.slice(at + 1), accuracy };
      }),
    }];
  });
}

async function accuracies(place: string): Promise<Accuracies> {
  const found: Accuracies = new Map();
  for (const { cell, form, clip, published, rows } of await runsOf(place)) {
    const { seed, ...of } = cell;
    for (const { accuracy, ...tested } of withHarmonic(rows, () => "")) {
      const measured = { ...of, ...tested };
      const key = JSON.stringify(Object.values(measured));
      if (!found.has(key)) found.set(key, { measured, forms: new Map() });
      const { forms } = found.get(key)!;
      const name = variant(form);
      if (!forms.has(name)) forms.set(name, { form, clip, published, bySeed: new Map() });
      forms.get(name)!.bySeed.set(seed, accuracy);
    }
  }
  return found;
}

/** Forms with the same settings; or, where each folder has one form, these, whatever their settings. */
function pairs(a: Map<string, Found>, b: Map<string, Found>): [Found, Found][] {
  if (a.size === 1 && b.size === 1) return [[...a.values(), ...b.values()] as [Found, Found]];
  return [...a].flatMap(([name, of]) => b.has(name) ? [[of, b.get(name)!] as [Found, Found]] : []);
}

function compared(a: Accuracies, b: Accuracies): { table: ReportTable; alone: number } {
  const rows: Record<string, Value>[] = [];
  const all = [a, b].flatMap((found) => [...found.values()].flatMap(({ forms }) => [...forms]));
  let alone = all.length;
  for (const [key, { measured, forms }] of a) {
    const both = pairs(forms, b.get(key)?.forms ?? new Map());
    const label = labels(both.map(([{ form }]) => form), (name) => name);
    for (const [one, other] of both) {
      const pairs = [...aligned([one, other].map(observed), "seeds").values()];
      if (pairs.length === 0) continue;
      alone -= 2;
      const [ofA, ofB] = [0, 1].map((side) => pairs.map((values) => values[side]!)) as [
        number[],
        number[],
      ];
      const difference = pairedDifference(ofB, ofA);
      const { interval } = difference;
      rows.push({
        ...measured,
        method: label(one.form),
        a: summarize(ofA),
        b: summarize(ofB),
        difference,
        differs: interval ? interval[0] > 0 || interval[1] < 0 ? "yes" : "no" : "one seed",
        seeds: othersSeeds(measured, one),
      });
    }
  }
  return { table: tableOf(rows), alone };
}

/** One place, so that seeds are what is paired. */
function observed({ bySeed }: Found): Observation[] {
  return [...bySeed].map(([seed, value]) => ({ place: "", seed, value }));
}

/** What others' seeds gave of the same, in words; empty where none are known. */
function othersSeeds(
  { protocol, method, dataset, target, classes, shots }: Measured,
  { form, published, clip: name }: Found,
): string {
  if (dataset !== target || form.overrides.length > 0 || !published) return "";
  const title = datasets.find((set) => set.name === dataset)?.title ?? dataset;
  const measure = classes === "all" ? "accuracy" : classes;
  return seedsInWords({ protocol, clip: name, shots, method, dataset: title, measure });
}

function tableOf(rows: Record<string, Value>[]): ReportTable {
  const column = (key: string, title = key) => ({ key, title });
  return {
    id: "compare",
    title: "Two folders of results",
    columns: [
      ...["protocol", "method", "dataset", "target", "classes"].map((key) => column(key)),
      { ...column("shots"), decimals: 0 },
      ...[column("a", "A, %"), column("b", "B, %"), column("difference", "B − A")],
      column("differs"),
      ...rows.some(({ seeds }) => seeds !== "") ? [column("seeds", "others' seeds")] : [],
    ],
    rows,
    notes: [
      "Unit: seeds. Top-1 accuracy, mean ± sample standard deviation over the seeds that both have, with the 95 % interval of " +
      "Student's t. The difference is taken seed by seed; it differs where that interval leaves out 0, which by chance " +
      "alone one row in twenty does.",
    ],
  };
}

if (import.meta.main) await run(() => compare(Deno.args, print));
