/**
 * The papers' protocols: which classes are trained on, and what is tested.
 *
 * @module
 */
import { baseNew, type LoadedDataset } from "../datasets/mod.ts";
import type { ResultRecord } from "../engine/mod.ts";
import { nearest, UserError } from "../errors.ts";

/** One thing to test on. */
export interface Target {
  dataset: LoadedDataset;
  classes: ResultRecord["classes"];
}

/** A protocol. Few-shot selection comes before it. */
export interface Protocol {
  name: string;
  /** As in the papers. */
  title: string;
  /** Shots that are run when none are named. */
  shots: number[];
  /** The classes to train on. */
  source(dataset: LoadedDataset): LoadedDataset;
  /** What to test, given the set trained on and all sets that were named. */
  targets(dataset: LoadedDataset, all: LoadedDataset[]): Target[];
}

/** Every protocol. */
export const protocols: readonly Protocol[] = [
  {
    name: "few-shot",
    title: "Few-shot classification",
    shots: [1, 2, 4, 8, 16],
    source: (dataset) => dataset,
    targets: (dataset) => [{ dataset, classes: "all" }],
  },
  {
    name: "base-to-new",
    title: "Base-to-new generalization",
    shots: [16],
    source: (dataset) => baseNew(dataset).base,
    targets(dataset) {
      const halves = baseNew(dataset);
      return [{ dataset: halves.base, classes: "base" }, { dataset: halves.new, classes: "new" }];
    },
  },
  {
    name: "cross-dataset",
    title: "Cross-dataset transfer",
    shots: [16],
    source: (dataset) => dataset,
    targets: (_, all) => all.map((dataset) => ({ dataset, classes: "all" })),
  },
];

/**
 * The protocol called `name`.
 *
 * @throws {UserError} when there is none, with the nearest name
 */
export function protocol(name: string): Protocol {
  const found = protocols.find((p) => p.name === name);
  if (found) return found;
  const names = protocols.map((p) => p.name);
  const near = nearest(name, names);
  throw new UserError(
    `there is no protocol ${name}: ${
      near ? `did you mean ${near}?` : `choose from ${names.join(", ")}`
    }`,
  );
}
