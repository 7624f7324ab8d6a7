import assert from "node:assert/strict";
import {
  baseToNewRows,
  fewShotRows,
  rowsOf,
  tableHtml,
  tableMarkdown,
  transferRows,
} from "../../lib/report/mod.ts";
import { fewShotTable } from "../../lib/report/tables/few_shot.ts";
import { written } from "../../lib/report/table.ts";
import {
  baseToNewRecords,
  fewShotRecords,
  record,
  result,
  titles,
  transferRecords,
} from "./records.ts";

const context = { headline: "test", command: "test", titles };
const near = (a: number | undefined, b: number) =>
  assert.ok(Math.abs(a! - b) < 1e-9, `${a} is not ${b}`);

Deno.test("base-to-new: H seed by seed, averages over data sets seed by seed", () => {
  const seeds = [[80, 60, 90, 70], [82, 62, 92, 68]];
  const records = seeds.flatMap(([base1, new1, base2, new2], i) => [
    record({ seed: i + 1 }, [result("eurosat", "base", base1!), result("eurosat", "new", new1!)]),
    record({ seed: i + 1, dataset: "caltech101" }, [
      result("caltech101", "base", base2!),
      result("caltech101", "new", new2!),
    ]),
  ]);
  const rows = baseToNewRows(rowsOf(records, context));
  assert.deepEqual(rows.map((row) => row.dataset), ["EuroSAT", "Caltech101", "average"]);
  const H = (a: number, b: number) => 2 * a * b / (a + b);
  near(rows[0]!.harmonic?.mean, (H(80, 60) + H(82, 62)) / 2);
  near(rows[2]!.base?.mean, (85 + 87) / 2);
  near(rows[2]!.novel?.mean, 65);
  near(rows[2]!.harmonic?.mean, (H(85, 65) + H(87, 65)) / 2);
  near(rows[2]!.meanHarmonic?.mean, (H(80, 60) + H(90, 70) + H(82, 62) + H(92, 68)) / 4);
  assert.equal(rows[2]!.base?.n, 2);
});

Deno.test("a seed that lacks a data set is left out of the average, not of the rest", () => {
  const records = baseToNewRecords().filter(({ cell }) =>
    !(cell.method === "coop" && cell.dataset === "caltech101" && cell.seed === 2) &&
    !(cell.method === "prograd" && cell.dataset === "caltech101")
  );
  const rows = baseToNewRows(rowsOf(records, context));
  const find = (dataset: string, label: string) =>
    rows.find((row) => row.dataset === dataset && row.label === label);
  assert.equal(find("EuroSAT", "CoOp")?.base?.n, 3);
  assert.equal(find("Caltech101", "CoOp")?.base?.n, 2);
  assert.equal(find("average", "CoOp")?.base?.n, 2);
  assert.equal(find("average", "ProGrad"), undefined);
});

Deno.test("base classes alone give no harmonic mean", () => {
  const [row] = baseToNewRows(rowsOf([record({}, [result("eurosat", "base", 80)])], context));
  assert.equal(row!.base?.mean, 80);
  assert.equal(row!.novel, undefined);
  assert.equal(row!.harmonic, undefined);
});

Deno.test("few-shot: a column for every number of shots, dashes where nothing ran", () => {
  const table = fewShotTable("few-shot", "Few-shot", rowsOf(fewShotRecords(), context));
  assert.deepEqual(table.columns.map(({ key }) => key).slice(2), [
    "shots0",
    "shots1",
    "shots2",
    "shots4",
    "shots8",
    "shots16",
  ]);
  assert.equal(table.rows.length, 9);
  assert.match(tableMarkdown(table), /\| EuroSAT \| zero-shot CLIP \| 45\.00 ± 0\.00 .* \| – \|/);
  const average = fewShotRows(rowsOf(fewShotRecords(), context)).find((row) =>
    row.dataset === "average" && row.label === "CoOp" && row.shots === 16
  );
  near(average?.accuracy?.mean, 50 + 8 * 4 + 3 - 3 / 16 + 4);
});

Deno.test("transfer: the source first and outside the mean of targets", () => {
  const rows = transferRows(rowsOf(transferRecords(), context)).filter((row) =>
    row.label === "CoOp"
  );
  assert.deepEqual(rows.map((row) => row.target), [
    "ImageNet",
    "EuroSAT",
    "Caltech101",
    "mean of targets",
  ]);
  near(rows[3]!.accuracy?.mean, (47.5 + 92.85) / 2);
});

Deno.test("one method in two forms has two labels; a later record of a cell replaces an earlier one", () => {
  const results = [result("eurosat", "all", 50)];
  const records = [
    record({}, [result("eurosat", "all", 10)]),
    record({}, results, { started: "2026-02-01T00:00:00.000Z" }),
    record({}, results, { settings: { context: 4 }, overrides: ["context"] }),
  ];
  const rows = rowsOf(records, context);
  assert.deepEqual(rows.map(({ label, accuracy }) => [label, accuracy]), [
    ["CoOp (context 16)", 50],
    ["CoOp (context 4)", 50],
  ]);
});

Deno.test("values are written with spread, interval and n; without an interval for one seed; never as NaN", () => {
  const spaced = (text: string) => text.replaceAll("\u00a0", " ");
  const { main, detail } = written({ n: 3, mean: 81, sd: 1, interval: [78.516, 83.484] });
  assert.deepEqual([main, detail].map(spaced), ["81.00 ± 1.00", "[78.52, 83.48], n = 3"]);
  const one = written({ n: 1, mean: 81 });
  assert.deepEqual([one.main, one.detail].map(spaced), ["81.00", "n = 1"]);
  assert.equal(written(-3.456).main, "−3.46");
  assert.equal(written(-0.001).main, "0.00");
  for (const value of [NaN, Infinity, undefined, { n: 1, mean: NaN }]) {
    assert.equal(written(value).main, "–");
  }
});

Deno.test("a table escapes its data, in Markdown and in HTML", () => {
  const table = {
    id: "x",
    title: "a | b",
    columns: [{ key: "name", title: "<i>" }, { key: "value", title: "v" }],
    rows: [{ name: `<img src=x onerror=alert(1)> | \`*[a](javascript:b)*\`\nnext`, value: 1.5 }],
    notes: [],
  };
  const html = tableHtml(table);
  assert.doesNotMatch(html, /<img|<i>/);
  assert.match(html, /&lt;img/);
  assert.match(html, /<td class="number">1\.50<\/td>/);
  const lines = tableMarkdown(table).split("\n");
  assert.equal(lines.length, 5);
  assert.equal(
    lines[4],
    "| \\<img src=x onerror=alert(1)\\> \\| \\`\\*\\[a\\](javascript:b)\\*\\` next | 1.50 |",
  );
});

Deno.test("rows that begin alike are a group that is named once, in HTML", () => {
  const rows = [["a", 1], ["a", 2], ["b", 3]].map(([set, value]) => ({ set, value }));
  const columns = [{ key: "set", title: "set" }, { key: "value", title: "value" }];
  const html = tableHtml({ id: "x", title: "X", columns, rows, notes: [] });
  assert.equal(html.match(/<tbody>/g)?.length, 2);
  assert.match(html, /<tr><th scope="rowgroup" rowspan="2">a<\/th><td class="number">1\.00<\/td>/);
  assert.match(html, /<tr><td class="number">2\.00<\/td><\/tr>/);
  assert.match(html, /<tr><th scope="row">b<\/th>/);
});
