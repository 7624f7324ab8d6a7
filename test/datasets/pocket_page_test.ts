/** The pages about the pocket suite: that they are what comes out, that its figures are those measured, and their sums. */
import assert from "node:assert/strict";
import { files, pocketPage, withTable } from "../../docs/pocket.ts";
import { measure, type Measured } from "../../docs/pocket_knowledge.ts";
import { results } from "../../docs/pocket_results.ts";
import { measuredSensitivity, sensitivityTable } from "../../docs/pocket_sensitivity.ts";
import { buildClip, disposeClip, pocketWeights } from "../../lib/clip/mod.ts";
import { pocketSets } from "../../lib/datasets/mod.ts";
import { zeroShotAccuracy } from "../../lib/pretrain/mod.ts";
import { readReport, type ReportCell, type ReportJson } from "../../lib/report/mod.ts";
import { useBackend } from "../../lib/tensor/mod.ts";

const measured: Measured = JSON.parse(await Deno.readTextFile(files.zeroShot));

Deno.test("docs/pocket.md and the table in data/pocket are up to date: deno run -P=build docs/pocket.ts", async () => {
  const known = await Deno.stat(files.report).then(() => true, () => false);
  const report = known ? await readReport(files.report) : undefined;
  assert.equal(
    await Deno.readTextFile(files.page),
    pocketPage(measured, report, await measuredSensitivity()),
  );
  const readme = await Deno.readTextFile(files.readme);
  assert.equal(readme, withTable(readme, measured));
});

Deno.test("what the pages say that the committed weights know is what they know, through the loaders too", async () => {
  await useBackend();
  const clip = buildClip(await pocketWeights());
  assert.equal(clip.sha256, measured.sha256);
  const name = "pocket-tiles";
  const { sets: { [name]: now } } = await measure(clip, [name]);
  const then = measured.sets[name]!;
  const onePicture = 100 / 96 + 0.01; // of the validation images: another backend rounds otherwise
  for (const part of ["test", "validation"] as const) {
    const off = Math.abs(now![part]!.all - then[part]!.all);
    assert.ok(off <= onePicture, `${part}: ${now![part]!.all}, the page ${then[part]!.all}`);
  }
  const root = await Deno.makeTempDir();
  const loaded = await pocketSets.find((set) => set.name === name)!.load(root);
  const { [name]: read } = await zeroShotAccuracy(clip, [loaded]);
  assert.ok(Math.abs(read! - now!.validation!.all) <= onePicture, `${read}`);
  disposeClip(clip);
  await Deno.remove(root, { recursive: true });
});

/** Accuracy of a cell of the made-up report. */
type Accuracy = (method: string, classes: string, shots: number, set: number) => number;

/** A report with two sets, two seeds a point apart, and the accuracies given. */
function made(accuracy: Accuracy): ReportJson {
  const cells: ReportCell[] = [];
  const cell = (protocol: string, method: string, set: number, shots: number, seed: number) => {
    const learns = method !== "zero-shot";
    const dataset = `set-${set}`;
    const metrics = (protocol === "few-shot" ? ["all"] : ["base", "new"]).map((classes) => {
      const value = accuracy(method, classes, shots, set) + (learns ? seed - 1.5 : 0);
      return [`${dataset}/${classes}`, {
        n: 100,
        accuracy: value,
        top5: 100,
        macroF1: value,
        perClassAccuracy: value,
        calibrationError: 0,
      }];
    });
    const id = [protocol, method, set, shots, seed].join("-");
    cells.push(
      {
        id,
        name: id,
        status: "done",
        config: {
          ...{ protocol, method, dataset, shots, seed, settings: {}, overrides: [] },
          preset: { name: "paper", table: "" },
          clip: { name: "pocket", sha256: "", description: "" },
        },
        metrics: Object.fromEntries(metrics),
        ...{ predictionsSha256: {}, deviations: [], parameters: learns ? 9 : 0, started: "" },
      } as unknown as ReportCell,
    );
    return id;
  };
  const experiment = (protocol: string, methods: string[], shots: number[]) => ({
    ...{ id: `pocket/${protocol}`, title: "", protocol, about: "", command: "" },
    cells: methods.flatMap((method) =>
      [0, 1].flatMap((set) =>
        method === "zero-shot"
          ? [cell(protocol, method, set, 0, 1)]
          : shots.flatMap((k) => [1, 2].map((seed) => cell(protocol, method, set, k, seed)))
      )
    ),
  });
  const experiments = [
    experiment("few-shot", ["zero-shot", "coop"], [1, 2, 4, 8, 16]),
    experiment("base-to-new", ["zero-shot", "coop", "ivlp", "prograd", "prometar"], [16]),
  ];
  return {
    ...{ schema: 1, headline: "", command: "deno task reproduce --full", experiments, cells },
    ...{ tables: [], deviations: [], missing: [] },
    titles: { "zero-shot": "Zero-shot", coop: "CoOp", ivlp: "IVLP", prograd: "ProGrad" },
  } as ReportJson;
}

