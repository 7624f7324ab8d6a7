/** Figures of the analyses, of ablations and of transfer: small programs on made-up numbers, with their snapshots. */

import assert from "node:assert/strict";
import { transferRows } from "../../lib/report/mod.ts";
import {
  ablationDots,
  alignmentLines,
  conflictDensity,
  cosineHistogram,
  differenceDots,
  gateArrows,
  heatSheet,
  outerLoss,
  stackedBars,
  transferDots,
} from "../../lib/report/figures/mod.ts";
import { rowsOf } from "../../lib/report/mod.ts";
import { summarize } from "../../lib/results/mod.ts";
import { record, result, titles, transferRecords } from "./records.ts";
import { assertSnapshot } from "./snapshot.ts";

/** Steps of two methods whose gradients come to conflict. */
const cosines = ["coop", "prograd"].flatMap((method, m) =>
  Array.from({ length: 400 }, (_, i) => ({
    label: method === "coop" ? "CoOp" : "ProGrad",
    method,
    epoch: 1 + Math.floor(i / 8),
    cosine: Math.tanh(0.9 - (m === 0 ? 0.03 : 0.02) * (i / 8) + 0.7 * Math.sin(i * 12.9898)),
  }))
);

/** A picture of two pixels by two. */
const picture = Uint8Array.fromBase64(
  "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAE0lEQVR4nGM4Y2z8rMKGAYiBLAApvAWZ85DxmAAAAABJRU5ErkJggg==",
);

Deno.test("dots over targets, with intervals", () => {
  const rows = transferRows(rowsOf(transferRecords(), { titles }));
  assertSnapshot("transfer_dots.svg", transferDots("Cross-dataset transfer from ImageNet", rows));
});

Deno.test("ablations as dots beside the whole method", () => {
  const variants = ["ProMetaR", "without meta-learning", "without task augmentation"];
  const rows = variants.map((label, i) => ({
    ...{ dataset: "average", method: "prometar", label },
    base: summarize([84 - i, 84.4 - i, 83.8 - i]),
    novel: summarize([76 - i, 75 + i, 77 - 2 * i]),
    harmonic: summarize([79.8 - i, 79.3, 80.2 - i]),
  }));
  assertSnapshot("ablation_dots.svg", ablationDots("ProMetaR's parts", rows));
});

Deno.test("differences, sure and not", () => {
  const differences = [[3, 4, 5, 4], [-1, 2, 0.5, -0.4], [-2, -3, -2.5, -2]];
  const rows = ["base classes", "new classes"].flatMap((panel, p) =>
    ["the start", "the projection", "both"].map((label, i) => ({
      ...{ panel, label },
      difference: summarize(differences[(i + p) % 3]!),
    }))
  );
  const svg = differenceDots("ProGrad's gain over CoOp", "over 4 sets", "percentage points", rows);
  assertSnapshot("difference_dots.svg", svg);
});

Deno.test("cosines over training, by Vega-Lite", async () => {
  assertSnapshot("conflict_density.svg", await conflictDensity("Do gradients conflict?", cosines));
});

Deno.test("cosines of all steps, by Vega-Lite", async () => {
  const svg = await cosineHistogram("All cosines", "cosine of ∇CE and ∇KL", cosines);
  assertSnapshot("cosine_histogram.svg", svg);
});

Deno.test("alignment over training, three learners in two panels", () => {
  const learners = [["IVLP", "ivlp"], ["IVLP + regulariser", "ivlp-regularised"], [
    "ProMetaR",
    "prometar",
  ]] as [string, string][];
  const rows = learners.flatMap(([label, method], m) =>
    ["query and support", "query and regulariser"].flatMap((panel, p) =>
      Array.from({ length: 120 }, (_, i) => ({
        ...{ panel, label, method, seed: 1, step: i + 1 },
        value: 0.5 - 0.1 * m * p + 0.2 * Math.sin(i * 7.3) - i * (0.004 - 0.001 * m),
      }))
    )
  );
  assertSnapshot("alignment_lines.svg", alignmentLines("Do gradients agree?", "cosine", rows));
});

