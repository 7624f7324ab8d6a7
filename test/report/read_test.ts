import assert from "node:assert/strict";
import { UserError } from "../../lib/errors.ts";
import {
  baseToNewRows,
  parseReport,
  readReport,
  report,
  reportRows,
  rowsOf,
  writeReport,
} from "../../lib/report/mod.ts";
import { baseToNewRecords, fewShotRecords, titles } from "./records.ts";

const records = [...baseToNewRecords(), ...fewShotRecords()]
  .map((run, i) => ({ ...run, id: i.toString(16).padStart(16, "0") }));
const two = records.slice(0, 24).map(({ id }) => id);
const { json } = report(records, {
  headline: "Made up",
  command: "deno task reproduce",
  titles,
  experiments: [
    {
      id: "prometar/base-to-new",
      title: "Base-to-new",
      protocol: "base-to-new",
      about: "",
      command: "",
      cells: two,
    },
  ],
  failures: [{ id: "f".repeat(16), cell: { ...records[0]!.cell, seed: 9 }, error: "No." }],
});
const source = JSON.stringify(json);

Deno.test("a report that was written is read back, from its folder or its file", async () => {
  const folder = await Deno.makeTempDir();
  await writeReport(folder, report(records, { headline: "Made up", command: "c", titles }));
  const read = await readReport(folder);
  assert.equal(read.cells.length, records.length);
  assert.deepEqual(await readReport(`${folder}/report.json`), read);
  assert.deepEqual(await readReport(new URL(`file://${folder}/report.json`)), read);
  await assert.rejects(readReport(`${folder}/no`), /there is no .*\/no\/report\.json: deno task/);
});

Deno.test("its rows are those that the tables were made of", () => {
  const read = parseReport(source, "report.json");
  const rows = reportRows(read, "prometar/base-to-new");
  assert.deepEqual(rows, rowsOf(records.slice(0, 24), { titles }));
  const means = JSON.stringify(baseToNewRows(rows).map(({ seeds: _, ...row }) => row));
  const shown = JSON.stringify(
    read.tables.find(({ id }) => id === "prometar/base-to-new")?.rows
      .filter(({ dataset }) => dataset !== "average, as published"),
    (key, value) => key === "cells" ? undefined : value,
  );
  assert.deepEqual(JSON.parse(shown), JSON.parse(means));
  assert.equal(reportRows(read).length, 24 * 2 + records.length - 24);
  assert.throws(() => reportRows(read, "prometar/base-to-now"), /did you mean prometar\/base-to-n/);
});

Deno.test("what is no report is told in one line with the file and the field", () => {
  const wrong: [string, (report: typeof json) => unknown, RegExp][] = [
    ["another schema", (r) => ({ ...r, schema: 2 }), /schema is 2, not 1/],
    ["no tables", ({ tables: _, ...r }) => r, /tables is missing/],
    [
      "a cell that is neither",
      (r) => ({ ...r, cells: [{ ...r.cells[0], status: "x" }] }),
      /"done"/,
    ],
    [
      "a measure that is no number",
      (r) => ({
        ...r,
        cells: [{ ...r.cells[0], metrics: { "eurosat/new": { n: 1, accuracy: "9" } } }],
      }),
      /cells\[0\]\.metrics\.eurosat\/new\.accuracy is "9", not a number/,
    ],
    [
      "measures of nothing known",
      (r) => ({ ...r, cells: [{ ...r.cells[0], metrics: { eurosat: r.cells[0]!.metrics } }] }),
      /has a key "eurosat"/,
    ],
    ["a list", () => [], /the file is \[\], not an object/],
  ];
  for (const [what, change, message] of wrong) {
    const text = JSON.stringify(change(JSON.parse(source)));
    assert.throws(() => parseReport(text, "a/report.json"), (error) => {
      assert.ok(error instanceof UserError, what);
      assert.match(error.message, message, what);
      assert.match(error.message, /^a\/report\.json is no report of schema 1: [^\n]*$/);
      return true;
    });
  }
  assert.throws(() => parseReport("{", "a"), /^UserError: a is not JSON/);
});

Deno.test("numbers that are not finite come back as null and count for nothing", () => {
  const odd = JSON.parse(source);
  const [cell] = odd.cells;
  cell.metrics["eurosat/new"].accuracy = null;
  const read = parseReport(JSON.stringify(odd), "report.json");
  const row = baseToNewRows(reportRows(read, "prometar/base-to-new"))[0]!;
  assert.equal(row.base?.n, 3);
  assert.equal(row.novel?.n, 2);
});
