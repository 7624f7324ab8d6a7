/**
 * The pocket suite as data sets: eleven, and four shifts of the first. Each picture is drawn from a seed of its own, so that every set
 * is the same on every machine, whatever else is drawn.
 *
 * @module
 */

import { Random } from "../../random/mod.ts";
import { adversarial } from "./adversarial.ts";
import { drawLook, type Looks } from "./look.ts";
import { paint, type Rendering, stage } from "./picture.ts";
import type { Subject, World } from "./subject.ts";
import { worlds } from "./worlds.ts";

/** What a set draws: of which classes, how many pictures in each split, and how they look. */
export interface PocketSet {
  name: string;
  title: string;
  /** The papers' data set whose part it plays. */
  plays: string;
  template: string;
  subjects: readonly Subject[];
  /** Pictures of each class in each split. */
  perClass: { train: number; val: number; test: number };
  /** The numbers of a class's pictures; a picture's number is all that its seed needs. */
  numbers: (label: number) => readonly number[];
  rendering: (i: number) => Rendering;
  /** What its pictures' looks are drawn from. */
  looks: Looks;
}

const count = (n: number) => Array.from({ length: n }, (_, i) => i);
const usual = (i: number): Rendering => i % 4 === 3 ? "outlined" : "filled";

const setOf = (world: World): PocketSet => ({
  ...world,
  perClass: { train: 16, val: 8, test: 16 },
  numbers: () => count(40),
  rendering: usual,
});

/** The eleven, in the papers' order of the sets whose parts they play. */
export const sets: readonly PocketSet[] = worlds.map(setOf);

const [objects] = sets as readonly [PocketSet];
const renditions: readonly Rendering[] = ["silhouette", "line drawing", "chalk", "outlined"];

/** A shifted version of the first set: for testing only. */
const shift = (letter: string, what: string, changes: Partial<PocketSet>): PocketSet => ({
  ...objects,
  name: `${objects.name}-${letter}`,
  title: `${objects.title} ${what}`,
  plays: what === "V2" ? "ImageNetV2" : `ImageNet-${what}`,
  perClass: { train: 0, val: 0, test: 12 },
  numbers: () => count(12),
  ...changes,
});

/** A fresh draw; line drawings; the ones that a linear probe gets wrong; other renderings. */
export const shifts: readonly PocketSet[] = [
  shift("v2", "V2", {}),
  shift("sketch", "Sketch", { rendering: () => "sketch" }),
  shift("a", "A", { numbers: (label) => adversarial[label]! }),
  shift("r", "R", { rendering: (i) => renditions[i % 4]! }),
];

/** The pixels of one picture of a set. */
export function pictureOf(set: PocketSet, label: number, i: number): Uint8Array {
  const random = new Random([...new TextEncoder().encode(set.name), label, i]);
  const drawing = set.subjects[label]!.draw(random);
  const look = drawLook(
    new Random([...new TextEncoder().encode(`${set.name} look`), label, i]),
    set.looks,
  );
  const staging = stage(random, set.rendering(i), drawing.ground !== undefined);
  return paint(random, drawing, staging, look);
}
