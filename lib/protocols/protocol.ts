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
  /** The data set, its test images. */
  dataset: LoadedDataset;
  /** Which of its classes are told apart. */
  classes: ResultRecord["classes"];
}

/** A protocol. Few-shot selection comes before it. */
export interface Protocol {
  /** The protocol's name, as on the command line: `base-to-new`. */
  name: string;
  /** The protocol's title, as in the papers. */
  title: string;
  /** The numbers of shots that are run when none are named. */
  shots: number[];
  /** The classes to train on. */
  source(dataset: LoadedDataset): LoadedDataset;
  /** How many classes a data set needs for it; two where absent. */
  fewestClasses?: number;
  /** Whether only the first of the sets that were named is trained on. */
  oneSource?: boolean;
  /**
   * What to test, given the set trained on and all sets that were named.
   *
   * @throws {UserError} when those do not fit
   */
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
    fewestClasses: 4,
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
    oneSource: true,
  },
  {
    name: "domain-generalization",
    title: "Domain generalization",
    shots: [16],
    source: (dataset) => dataset,
    targets: (source, all) =>
      [source, ...shiftsOf(source, all)].map((dataset) => ({ dataset, classes: "all" })),
    oneSource: true,
  },
];

/**
 * Refuses a data set that has too few classes for a protocol.
 *
 * @throws {UserError} with a protocol that it has enough for
 */
export function refuseFewClasses({ name, fewestClasses = 2 }: Protocol, set: LoadedDataset): void {
  const { length } = set.classNames;
  if (length >= fewestClasses) return;
  const has = `${set.name} has ${length} ${length === 1 ? "class" : "classes"}`;
  throw new UserError(
    length < 2
      ? `${has} (${
        set.classNames.join(", ")
      }), and there is nothing to tell it from: name data with two or more.`
      : `${has}, and ${name} takes ${fewestClasses}, two to train on and two that are new: give --protocol few-shot.`,
  );
}

/** Domain shifts of the papers and of the pocket suite: the same classes, or some of them, in other pictures. */
const shifts: Record<string, string[]> = {
  imagenet: ["imagenetv2", "imagenet_sketch", "imagenet_a", "imagenet_r"],
  "pocket-objects": [
    "pocket-objects-v2",
    "pocket-objects-sketch",
    "pocket-objects-a",
    "pocket-objects-r",
  ],
};

/** The sets that were named beside the source. A published source has its own shifts; any set may be one of another's. */
function shiftsOf(source: LoadedDataset, all: LoadedDataset[]): LoadedDataset[] {
  const others = all.filter(({ name }) => name !== source.name);
  const known = shifts[source.name];
  const stranger = known && others.find(({ name }) => !known.includes(name));
  if (stranger) {
    throw new UserError(
      `${stranger.name} is no shift of ${source.name}: name ${
        known.join(", ")
      } by --data, or take --protocol cross-dataset`,
    );
  }
  if (others.length > 0) return others;
  throw new UserError(
    `domain generalization tests ${source.name} and its shifts, and none is named: name ${
      known?.join(", ") ?? "them"
    } by --data after it`,
  );
}

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
