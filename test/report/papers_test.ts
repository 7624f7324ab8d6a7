/** Tables for papers: the best is bold, ties are underlined, nothing of a name is LaTeX or a formula; and what results say in short. */

import assert from "node:assert/strict";
import { bibtex, method, methods } from "../../lib/methods/mod.ts";
import { best } from "../../lib/report/best.ts";
import { inShort, type ReportTable, type Row, tableCsv, tableLatex } from "../../lib/report/mod.ts";

const mean = (value: number, half?: number) => ({
  ...{ n: half === undefined ? 1 : 3, mean: value },
  ...half !== undefined && { sd: 1, interval: [value - half, value + half] as [number, number] },
});

const table: ReportTable = {
  id: "few-shot/x",
  title: "100 % of R&D_",
  columns: [
    { key: "dataset", title: "data set" },
    { key: "label", title: "method" },
    { key: "a", title: "accuracy, %" },
  ],
  rows: [
    { dataset: "one", label: "A", a: mean(80, 2) },
    { dataset: "one", label: "=B", a: mean(79) },
    { dataset: "one", label: "C", a: mean(70, 1) },
    { dataset: "two", label: "A", a: mean(50, 1) },
    { dataset: "two", label: "=B", a: mean(60, 1) },
  ],
  notes: [],
};

Deno.test("the best of a data set is told, and what lies in its interval", () => {
  assert.deepEqual(best(table).map((of) => of.get("a")), [
    ...["best", "tie", undefined, undefined, "best"],
  ]);
});

Deno.test("LaTeX: booktabs, half of the interval, bold, underlined; names are no commands", () => {
  const text = tableLatex(table);
  assert.ok(text.includes("one & A & \\textbf{80.00} $\\pm$ 2.00 \\\\"));
  assert.ok(text.includes("one & =B & \\underline{79.00} \\\\"));
  assert.ok(text.includes("\\caption{100 \\% of R\\&D\\_."));
  assert.equal(text.split("\\midrule").length, 3); // below the head, and between the data sets
});

Deno.test("CSV: a column for each part of a mean; no text is a formula", () => {
  const [head, first, second] = tableCsv(table).split("\r\n");
  assert.equal(
    head,
    'data set,method,"accuracy, %","accuracy, % sd","accuracy, % low","accuracy, % high","accuracy, % n"',
  );
  assert.equal(first, "one,A,80,1,78,82,3");
  assert.equal(second, "one,'=B,79,,,,1");
});

