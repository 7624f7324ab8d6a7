/** Small made-up records for the report's tests. The numbers mean nothing. */

import type { Cell, MethodRecord, ResultRecord, RunRecord } from "../../lib/engine/record.ts";
import { baselineOf, isPublished, learns, methods } from "../../lib/methods/mod.ts";

/** An evaluation with the accuracy; the other measures follow from it. */
export function result(
  dataset: string,
  classes: ResultRecord["classes"],
  accuracy: number,
): ResultRecord {
  const metrics = {
    n: 200,
    accuracy,
    top5: Math.min(100, accuracy + 12),
    macroF1: accuracy - 1,
    perClassAccuracy: accuracy - 0.5,
    calibrationError: 4.25,
  };
  return { dataset, classes, metrics, predictions: `hash of ${dataset} ${classes} ${accuracy}` };
}

/** A record of `cell` with the results and whatever `changes` it. */
export function record(
  cell: Partial<Cell>,
  results: ResultRecord[],
  changes: Partial<RunRecord> = {},
): RunRecord {
  const whole = {
    protocol: "base-to-new",
    method: "coop",
    dataset: "eurosat",
    shots: 16,
    seed: 1,
    ...cell,
  };
  const trains = whole.method !== "zero-shot";
  const preset = changes.preset ?? { name: "paper", table: "made up, Table 1" };
  const clip = changes.clip ??
    { name: "ViT-B/16", sha256: "0123456789abcdef".repeat(4), description: "random weights" };
  const epochs = [0, 1, 2, 3].map((epoch) => ({
    epoch,
    rate: 0.002,
    loss: 2.2 / (epoch + 1 + whole.seed / 10 + whole.method.length / 20),
    accuracy: 90 - 60 / (epoch + 1.5 + whole.seed / 5 + whole.method.length / 20),
    seconds: 2,
  }));
  return {
    schema: 1,
    cell: whole,
    method: said(whole, preset.name, clip.name),
    settings: { context: 16, learningRate: 0.002, epochs: 4 },
    overrides: [],
    preset,
    deviations: [],
    clip,
    backend: { name: "wasm", reason: "no native build", device: "a processor" },
    versions: { deno: "2.9.6", tfjs: "4.22.0" },
    command: "deno task reproduce --epochs 4",
    started: "2026-01-01T00:00:00.000Z",
    seconds: { total: 10, training: 8, evaluation: 2 },
    peakBytes: 512 * 2 ** 20,
    parameters: trains ? 8192 : 0,
    epochs: trains ? epochs : [],
    results,
    ...changes,
  };
}

/** What a method says of itself, as a run of it would put it into its record. */
function said({ method: name, protocol }: Cell, preset: string, clip: string): MethodRecord {
  const by = methods.find((method) => method.name === name);
  if (!by) return { title: name, learns: true, published: false };
  const { published } = by.presets[preset] ?? {};
  return {
    title: by.title,
    learns: learns(by),
    baseline: baselineOf(by),
    published: isPublished(by, { name: preset, ...published && { published } }, { protocol, clip }),
  };
}

/** Base-to-new of four methods on two data sets with three seeds. */
export function baseToNewRecords(): RunRecord[] {
  const records: RunRecord[] = [];
  const methods: [string, number, number][] = [
    ["zero-shot", 57, 64],
    ["coop", 92, 55],
    ["prograd", 90, 66],
    ["prometar", 94, 75],
  ];
  for (const [d, dataset] of ["eurosat", "caltech101"].entries()) {
    for (const [method, base, novel] of methods) {
      for (const seed of [1, 2, 3]) {
        const moved = method === "zero-shot" ? 0 : (seed * 7 % 5 - 2) * (d === 0 ? 1.5 : 0.5);
        records.push(record({ method, dataset, seed }, [
          result(dataset, "base", base + moved + 3 * d),
          result(dataset, "new", novel - 2 * moved + 15 * d),
        ]));
      }
    }
  }
  return records;
}

/** Few-shot accuracy of two methods on two data sets, and zero-shot, with three seeds. */
export function fewShotRecords(): RunRecord[] {
  const records: RunRecord[] = [];
  for (const [d, dataset] of ["eurosat", "caltech101"].entries()) {
    for (const [m, method] of ["zero-shot", "coop", "prograd"].entries()) {
      for (const shots of m === 0 ? [0] : [1, 2, 4, 8, 16]) {
        for (const seed of [1, 2, 3]) {
          const accuracy = m === 0 ? 45 : 50 + 8 * Math.log2(shots) + 3 * m - 3 * m / shots;
          const moved = m === 0 ? 0 : (seed - 2) * 4 / (shots + 1);
          records.push(record({ protocol: "few-shot", method, dataset, shots, seed }, [
            result(dataset, "all", accuracy + moved + 8 * d),
          ]));
        }
      }
    }
  }
  return records;
}

/** Cross-dataset transfer of two methods from ImageNet to two targets. */
export function transferRecords(): RunRecord[] {
  return ["coop", "prograd"].flatMap((method, m) =>
    [1, 2].map((seed) =>
      record({ protocol: "cross-dataset", method, dataset: "imagenet", seed }, [
        result("imagenet", "all", 70 + m + seed / 10),
        result("eurosat", "all", 46 - m + seed),
        result("caltech101", "all", 93 + m / 2 - seed / 10),
      ])
    )
  );
}

export const titles = {
  "zero-shot": "zero-shot CLIP",
  coop: "CoOp",
  prograd: "ProGrad",
  prometar: "ProMetaR",
  eurosat: "EuroSAT",
  caltech101: "Caltech101",
  imagenet: "ImageNet",
};
