/**
 * Whether a value read from a file has the shape of a run record. Its hash says that nobody damaged it, not that whoever
 * wrote it meant one: a report must not stumble over it.
 *
 * @module
 */
import type { RunRecord } from "../engine/mod.ts";
import { array, literal, number, object, optional, record, text, truth } from "../shape.ts";

const runRecord = object({
  schema: literal(1),
  cell: object({ protocol: text, method: text, dataset: text, shots: number, seed: number }),
  method: optional(
    object({ title: text, learns: truth, published: truth, baseline: optional(text) }),
  ),
  settings: record(),
  overrides: array(text),
  preset: object({ name: text, table: text }),
  deviations: array(text),
  clip: object({
    ...{ name: text, sha256: text, description: text },
    ...{ config: optional(record()), assumed: optional(text) },
  }),
  data: optional(array(object({
    ...{ dataset: text, splitSha256: text, missing: number },
    assumed: optional(array(text)),
  }))),
  backend: object({ name: text, reason: text, device: text, precision: optional(text) }),
  versions: record(text),
  code: optional(object({ commit: text })),
  command: text,
  started: text,
  seconds: object({ total: number, training: number, evaluation: number }),
  peakBytes: number,
  stacked: optional(number),
  parameters: number,
  epochs: array(
    object({
      ...{ epoch: number, rate: number, loss: number, accuracy: number, seconds: number },
      gradients: optional(record(number)),
    }),
  ),
  results: array(
    object({
      dataset: text,
      classes: text,
      metrics: object({
        ...{ n: number, accuracy: number, top5: number, macroF1: number },
        ...{ perClassAccuracy: number, calibrationError: number },
      }),
      predictions: text,
    }),
  ),
});

/** Whether the value is a run record. */
export function isRunRecord(value: unknown): value is RunRecord {
  return runRecord(value, "") === undefined;
}
