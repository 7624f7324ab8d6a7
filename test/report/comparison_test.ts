import assert from "node:assert/strict";
import type { RunRecord } from "../../lib/engine/record.ts";
import { incomparable, reportedSources, reportedValues, rowsOf } from "../../lib/report/mod.ts";
import { results } from "../../lib/report/results.ts";
import { comparison } from "../../lib/report/tables/comparison.ts";
import { record, result, titles } from "./records.ts";

const context = { headline: "test", command: "test", titles };

/** Changes that make a record comparable: published weights, all images. */
const fair: Partial<RunRecord> = {
  clip: { name: "ViT-B/16", sha256: "x", description: "OpenAI's weights", published: true },
  preset: { name: "cocoop", table: "" },
  data: [{ dataset: "eurosat", splitSha256: "x", missing: 0 }],
};

const coop = (changes: Partial<RunRecord>, shots = 16) =>
  [1, 2, 3].map((seed) =>
    record({ seed, shots }, [
      result("eurosat", "base", 91 + seed),
      result("eurosat", "new", 60 + seed),
    ], changes)
  );

Deno.test("real weights and the paper's settings are set beside reported values, with gap and source", () => {
  const { table, sources, reasons } = comparison(coop(fair), context);
  const base = table.rows.find(({ measure }) => measure === "base");
  assert.equal(base?.reported, 92.19);
  assert.ok(Math.abs(base?.gap as number - (93 - 92.19)) < 1e-9);
  assert.deepEqual(base?.inside, { text: "yes", mark: "good" });
  const novel = table.rows.find(({ measure }) => measure === "new");
  assert.deepEqual(novel?.inside, { text: "no", mark: "bad" });
  assert.equal(table.rows.length, 3);
  assert.ok(sources.length > 0);
  assert.match(String(base?.sources), /^\[1\]/);
  assert.deepEqual(reasons, []);
});

Deno.test("one seed is compared without a judgement", () => {
  const { table } = comparison(coop(fair).slice(0, 1), context);
  assert.equal(table.rows[0]!.inside, "no interval (n = 1)");
});

Deno.test("other weights, changed settings or missing images are not compared, and it says why", () => {
  const cases: [Partial<RunRecord>, RegExp][] = [
    [{}, /weights are not the published ones \(random weights\)/],
    [{ ...fair, overrides: ["epochs"] }, /settings differ from the preset \(epochs\)/],
    [{ ...fair, data: undefined }, /does not say whether all images/],
    [
      { ...fair, data: [{ dataset: "eurosat", splitSha256: "x", missing: 7 }] },
      /7 images of eurosat are missing/,
    ],
  ];
  for (const [changes, reason] of cases) {
    assert.match(incomparable(coop(changes)[0]!) ?? "", reason);
    const { table, reasons } = comparison(coop(changes), context);
    assert.deepEqual(table.rows, []);
    assert.match(reasons.join(" "), reason);
    assert.match(reasons[0]!, /^3 of 3 runs/);
  }
});

Deno.test("other shots have no reported value, and an average needs all eleven data sets", () => {
  const { table, reasons } = comparison(coop(fair, 4), context);
  assert.deepEqual(table.rows, []);
  assert.match(reasons[0]!, /No published value with a source/);
  const two = [
    ...coop(fair),
    record({ dataset: "caltech101" }, [
      result("caltech101", "base", 97),
      result("caltech101", "new", 90),
    ], fair),
  ];
  assert.ok(comparison(two, context).table.rows.every(({ dataset }) => dataset !== "average"));
});

Deno.test("beside ours in the table of results, too, an average over fewer sets has no counterpart", () => {
  const two = [
    ...coop(fair),
    ...[1, 2, 3].map((seed) =>
      record({ dataset: "caltech101", seed }, [
        result("caltech101", "base", 97),
        result("caltech101", "new", 90),
      ], fair)
    ),
  ];
  const experiment = {
    id: "x",
    title: "X",
    protocol: "base-to-new",
    about: "",
    command: "",
    cells: [],
  };
  const fairness = { fair: () => true, form: () => true };
  const [block] = results(experiment, rowsOf(two, { titles }), fairness);
  assert.ok(block!.kind === "table");
  const beside = block!.table.rows.map((row) => [row.dataset, typeof row["base reported"]]);
  assert.deepEqual(beside, [
    ["EuroSAT", "number"],
    ["Caltech101", "number"],
    ["average", "undefined"],
  ]);
});

Deno.test("every reported value is a percentage with a known source", () => {
  let count = 0;
  for (const protocol of ["base-to-new", "few-shot", "cross-dataset", "domain-generalization"]) {
    const file = new URL(`../../data/reported/${protocol}.json`, import.meta.url);
    const stored = JSON.parse(Deno.readTextFileSync(file)) as unknown[];
    const values = reportedValues(protocol);
    assert.equal(values.length, stored.length, "none was dropped for lack of a source");
    for (const { measures, sources, origin } of values) {
      count++;
      assert.ok(sources.length > 0 && sources.every((key) => reportedSources[key]!.where !== ""));
      assert.notEqual(origin, "");
      for (const value of Object.values(measures)) assert.ok(value > 0 && value < 100);
    }
  }
  assert.ok(count > 150);
  assert.deepEqual(reportedValues("unheard-of"), []);
});

Deno.test("reported base, new and H are consistent", () => {
  for (const { measures: { base, new: novel, H } } of reportedValues("base-to-new")) {
    if (H === undefined || base === undefined) continue;
    assert.ok(Math.abs(2 * base * novel! / (base + novel!) - H) < 0.02, `${base} ${novel} ${H}`);
  }
});

Deno.test("presets that are variants of a method are not held against its published values", () => {
  const variant = { ...fair, preset: { name: "early-stopping", table: "ProGrad's comparison" } };
  assert.match(
    incomparable(coop(variant)[0]!) ?? "",
    /no value is published of the preset early-st/,
  );
  const paper = { ...fair, preset: { name: "paper", table: "" } };
  assert.match(incomparable(coop(paper)[0]!) ?? "", /of the preset paper/); // ProGrad's, on RN50
  assert.equal(
    incomparable(coop({ ...paper, clip: { ...fair.clip!, name: "RN50" } })[0]!),
    undefined,
  );
  const prometar = (name: string) =>
    record({ method: "prometar" }, [result("eurosat", "base", 90)], {
      ...fair,
      preset: { name, table: "" },
    });
  assert.equal(incomparable(prometar("official-code")), undefined);
  assert.match(incomparable(prometar("paper")) ?? "", /of the preset paper/);
  const maple = (protocol: string) =>
    record({ method: "maple", protocol }, [], {
      ...fair,
      preset: { name: "cross-dataset", table: "" },
    });
  assert.equal(incomparable(maple("domain-generalization")), undefined);
  assert.notEqual(incomparable(maple("base-to-new")), undefined);
});
