/** What a report on many methods has besides: ranks, distances to the first, cost against accuracy. */

import assert from "node:assert/strict";
import { rankedBy, report, rowsOf, standings } from "../../lib/report/mod.ts";
import { costAgainstAccuracy, worthwhile } from "../../lib/report/figures/mod.ts";
import { apart, boxOf, cover } from "../../lib/report/figures/apart.ts";
import { ranked } from "../../lib/report/tables/ranks.ts";
import { methods } from "../../lib/methods/mod.ts";
import { record, result, titles } from "./records.ts";

const context = { headline: "test", command: "test", titles };
const named = methods.map(({ name }) => name);

/** Few-shot records of so many methods on two data sets with three seeds: each a point better than the one before it. */
function grid(count: number) {
  return named.slice(0, count).flatMap((method, i) =>
    ["eurosat", "dtd"].flatMap((dataset, d) =>
      (i === 0 ? [1] : [1, 2, 3]).map((seed) =>
        record(
          { protocol: "few-shot", method, dataset, seed, shots: i === 0 ? 0 : 16 },
          [result(dataset, "all", 50 + i + 10 * d + (i === 0 ? 0 : 0.1 * seed * (i % 3)))],
        )
      )
    )
  );
}

Deno.test("equal values share the mean of their ranks, and the largest is first", () => {
  assert.deepEqual(ranked([70, 90, 70, 10]), [2.5, 1, 2.5, 4]);
});

Deno.test("methods stand by their averages; what learns nothing pairs with every seed", () => {
  const by = rankedBy(rowsOf(grid(5), context))!;
  assert.equal(by.measure, "16-shot accuracy");
  const found = standings(by.rows);
  assert.deepEqual(found.map(({ method }) => method), named.slice(0, 5).reverse());
  assert.deepEqual(found.map(({ rank }) => rank), [1, 2, 3, 4, 5]);
  const [first, , , , still] = found;
  assert.equal(first!.behind, undefined);
  assert.equal(still!.accuracy.n, 3); // one run, which is the same with every seed
  assert.equal(still!.accuracy.mean, 55); // of 50 and 60
  // By seed 54.1, 54.2, 54.3 and 64.1, 64.2, 64.3: averages 59.1, 59.2, 59.3.
  assert.equal(first!.accuracy.mean.toFixed(6), "59.200000");
  assert.equal(still!.behind!.mean.toFixed(6), "-4.200000");
  assert.equal(still!.behind!.sd!.toFixed(6), "0.100000");
});

Deno.test("who lacks a data set is not ranked", () => {
  const lacking = grid(4).filter(({ cell }) => cell.method !== named[2] || cell.dataset === "dtd");
  const found = standings(rankedBy(rowsOf(lacking, context))!.rows);
  assert.deepEqual(found.map(({ method }) => method), [named[3], named[1], named[0]]);
});

Deno.test("base-to-new is ranked by H of each data set and seed", () => {
  const records = named.slice(1, 3).flatMap((method, i) =>
    [1, 2].map((seed) =>
      record({ method, seed }, [
        result("eurosat", "base", 80),
        result("eurosat", "new", 60 + 10 * i),
      ])
    )
  );
  const found = standings(rankedBy(rowsOf(records, context))!.rows);
  assert.deepEqual(found.map(({ accuracy }) => accuracy.mean.toFixed(4)), [
    (2 * 80 * 70 / 150).toFixed(4),
    (2 * 80 * 60 / 140).toFixed(4),
  ]);
});

Deno.test("worth its price is what nothing beats in both", () => {
  const rows = [[1, 50], [2, 40], [3, 60], [3, 55], [9, 60]]
    .map(([seconds = 0, accuracy = 0]) => ({ seconds, accuracy }));
  assert.deepEqual(worthwhile(rows), [rows[0], rows[2]]);
});

Deno.test("a report of eight methods has their ranks and both figures, one of seven has not", () => {
  const eight = report(grid(8), context);
  for (const text of [eight.html, eight.markdown]) assert.doesNotMatch(text, /NaN/);
  assert.match(eight.markdown, /minus the first/);
  assert.match(eight.html, /cost and accuracy/);
  assert.match(eight.html, /behind /);
  assert.doesNotMatch(report(grid(7), context).markdown, /minus the first/);
});

Deno.test("with several numbers of shots, methods are ranked with the most and with the fewest", () => {
  const few = grid(8).filter(({ cell }) => cell.shots === 16)
    .map((one) => ({ ...one, cell: { ...one.cell, shots: 1 } }));
  const { markdown } = report([...grid(8), ...few], context);
  assert.equal(markdown.match(/minus the first/g)?.length, 2);
  assert.match(markdown, /16-shot accuracy, %/);
  assert.match(markdown, /one image of each class: ranks/);
  assert.match(markdown, /1-shot accuracy, %/);
});

Deno.test("a figure of cost without anything trained, or without anything, is drawn", () => {
  for (const rows of [[], [{ label: "<b>", method: "zero-shot", seconds: 0, accuracy: 40 }]]) {
    const svg = costAgainstAccuracy("cost", "accuracy, %", rows);
    assert.match(svg, /^<svg/);
    assert.doesNotMatch(svg, /NaN|<b>/);
  }
});

Deno.test("names of dots that lie close together cover neither each other nor a dot", () => {
  const spots = Array.from({ length: 24 }, (_, i) => ({
    x: 300 + 7 * (i % 5),
    y: 200 + 3 * i,
    text: named[i]!.slice(0, 12),
  }));
  const boxes = apart(spots, 56, 820).map((place, i) => boxOf(spots[i]!, place));
  boxes.forEach((a, i) => boxes.slice(i + 1).forEach((b) => assert.ok(!cover(a, b))));
  for (const { x, y } of spots) {
    const dot = { left: x - 5, right: x + 5, top: y - 5, bottom: y + 5 };
    assert.ok(!boxes.some((box) => cover(box, dot)));
  }
  for (const { left, right } of boxes) assert.ok(left >= 56 && right <= 820);
});
