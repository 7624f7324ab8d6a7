import assert from "node:assert/strict";
import { baseToNewRows, fewShotRows, rowsOf } from "../../lib/report/mod.ts";
import {
  accuracyBars,
  accuracyOverShots,
  inksOf,
  numberLines,
  predictedPictures,
  trainingCurves,
} from "../../lib/report/figures/mod.ts";
import { baseToNewRecords, fewShotRecords, record, result, titles } from "./records.ts";
import { assertSnapshot } from "./snapshot.ts";

const context = { headline: "test", command: "test", titles };
const hostile = `<script>alert("1")</script> & ' \`x\``;

Deno.test("bars of base, new and harmonic mean", () => {
  const rows = baseToNewRows(rowsOf(baseToNewRecords(), context));
  assertSnapshot("accuracy_bars.svg", accuracyBars("Base-to-new", rows));
});

Deno.test("bars of one seed have no intervals and say so", () => {
  const rows = baseToNewRows(rowsOf(baseToNewRecords().filter((r) => r.cell.seed === 1), context));
  const svg = accuracyBars("Base-to-new", rows);
  assert.match(svg, /one seed, so no intervals/);
  assert.doesNotMatch(svg, /NaN/);
});

Deno.test("lines over a number lie in its order, each measure on an axis of its own", () => {
  const at = (x: number) => ({
    n: 6,
    mean: x,
    sd: 1,
    interval: [x - 1, x + 1] as [number, number],
  });
  const svg = numberLines(
    "By λ",
    "λ",
    [1, 0, 0.5].map((x) => ({ x, base: at(80 - x), novel: at(30) })),
  );
  for (const part of ["base classes", "new classes", "95 % intervals", ">λ<"]) {
    assert.ok(svg.includes(part), part);
  }
  const path = /d="M([^"]*)" stroke="#0072b2"/.exec(svg)?.[1] ?? svg;
  const across = path.split("L").map((point) => Number(point.split(",")[0]));
  assert.deepEqual(across, across.toSorted((a, b) => a - b));
  assert.doesNotMatch(svg, /harmonic|NaN/);
});

Deno.test("lines over shots, with zero-shot as a level", () => {
  const rows = fewShotRows(rowsOf(fewShotRecords(), context));
  const svg = accuracyOverShots("Few-shot", rows);
  assert.match(svg, /dashed: without training/);
  assertSnapshot("accuracy_over_shots.svg", svg);
});

Deno.test("training curves leave out a loss that is no number, and say how many", () => {
  const rows = ["coop", "prograd"].flatMap((method) =>
    [1, 2].flatMap((seed) =>
      Array.from({ length: 12 }, (_, i) => ({
        panel: "EuroSAT",
        label: method,
        method,
        seed,
        epoch: i + 1,
        value: i === 11 ? NaN : (method.length + seed / 4) / (i + 1),
      }))
    )
  );
  const svg = trainingCurves("Training loss", "loss", rows);
  assert.match(svg, /4 epochs without a finite value are left out/);
  assert.doesNotMatch(svg, /NaN/);
  assertSnapshot("training_curves.svg", svg);
});

Deno.test("figures without any data are drawn, not thrown", () => {
  for (
    const svg of [
      accuracyBars("a", []),
      accuracyOverShots("a", []),
      trainingCurves("a", "loss", []),
    ]
  ) {
    assert.match(svg, /^<svg /);
    assert.doesNotMatch(svg, /NaN|undefined|Infinity/);
  }
});

Deno.test("names from data are text in a figure, never markup", () => {
  const records = [
    record({ dataset: hostile, method: hostile }, [
      result(hostile, "base", 50),
      result(hostile, "new", 60),
    ]),
  ];
  const rows = rowsOf(records, {});
  const svg = accuracyBars(hostile, baseToNewRows(rows)) +
    accuracyOverShots(hostile, fewShotRows(rows)) +
    trainingCurves(hostile, hostile, [
      { panel: hostile, label: hostile, method: hostile, seed: 1, epoch: 1, value: 1 },
    ]);
  assert.doesNotMatch(svg, /<script/i);
  assert.match(svg, /&lt;script&gt;/);
});

Deno.test("a method keeps its colour in every figure, and no two in one figure share one", () => {
  const all = ["prograd", "mine", "coop", "zero_shot", "yours"].map((method) => ({
    label: method,
    method,
  }));
  const inks = inksOf(all);
  assert.equal(new Set([...inks.values()].map(({ color }) => color)).size, all.length);
  assert.equal(inks.get("coop"), inksOf([{ label: "coop", method: "coop" }]).get("coop"));
  const variants = inksOf([{ label: "a", method: "coop" }, { label: "b", method: "coop" }]);
  assert.notEqual(variants.get("a")?.color, variants.get("b")?.color);
});

Deno.test("the colours stand out from white and from the dark page", () => {
  const known = [
    "zero-shot",
    "coop",
    "cocoop",
    "vpt",
    "ivlp",
    "prograd",
    "prometar",
    "kgcoop",
    "maple",
    "promptsrc",
    "linear-probe",
  ];
  const inks = inksOf(known.map((method) => ({ label: method, method })));
  for (const { color } of inks.values()) {
    assert.ok(contrast(color, "#ffffff") >= 2, `${color} on white`);
    assert.ok(contrast(color, "#16181b") >= 2, `${color} on dark`);
  }
});

/** WCAG 2's contrast ratio. */
function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(color: string): number {
  const [r, g, b] = [1, 3, 5].map((i) => {
    const c = parseInt(color.slice(i, i + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

Deno.test("pictures with their likeliest classes, four in a row", () => {
  const picture = Uint8Array.fromBase64(
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFklEQVR4nGP8z8DAwMDAxMDAwMDAAAANHQEDasKb6QAAAABJRU5ErkJggg==",
  );
  const predictions = ["cat", hostile, "a dog of a very long name indeed", "bird"].map((
    className,
    i,
  ) => ({ className, probability: [0.6, 0.25, 0.1, 0.05][i]! }));
  const svg = predictedPictures(
    "What CLIP sees",
    ["cat", "bird", hostile, "cat", "cat"].map((
      className,
    ) => ({ picture, className, predictions })),
  );
  assert.doesNotMatch(svg, /<script|bird 5/);
  assertSnapshot("predicted_pictures.svg", svg);
});
