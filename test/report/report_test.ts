import assert from "node:assert/strict";
import { UserError } from "../../lib/errors.ts";
import { report, writeReport } from "../../lib/report/mod.ts";
import {
  baseToNewRecords,
  fewShotRecords,
  record,
  result,
  titles,
  transferRecords,
} from "./records.ts";

const headline = "Random weights: a check of the machinery, not a result.";
const context = { headline, command: "deno task reproduce --epochs 4", titles };
const all = [...baseToNewRecords(), ...fewShotRecords(), ...transferRecords()];

Deno.test("the first line says what the report is", () => {
  const { markdown, html, json } = report(all, context);
  assert.equal(markdown.split("\n")[0], `# ${headline}`);
  assert.match(html, new RegExp(`<main>\\s*<h1>${headline}</h1>`));
  assert.equal(json.headline, headline);
});

Deno.test("the page is whole: no script, no link, no request, nothing unfinished", () => {
  const { html, markdown } = report(all, context);
  assert.doesNotMatch(html, /<script|<link|<img|\ssrc=|url\(|@import|\sonclick/i);
  assert.doesNotMatch(html, /(?:href|src|action)="(?!#|records\/|tables\/)/);
  for (const text of [html, markdown]) assert.doesNotMatch(text, /NaN|undefined|\[object/);
  for (const tag of ["table", "figure", "svg", "details", "div", "p"]) {
    const count = (pattern: string) => html.match(new RegExp(pattern, "g"))?.length ?? 0;
    assert.equal(count(`<${tag}[ >]`), count(`</${tag}>`), tag);
  }
});

Deno.test("all protocols, training, settings, machine and commands are there", () => {
  const { markdown, html, json } = report(all, context);
  for (
    const heading of [
      "Base-to-new",
      "Few-shot",
      "Cross-dataset",
      "Beside published values",
      "How it was made",
    ]
  ) assert.match(markdown, new RegExp(`^## ${heading}$`, "m"));
  assert.match(markdown, /^1\. deno task reproduce --epochs 4$/m);
  assert.match(html, /<summary>Training loss<\/summary>/);
  assert.deepEqual(json.tables.map(({ id }) => id), [
    "base-to-new",
    "base-to-new/differences",
    "base-to-new/costs",
    "few-shot",
    "few-shot/differences",
    "few-shot/costs",
    "cross-dataset",
    "cross-dataset/differences",
    "cross-dataset/costs",
    "machines",
  ], "settings, measures and runs are in cells");
  assert.match(markdown, /94 of 94 runs are not set beside published values/);
});

Deno.test("every number leads to a run, every run to its record and command, every section has its link", () => {
  const records = all.map((run, i) => ({ ...run, id: i.toString(16).padStart(16, "0") }));
  const { html } = report(records, context);
  const places = new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
  const links = [...html.matchAll(/ href="#([^"]+)"/g)].map(([, id]) => id);
  assert.deepEqual(links.filter((id) => !places.has(id)), []);
  const runs = html.slice(html.indexOf('id="runs"'));
  for (const { id } of records) {
    assert.match(
      runs,
      new RegExp(
        `<tr id="run-${id}">.*<a href="records/${id}.json">.*<td><a href="#command-1">#1</a></td></tr>`,
      ),
    );
  }
  const results = html.slice(html.indexOf('id="base-to-new"'), html.indexOf("<figure>"));
  const numbers = results.match(/<td class="number">.*?<\/td>/g)!;
  assert.ok(numbers.length > 20);
  const published = results.indexOf("as published");
  for (const number of numbers.filter((text) => results.indexOf(text) < published)) {
    assert.match(number, /<a href="#run-/);
  }
  const sections = [...html.matchAll(/<h2 id="([^"]+)"/g)].map(([, id]) => id);
  assert.deepEqual(links.filter((id) => id!.startsWith("section-")), sections);
});

Deno.test("zero-shot, which has no shots, stands in the table of every number of shots", () => {
  const records = baseToNewRecords().map((run) =>
    run.cell.method === "zero-shot" ? { ...run, cell: { ...run.cell, shots: 0 } } : run
  );
  const { json } = report(records, context);
  assert.equal(json.tables[0]!.id, "base-to-new");
  assert.deepEqual(json.tables[0]!.rows.map(({ label }) => label).slice(0, 4), [
    "zero-shot CLIP",
    "CoOp",
    "ProGrad",
    "ProMetaR",
  ]);
});

Deno.test("one seed is shown with n = 1 and without an interval", () => {
  const { markdown } = report(baseToNewRecords().filter(({ cell }) => cell.seed === 1), context);
  const line = markdown.split("\n").find((text) => text.startsWith("| EuroSAT | CoOp |"));
  assert.match(line ?? "", /\| 92\.00 \|/);
  assert.doesNotMatch(line ?? "", /±/);
});

Deno.test("overrides are marked, deviations listed once, failures and missing images said first", () => {
  const deviations = ["Computed in float32."];
  const changed = { deviations, overrides: ["epochs"] };
  const records = [1, 2].map((seed) => record({ seed }, [result("eurosat", "base", 80)], changed));
  const { markdown, html, json } = report(records, {
    ...context,
    missing: ["12 images of EuroSAT are not in the folder."],
    failures: [{ cell: { ...records[0]!.cell, seed: 3 }, error: "The loss is NaN | stopped." }],
  });
  assert.equal(markdown.match(/Computed in float32/g)?.length, 1);
  assert.match(markdown, /\| epochs \| 4 \| \*\*changed\*\* \|/);
  assert.match(html, /<td class="changed">changed<\/td>/);
  assert.match(markdown, /- 12 images of EuroSAT/);
  assert.match(markdown, /The loss is NaN \\\| stopped\./);
  assert.ok(markdown.indexOf("What is missing") < markdown.indexOf("Base-to-new, CLIP"));
  const failed = json.cells.find(({ status }) => status === "failed");
  assert.equal(failed?.id, "base-to-new/coop/eurosat/16-shot/seed-3");
});

Deno.test("without any record there is still a report", () => {
  const { markdown, html } = report([], context);
  assert.match(markdown, /No run is done/);
  for (const text of [html, markdown]) assert.doesNotMatch(text, /NaN|undefined/);
});

Deno.test("hostile names, errors and commands are shown, not obeyed", () => {
  const bad = `</td><script>alert(1)</script>"'\`|\n# x`;
  const records = [
    record({ method: bad, dataset: bad, protocol: bad }, [result(bad, "all", NaN)], {
      command: bad,
      deviations: [bad],
      settings: { [bad]: bad },
      overrides: [bad],
      preset: { name: bad, table: bad },
      versions: { [bad]: bad },
      backend: { name: bad, reason: bad, device: bad },
      epochs: [{ epoch: 0, rate: 1, loss: NaN, accuracy: Infinity, seconds: 1 }],
    }),
  ];
  const { html, markdown } = report(records, {
    headline: bad,
    command: "```\n" + bad,
    titles: { [bad]: `${bad} title` },
    missing: [bad],
    failures: [{ cell: records[0]!.cell, error: bad }],
  });
  assert.doesNotMatch(html, /<script|NaN|Infinity/);
  const outside = markdown.replace(/^(`{3,})\n[\s\S]*?\n\1$/gm, "");
  assert.doesNotMatch(outside, /(?<!\\)<script/);
  assert.doesNotMatch(outside, /^# x/m);
});

Deno.test("report.json holds every cell with its settings, measures and prediction hashes", () => {
  const { json } = report(baseToNewRecords(), context);
  assert.equal(json.schema, 1);
  assert.equal(json.cells.length, 24);
  const [cell] = json.cells;
  assert.equal(cell!.id, "base-to-new/zero-shot/paper/eurosat/16-shot/seed-1");
  assert.equal(cell!.name, cell!.id, "a record without an identity");
  assert.equal(cell!.metrics["eurosat/new"]!.accuracy, 64);
  assert.equal(cell!.predictionsSha256["eurosat/base"], "hash of eurosat base 57");
  assert.equal(cell!.config.preset?.name, "paper");
});

Deno.test("the same records give the same report", () => {
  assert.deepEqual(report(all, context), report(all, context));
});

Deno.test("the three files are written whole, over older ones, and nothing else is left", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const out = `${folder}/a/b`;
    const rendered = report(baseToNewRecords(), context);
    await writeReport(out, report([], context));
    const paths = await writeReport(out, rendered);
    assert.equal(paths.length, 3);
    const names = [...Deno.readDirSync(out)].map(({ name }) => name).sort();
    assert.deepEqual(names, ["report.html", "report.json", "report.md", "tables"]);
    assert.equal(await Deno.readTextFile(`${out}/report.html`), rendered.html);
    assert.equal(JSON.parse(await Deno.readTextFile(`${out}/report.json`)).cells.length, 24);
    await assert.rejects(writeReport(`${out}/report.md/x`, rendered), UserError);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
