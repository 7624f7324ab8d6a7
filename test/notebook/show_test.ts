/** What is sent to a notebook to be shown. */
import assert from "node:assert/strict";
import { from } from "arquero";
import { mimeBundle } from "../../lib/notebook/mod.ts";

Deno.test("a figure goes as SVG, a text as Markdown, both with a plain form", () => {
  assert.deepEqual(mimeBundle("<svg><title>A</title></svg>"), {
    "image/svg+xml": "<svg><title>A</title></svg>",
    "text/plain": "Figure: A",
  });
  assert.deepEqual(mimeBundle("**a**"), { "text/markdown": "**a**", "text/plain": "**a**" });
});

Deno.test("rows become a table: whole numbers whole, others with two decimals, means with their interval", () => {
  const bundle = mimeBundle([
    { n: 3, share: 0.5, mean: { n: 2, mean: 1, sd: 0.1, interval: [0.1, 1.9] }, name: "<b>" },
    { n: 4, share: 2, name: "c" },
  ]);
  const html = bundle["text/html"]!;
  for (const part of [">3<", ">0.50<", ">2.00<", "[0.10,", "n = 2.", "&lt;b&gt;", ">–<"]) {
    assert.ok(html.replaceAll("\u00a0", "&nbsp;").includes(part), `${part} in ${html}`);
  }
  assert.match(bundle["text/plain"]!, /^\| n \| share \|/);
});

Deno.test("a table of a report is headed by its title, an Arquero table is cut at the limit", () => {
  const table = {
    id: "t",
    title: "A & b",
    columns: [{ key: "x", title: "x" }],
    rows: [],
    notes: [],
  };
  assert.match(mimeBundle(table)["text/html"]!, /^<p><b>A &amp; b<\/b><\/p>/);
  const linked = { ...table, rows: [{ x: { n: 1, mean: 5, cells: ["0123"] } }] };
  assert.doesNotMatch(mimeBundle(linked)["text/html"]!, /<a /, "the runs are not in the notebook");
  const long = from(Array.from({ length: 9 }, (_, i) => ({ i })));
  assert.equal(mimeBundle(long, 4)["text/html"]!.match(/<tr>/g)?.length, 5);
});