Deno.test("γ of every layer from the first step to the last", () => {
  const rows = ["text 1", "text 2", "image 1"].flatMap((layer, l) =>
    [1, 2, 3].flatMap((seed) =>
      [1, 40].map((step) => ({ layer, seed, step, gate: 0.5 + 0.004 * seed * step * (l - 1) / 3 }))
    )
  );
  assertSnapshot("gates.svg", gateArrows("What γ became", rows));
});

Deno.test("the outer loss leaves its expansion as the inner step grows", () => {
  const rates = [0, 1e-4, 1e-3, 1e-2, 0.1, 1];
  const rows = [0, 1, 2].flatMap((task) =>
    rates.map((rate) => ({
      ...{ task, rate },
      exact: 1 + task - (0.4 - 0.1 * task) * (1 - Math.exp(-rate * 4)),
      expansion: 1 + task - (1.6 - 0.4 * task) * rate,
    }))
  );
  assertSnapshot("outer_loss.svg", outerLoss("The outer loss and its expansion", rows));
});

Deno.test("shares as stacked bars, parts below 0 to the left", () => {
  const arms = {
    "as published": [0.53, 0.47, 1e-5, -1e-5],
    "outer ratio 1": [0.4, 0.36, 0.3, -0.06],
  };
  const parts = ["regularised step", "its momentum", "meta-gradient", "weight decay"];
  const rows = Object.entries(arms).flatMap(([label, values]) =>
    values.map((value, i) => ({ label, part: parts[i]!, value }))
  );
  const percent = (value: number) => `${(100 * value).toFixed(0)} %`;
  const svg = stackedBars("What moves the prompts", "one iteration", "share", rows, percent);
  assertSnapshot("stacked_bars.svg", svg);
});

Deno.test("heat maps over pictures", () => {
  const rows = ["CLIP", "CoOp", "ProGrad"].map((label, i) => ({
    ...{ picture, className: "red", label, predicted: i === 1 ? "green" : "red", probability: 0.7 },
    heat: Array.from({ length: 9 }, (_, j) => j === 3 * i + 1 ? 0.6 : 0.05),
    side: 3,
  }));
  assertSnapshot("heat_sheet.svg", heatSheet("Where it looks", "relevance for the class", rows));
});

Deno.test("figures of analyses without any data are drawn, not thrown", async () => {
  const figures = [
    transferDots("a", []),
    ablationDots("a", []),
    differenceDots("a", "b", "c", []),
    alignmentLines("a", "b", []),
    gateArrows("a", []),
    outerLoss("a", []),
    stackedBars("a", "b", "c", []),
    heatSheet("a", "b", []),
    await conflictDensity("a", []),
    await cosineHistogram("a", "b", []),
  ];
  for (const svg of figures) {
    assert.match(svg, /^<svg /);
    assert.doesNotMatch(svg, /NaN|undefined|Infinity/);
  }
});

Deno.test("names from data are text in a figure of an analysis, never markup", async () => {
  const hostile = `<script>alert("1")</script> & ' \`x\``;
  const labelled = { label: hostile, method: hostile };
  const records = [record({ dataset: hostile, method: hostile }, [result(hostile, "all", 50)])];
  const figures = [
    transferDots(hostile, transferRows(rowsOf(records, { titles: {} }))),
    differenceDots(hostile, hostile, hostile, [
      { panel: hostile, label: hostile, difference: { n: 1, mean: 1 } },
    ]),
    alignmentLines(hostile, hostile, [{ ...labelled, panel: hostile, seed: 1, step: 1, value: 1 }]),
    stackedBars(hostile, hostile, hostile, [{ label: hostile, part: hostile, value: 1 }]),
    heatSheet(hostile, hostile, [{ ...labelled, picture, className: hostile, heat: [1], side: 1 }]),
    await conflictDensity(hostile, [{ ...labelled, epoch: 1, cosine: 0 }]),
  ];
  for (const svg of figures) {
    assert.doesNotMatch(svg, /<script/i);
    assert.match(svg, /&lt;script/);
  }
});