Deno.test("BibTeX: each paper once, and this kit", () => {
  const text = bibtex([method("prograd"), method("prograd"), method("prometar")]);
  assert.deepEqual(text.match(/^@\w+\{\w+/gm), [
    ...["@misc{prograd2023", "@misc{prometar2024", "@software{plumbline"],
  ]);
});

Deno.test("BibTeX: every built-in method's paper is there, on arXiv or not; a method of one's own has none", () => {
  for (const one of methods) {
    const [own, ...others] = bibtex([one]).split("\n\n") as [string, ...string[]];
    assert.ok(own.includes(`{{${one.paper.title}}}`), one.name);
    assert.equal(own.includes("eprint"), one.paper.arxiv !== "", one.name);
    assert.equal(others.length, 1);
  }
  assert.match(bibtex([method("mma")]), /author = \{Yang, Lingxiao and/);
  const own = { name: "mine", paper: { title: "mine", venue: "unpublished", arxiv: "" } };
  assert.equal(bibtex([own]).match(/^@/gm)?.length, 1);
});

/** Rows of few-shot cells on five data sets: the method is `gain` above what it is held against, with some spread. */
function rows(gain: number, spread: number): Row[] {
  return [0, 1, 2, 3, 4].flatMap((set) =>
    ["coop", "prograd"].map((name) => ({
      ...{ cell: `${name}${set}`, protocol: "few-shot", clip: "pocket", shots: 16, seed: 1 },
      ...{ method: name, label: name, dataset: `${set}`, target: `${set}`, classes: "all" },
      ...{ learns: true, baseline: "coop", images: 10 },
      accuracy: 60 + (name === "prograd" ? gain + spread * (set - 2) : 0),
    })) as unknown as Row[]
  );
}

Deno.test("in short: as published, the other way, or not decided, with what would decide it", () => {
  const of = (gain: number, spread: number) => inShort(rows(gain, spread))!;
  const row = (gain: number, spread: number) => of(gain, spread).table.rows[0]!;
  assert.match(
    of(5, 1).sentence,
    /^Of 1 comparison over 5 data sets, 1 seed, 1 goes as published, 0 the other way, and 0 are /,
  );
  const plain = (value: unknown) => String(value).replaceAll("\u00a0", " ");
  const { where, difference, ours, interval, published, verdict } = row(5, 1);
  assert.deepEqual({ where, difference: plain(difference), ours, interval: plain(interval) }, {
    ...{ where: "with 16 images per class", difference: "prograd − coop", ours: 5 },
    // ± 2.776 · √2.5 / √5
    interval: "[3.0, 7.0]",
  });
  assert.ok(Number(published) > 0);
  assert.deepEqual(verdict, { text: "as\u00a0published", mark: "good" });
  assert.deepEqual(row(-5, 1).verdict, { text: "the\u00a0other\u00a0way", mark: "bad" });
  assert.equal(plain(row(1, 2).verdict), "not decided");
  assert.match(plain(row(1, 2).needed), /^about \d+ data sets$/);
  assert.equal(plain(row(0.01, 2).needed), "too small to tell");
  assert.equal(inShort(rows(5, 1).filter(({ dataset }) => dataset < "3")), undefined);
});

/** Rows of a transfer to five targets: every seed is one training, `shift` points off on all of them. */
function transfer(shifts: number[]): Row[] {
  return shifts.flatMap((shift, i) =>
    ["source", "a", "b", "c", "d", "e"].flatMap((target, at) =>
      ["coop", "prograd"].map((name) => ({
        ...{
          cell: `${name}${i}`,
          protocol: "cross-dataset",
          clip: "pocket",
          shots: 4,
          seed: i + 1,
        },
        ...{ method: name, label: name, dataset: "source", target, classes: "all" },
        ...{ learns: true, baseline: "coop", images: 10 },
        accuracy: 60 + (name === "prograd" ? 3 + shift + 0.1 * at : 0),
      })) as unknown as Row[]
    )
  );
}

Deno.test("where one training is tested on all sets, its luck counts: one seed decides nothing", () => {
  const decided = (shifts: number[]) =>
    typeof inShort(transfer(shifts))!.table.rows[0]!.verdict === "object";
  assert.ok(!decided([0]));
  assert.match(inShort(transfer([0]))!.sentence, /over 1 seed on 5 sets, 0 go .* and 1 is not/);
  // Said once, below the table, and not in every row of it.
  const { columns, notes } = inShort(transfer([0]))!.table;
  assert.ok(columns.every(({ key }) => key !== "needed"));
  assert.match(notes!.join(), /One seed decides none of these: --seeds 1,2,3/);
  assert.ok(decided([0, 0.5, -0.5, 0.2, -0.2]));
  assert.ok(!decided([0, 8, -8, 5, -5]), "every target is ahead on average, the seeds are not");
});

Deno.test("in short: of many comparisons each has its row", () => {
  const sets = ["0", "1", "2", "3", "4"];
  const many = methods.slice(0, 20).flatMap(({ name }, i) =>
    sets.map((dataset, at) => ({
      ...{ cell: `${name}${dataset}`, protocol: "few-shot", clip: "pocket", shots: 16, seed: 1 },
      ...{ method: name, label: `m${i}.`, dataset, target: dataset, classes: "all" },
      ...{ learns: i > 0, baseline: "none", images: 10, accuracy: 50 + 0.1 * i * (at - 1) },
    }))
  ) as unknown as Row[];
  const { sentence, table } = inShort(many)!;
  assert.match(
    sentence,
    /^Of 19 comparisons over 5 data sets, 1 seed, .* and 19 are not decided\.$/,
  );
  assert.deepEqual(
    table.rows.map(({ difference }) => String(difference).split("\u00a0")[0]),
    Array.from({ length: 19 }, (_, i) => `m${i + 1}.`),
  );
});

Deno.test("in short: forms of a method are not held against what is published of it", () => {
  const forms = rows(5, 1).flatMap((row) =>
    row.method === "prograd" ? [row, { ...row, label: "prograd (other)" }] : [row]
  );
  const { table } = inShort(forms)!;
  assert.equal(table.rows.length, 2);
  for (const { published, verdict } of table.rows) {
    assert.equal(published, undefined);
    assert.equal(verdict, "decided:\u00a0above");
  }
});