/** Zero-shot 50 and 60; CoOp two points more with each doubling of the shots; on base +10 and +12, on new −6 and −4. */
const plausible: Accuracy = (method, classes, shots, set) => {
  const zeroShot = 50 + 10 * set;
  if (method === "zero-shot") return zeroShot;
  if (classes === "all") return zeroShot + 2 * Math.log2(shots);
  const sign = classes === "base" ? 10 + 2 * set : -6 + 2 * set;
  return zeroShot + (method === "coop" ? sign : sign / 2);
};

/** What zero-shot CLIP knows of the pictures that `plausible` is of. */
const of = (all: number) => ({ test: { all, base: all, new: all }, upright: 90 });
const plausibleNow: Measured = { sha256: "", sets: { "set-0": of(50), "set-1": of(60) } };

Deno.test("a report of other pictures says that it is", () => {
  const now = { ...plausibleNow, sets: { "set-0": of(50), "set-1": of(58) } };
  const text = (measured: Measured) => results(made(plausible), measured).join(" ");
  assert.match(text(now), /earlier version\*\*: zero-shot CLIP had 55\.0 % there and has 54\.0 %/);
  assert.doesNotMatch(text(plausibleNow), /earlier version/);
});

Deno.test("a report whose methods were trained otherwise than the recipe trains them says which and how", () => {
  const report = made(plausible);
  const text = () => results(report, plausibleNow).join(" ");
  assert.doesNotMatch(text(), /earlier recipe/);
  for (const { config } of report.cells) {
    if (config.method === "prograd") config.settings = { epochs: 1e3, rate: 0.02 };
  }
  assert.match(
    text(),
    /earlier recipe\*\*, which trained prograd \(epochs 1000, now 20\) otherwise/,
  );
});

Deno.test("the results' figures are the means and differences of the report's cells", () => {
  const text = results(made(plausible), plausibleNow).join("\n");
  assert.match(text, /above chance on each \| 55\.0 %; lowest on set-0, 50\.0 %,.* \| yes \|/);
  // t(1) = 12.706: 11 ± 12.706 and −5 ± 12.706
  assert.match(text, /on base classes \| \+11\.0 \[−1\.7, \+23\.7\] \| yes \|/);
  assert.match(text, /below zero-shot on new classes \| −5\.0 \[−17\.7, \+7\.7\] \| \*\*no\*\* \|/);
  assert.match(
    text,
    /\| 55\.0, 57\.0, 59\.0, 61\.0, 63\.0 % at .*; \+8\.0 \[\+8\.0, \+8\.0\] from 1 to 16 \| yes \|/,
  );
  assert.match(
    text,
    /\| CoOp \| 66\.0 \| 50\.0 \| 56\.9 \| \+11\.0 .* \| −5\.0 .* \| 2 of 2 \|/,
  );
  assert.match(text, /\| ProGrad − CoOp \| −5\.5 .* \| \+2\.5 .* \| 2 of 2 \|/);
  assert.match(text, /\| CoOp \| 55\.0 \| 57\.0 \| 59\.0 \| 61\.0 \| 63\.0 \| \+8\.0 .* 2 of 2 \|/);
  assert.match(text, /\| set-1 \| 60\.0 \/ 60\.0 \| 72\.0 \/ 56\.0 \|/);
});

Deno.test("of a report that lacks cells no figures are given", () => {
  const report = made(plausible);
  const lines = results({ ...report, cells: report.cells.slice(3) }, plausibleNow);
  assert.deepEqual(lines.slice(2), ["`data/pocket/report.json` lacks 3 cells.", ""]);
});

Deno.test("the share of rounding is of variances, and a part that is not steady stands out", () => {
  const accuracies = { images: 64, bySeed: [50, 53.125], byStart: [50, 51.5625] };
  const part = { ...accuracies, seeds: 4, starts: 1, steady: true };
  const wild = { ...part, starts: 3, steady: false };
  const of = {
    ...{ method: "m", dataset: "pocket-food", shots: 16, nudge: 1e-6, clip: "", settings: {} },
    steady: false,
  };
  const lines = sensitivityTable([{ ...of, parts: { base: part, new: wild } }]).join("\n");
  assert.match(lines, /1 of 2 are steady/);
  assert.match(lines, /31\.3 % is rounding, so of an interval's width 17\.1 %/); // 10/32; 1 − √(22/32)
  assert.match(
    lines,
    /\| m \| pocket-food \| new \| 64 \| 51\.6 \| 4\.00 \(2\) \| 3\.00 \(2\) \| \*\*no\*\* \|/,
  );
  assert.match(
    lines,
    /m on pocket-food, new, is not steady\*\*: of 64 .* by at most 1 \(1 of 2 .*, the seeds by 2 \(1 of 2\)\. One image/,
  );
  assert.match(lines, /Not measured: coop on any set; /);
  const chaos = { ...wild, byStart: [50, 100 * 3 / 4], starts: 17 };
  const other = sensitivityTable([{ ...of, method: "coop", parts: { new: chaos } }]).join("\n");
  assert.match(other, /by at most 16 .*Rounding alone decides here/);
  assert.match(other, /Not measured: coop on pocket-objects, (?!.*pocket-food)/);
  assert.deepEqual(sensitivityTable([]), []);
});
