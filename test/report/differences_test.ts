import assert from "node:assert/strict";
import { report, reportedValues, rowsOf } from "../../lib/report/mod.ts";
import { differencesTable } from "../../lib/report/tables/differences.ts";
import type { RunRecord } from "../../lib/engine/record.ts";
import type { Mean } from "../../lib/report/table.ts";
import { baseToNewRecords, fewShotRecords, record, result, titles } from "./records.ts";

const near = (a: number | undefined, b: number) =>
  assert.ok(Math.abs(a! - b) < 1e-9, `${a} is not ${b}`);

/** Base and new accuracy of a method on one set, by seed. */
const runs = (method: string, accuracies: [number, number][], changes: Partial<RunRecord> = {}) =>
  accuracies.map(([base, novel], i) =>
    record({ method, seed: i + 1 }, [
      result("eurosat", "base", base),
      result("eurosat", "new", novel),
    ], changes)
  );

Deno.test("a method's gain is paired over the seeds that both have, with Student's interval", () => {
  const rows = rowsOf([
    ...runs("coop", [[80, 60], [81, 50], [82, 55]]),
    ...runs("prograd", [[82, 60], [83.5, 52], [83.5, 50], [99, 99]]),
  ], { titles });
  const table = differencesTable("x", "X", rows)!;
  assert.equal(table.id, "x/differences");
  const { label, against, base, new: novel, H } = table.rows[0]!;
  assert.deepEqual([label, against], ["ProGrad", "CoOp"]);
  // Differences 2, 2.5, 1.5; Student's t at 2 degrees of freedom is 4.3027: 2 ± 4.3027 · 0.5/√3.
  const { n, mean, sd, interval, mark } = base as Mean;
  assert.deepEqual([n, mean, sd, mark], [3, 2, 0.5, "good"]);
  assert.deepEqual(interval?.map((bound) => bound.toFixed(2)), ["0.76", "3.24"]);
  assert.equal((novel as Mean).mark, undefined);
  near((novel as Mean).mean, -1);
  const of = (a: number, b: number) => 2 * a * b / (a + b);
  const gains = [
    of(82, 60) - of(80, 60),
    of(83.5, 52) - of(81, 50),
    of(83.5, 50) - of(82, 55),
  ];
  near((H as Mean).mean, gains.reduce((a, b) => a + b) / 3);
});

Deno.test("averages are over the data sets that both have", () => {
  const rows = rowsOf(
    baseToNewRecords().filter(({ cell }) =>
      ["coop", "prograd"].includes(cell.method) &&
      !(cell.method === "prograd" && cell.dataset === "caltech101")
    ),
    { titles },
  );
  const { base } = differencesTable("x", "X", rows)!.rows[0]!;
  near((base as Mean).mean, -2);
});

Deno.test("ProMetaR is held against what it is plugged into, variants against the first", () => {
  const same: [number, number][] = [[80, 60], [81, 61]];
  const against = (...records: RunRecord[]) =>
    differencesTable("x", "X", rowsOf(records, {}))!.rows.map((row) => [row.label, row.against]);
  assert.deepEqual(
    against(...["coop", "ivlp", "prometar", "vpt", "prometar-vpt"].flatMap((m) => runs(m, same))),
    [["ivlp", "coop"], ["prometar", "ivlp"], ["vpt", "coop"], ["prometar-vpt", "vpt"]],
  );
  const variant = (lambda: number) =>
    runs("prograd", same, { settings: { lambda }, overrides: ["lambda"] });
  assert.deepEqual(against(...variant(0), ...variant(1)), [
    ["prograd (lambda 1)", "prograd (lambda 0)"],
  ]);
});

Deno.test("one seed, or one method, has no differences", () => {
  assert.equal(
    differencesTable("x", "X", rowsOf(runs("coop", [[80, 60], [81, 61]]), {})),
    undefined,
  );
  const one = ["coop", "prograd"].flatMap((m) => runs(m, [[80, 60]]));
  assert.equal(differencesTable("x", "X", rowsOf(one, {})), undefined);
});

Deno.test("on other weights the papers' averages stand below ours, with their sources, and of variants none", () => {
  const context = { headline: "test", command: "test", titles };
  const records = baseToNewRecords().map((run) =>
    run.cell.method === "prometar"
      ? {
        ...run,
        preset: { name: "official-code", table: "made up" },
        method: { ...run.method!, published: true },
      }
      : run
  );
  const { tables: [table] } = report(records, context).json;
  const published = table!.rows.filter(({ dataset }) => dataset === "average, as published");
  const [prometar] = reportedValues("base-to-new").filter(({ method, dataset }) =>
    method === "prometar" && dataset === "average"
  );
  const row = published.find(({ label }) => label === "ProMetaR");
  assert.deepEqual([row?.base, row?.novel, row?.harmonic], [
    prometar!.measures.base,
    prometar!.measures.new,
    prometar!.measures.H,
  ]);
  assert.match(table!.notes.at(-1)!, /ViT-B\/16 on the papers' own data.*Read in .*Promise/);

  const variants = records.flatMap((run) => [
    run,
    { ...run, settings: { ...run.settings, context: 4 }, overrides: ["context"] },
  ]);
  const { tables: [other] } = report(variants, context).json;
  assert.ok(other!.rows.every(({ dataset }) => dataset !== "average, as published"));
});

Deno.test("few-shot averages as published are of one CLIP", () => {
  const { tables: [table] } = report(fewShotRecords(), {
    headline: "test",
    command: "test",
    titles,
  }).json;
  const row = table!.rows.find(({ dataset, label }) =>
    dataset === "average, as published" && label === "CoOp"
  );
  const vit = reportedValues("few-shot").filter(({ method, dataset, clip }) =>
    method === "coop" && dataset === "average" && clip === "ViT-B/16"
  );
  assert.equal(vit.length, 5);
  for (const { shots, measures } of vit) {
    assert.equal(row?.[`shots${shots}`], measures.accuracy);
  }
});

Deno.test("an adapter's gain is over zero-shot CLIP, the same with every seed and at every number of shots", () => {
  const few = { protocol: "few-shot" };
  const rows = rowsOf([
    record({ ...few, method: "zero-shot", shots: 0 }, [result("eurosat", "all", 40)]),
    ...[1, 16].flatMap((shots) =>
      [1, 2, 3].map((seed) =>
        record({ ...few, method: "taskres", shots, seed }, [
          result("eurosat", "all", 40 + shots + seed),
        ])
      )
    ),
  ], { titles });
  const { against, ...gains } = differencesTable("x", "X", rows)!.rows[0]!;
  assert.equal(against, titles["zero-shot"] ?? "zero-shot");
  near((gains["1-shot"] as Mean).mean, 3);
  near((gains["16-shot"] as Mean).mean, 18);
});
