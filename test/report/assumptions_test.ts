import assert from "node:assert/strict";
import { isRunRecord } from "../../lib/protocols/record_shape.ts";
import { jsonText } from "../../lib/report/json.ts";
import { parseReport, report } from "../../lib/report/mod.ts";
import { record, result } from "./records.ts";

const data = (dataset: string, assumed?: string[]) => ({
  dataset,
  splitSha256: "0",
  missing: 0,
  ...assumed && { assumed },
});
const runs = [1, 2].map((seed) => {
  const made = record({ seed }, [result("shapes", "all", 50)], {
    data: [
      data("shapes", ["split 50/20/30 of each class at random, seed 1", "2 files <not> read"]),
      data("eurosat"),
    ],
  });
  return { ...made, clip: { ...made.clip, assumed: "QuickGELU, as nothing says otherwise" } };
});

Deno.test("what was assumed is in report.json once, and under How it was made", () => {
  const context = { headline: "Made up.", command: "none", titles: { shapes: "Shapes" } };
  const { json, markdown, html } = report(runs, context);
  assert.deepEqual(json.assumed, [
    "ViT-B/16: QuickGELU, as nothing says otherwise.",
    "Shapes: split 50/20/30 of each class at random, seed 1.",
    "Shapes: 2 files <not> read.",
  ]);
  const made = markdown.slice(markdown.indexOf("How it was made"));
  assert.match(made, /What was assumed of data and weights[^]*seed 1\./);
  assert.match(html, /2 files &lt;not&gt; read\./);
  assert.deepEqual(parseReport(jsonText(json), "report.json"), JSON.parse(jsonText(json)));
});

Deno.test("a report of runs that assume nothing does not speak of it, and one of before is still read", () => {
  const { json, markdown } = report([record({}, [result("eurosat", "all", 50)])], {
    headline: "x",
    command: "y",
  });
  assert.deepEqual(json.assumed, []);
  assert.doesNotMatch(markdown, /What was assumed/);
  const { assumed: _, ...before } = JSON.parse(jsonText(json));
  parseReport(JSON.stringify(before), "report.json");
});

Deno.test("a record's assumptions are texts", () => {
  assert.ok(isRunRecord(runs[0]));
  const wrong = structuredClone(runs[0]) as unknown as { data: { assumed: unknown }[] };
  wrong.data[0]!.assumed = [1];
  assert.ok(!isRunRecord(wrong));
});
