/**
 * `deno task compare A B`: two folders of results side by side, with the difference over the seeds that both have.
 *
 * @module
 */
import { harmonicMean, pairedDifference, summarize } from "../engine/mod.ts";
import { UserError } from "../errors.ts";
import { openIndex } from "../protocols/mod.ts";
import { type ReportTable, tableMarkdown, type Value } from "../report/mod.ts";
import { argument, parse } from "./options.ts";
import { readPlan } from "./reproduce/plan_file.ts";
import { run } from "./run.ts";

const compareOptions = {
  a: argument("A", "a folder that deno task reproduce has written"),
  b: argument("B", "another"),
};

const summary = "Sets two folders of results side by side, with the differences B − A over seeds.";

/** Runs the command. → exit code */
export async function compare(
  args: readonly string[],
  print: (line: string) => void,
): Promise<number> {
  const { a, b } = parse("compare", compareOptions, args, summary);
  const [inA, inB] = [await accuracies(a), await accuracies(b)];
  const table = compared(inA, inB);
  if (table.rows.length === 0) {
    throw new UserError(
      `${a} (${inA.size} results) and ${b} (${inB.size}) have no protocol, method, data set, shots and seed in common: ` +
        "name folders of the same experiments.",
    );
  }
  // In a terminal nothing needs the escapes of brackets.
  print(tableMarkdown(table).replaceAll(/\\([[\]])/g, "$1"));
  const alone = [...new Set([...inA.keys()]).symmetricDifference(new Set(inB.keys()))];
  if (alone.length > 0) print(`\n${alone.length} results are in one of the two alone.`);
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

/** Accuracy in percent by seed, by what was measured. */
type Accuracies = Map<string, { measured: Measured; bySeed: Map<number, number> }>;

/** The accuracies of a folder's last plan: other cells that lie there may have other settings. */
async function accuracies(out: string): Promise<Accuracies> {
  const { cells } = await readPlan(out);
  using index = await openIndex(out);
  const results = index.prepare("SELECT target, classes, accuracy FROM results WHERE id = ?");
  const found: Accuracies = new Map();
  for (const { id, cell: { seed, ...cell } } of cells) {
    const rows = results.all(id).map((row) => ({
      target: String(row.target),
      classes: String(row.classes),
      accuracy: Number(row.accuracy),
    }));
    for (const { accuracy, ...of } of [...rows, ...harmonicMeans(rows)]) {
      const measured = { ...cell, ...of };
      const key = JSON.stringify(Object.values(measured));
      if (!found.has(key)) found.set(key, { measured, bySeed: new Map() });
      found.get(key)!.bySeed.set(seed, accuracy);
    }
  }
  return found;
}

/** H of base and new accuracy, where a cell has both. */
function harmonicMeans(rows: { target: string; classes: string; accuracy: number }[]) {
  const of = (classes: string) => rows.find((row) => row.classes === classes);
  const [base, novel] = [of("base"), of("new")];
  if (!base || !novel) return [];
  const accuracy = harmonicMean(base.accuracy, novel.accuracy);
  return [{ target: base.target, classes: "H", accuracy }];
}

function compared(a: Accuracies, b: Accuracies): ReportTable {
  const rows: Record<string, Value>[] = [];
  for (const [key, { measured, bySeed }] of a) {
    const other = b.get(key)?.bySeed;
    const seeds = [...bySeed.keys()].filter((seed) => other?.has(seed));
    if (seeds.length === 0) continue;
    const [ofA, ofB] = [bySeed, other!].map((by) => seeds.map((seed) => by.get(seed)!));
    const difference = pairedDifference(ofB, ofA);
    const { interval } = difference;
    rows.push({
      ...measured,
      a: summarize(ofA),
      b: summarize(ofB),
      difference,
      differs: interval ? interval[0] > 0 || interval[1] < 0 ? "yes" : "no" : "one seed",
    });
  }
  const column = (key: string, title = key) => ({ key, title });
  return {
    id: "compare",
    title: "Two folders of results",
    columns: [
      ...["protocol", "method", "dataset", "target", "classes"].map((key) => column(key)),
      { ...column("shots"), decimals: 0 },
      ...[column("a", "A, %"), column("b", "B, %"), column("difference", "B − A")],
      column("differs"),
    ],
    rows,
    notes: [
      "Top-1 accuracy, mean ± sample standard deviation over the seeds that both have, with the 95 % interval of " +
      "Student's t. The difference is taken seed by seed; it differs where that interval leaves out 0, which by chance " +
      "alone one row in twenty does.",
    ],
  };
}

if (import.meta.main) await run(() => compare(Deno.args, (line) => console.log(line)));
