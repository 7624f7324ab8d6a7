/** Folders of results with made-up records, for commands that read them. */
import type { Cell, RunRecord } from "../../lib/engine/record.ts";
import { writePlan } from "../../lib/lab/plan_file.ts";
import { writeRecord } from "../../lib/protocols/mod.ts";
import { record, result } from "../report/records.ts";

/** A cell, what came of it (base and new accuracy), and nothing where it has not run. */
export interface Made {
  cell: Partial<Cell>;
  accuracy?: [base: number, novel: number];
  /** What else its record says. */
  changes?: Partial<RunRecord>;
}

/** Writes plan and records into a new folder; the ids are c0, c1, … */
export async function madeResults(made: Made[]): Promise<string> {
  const out = await Deno.makeTempDir();
  const records = made.map(({ cell, accuracy: [base, novel] = [0, 0], changes }) =>
    record(cell, [result("eurosat", "base", base), result("eurosat", "new", novel)], changes)
  );
  await writePlan(out, {
    schema: 3,
    ...{ backend: "wasm", skipMissing: false, data: [] },
    travels: { methods: {}, datasets: {} },
    report: { headline: "Made up", command: "deno task reproduce", titles: {}, missing: [] },
    experiments: [],
    cells: records.map(({ cell }, index) => ({
      ...{ index, id: `c${index}`, training: `t${index}`, from: [0, 0] },
      cell,
    })),
  });
  for (const [index, { accuracy }] of made.entries()) {
    if (accuracy) await writeRecord(out, `c${index}`, records[index]!);
  }
  return out;
}
