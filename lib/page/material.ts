/**
 * What the visitor chose, as data sets: a few pictures of each class to learn from, and others to be tested on.
 *
 * @module
 */
import { type LoadedDataset, type Raster, UserError } from "../../core.ts";
import { baseNew, drawnSet, fewShot } from "../datasets/in_memory.ts";
import type { Choice, OwnClass, Shown } from "./messages.ts";

/** Data to train and test on. */
export interface Material {
  /** What is trained on. */
  train: LoadedDataset;
  /** What is tested on, by name: `base` and `new`, or `all`. */
  parts: { label: string; data: LoadedDataset }[];
  /** All pictures by their paths. */
  pictures: ReadonlyMap<string, Raster>;
}

/** Training pictures of a class of the visitor's at most. */
const MOST_SHOTS = 16;

/** The pictures of each part that are shown. */
const SHOWN = 12;

/** Selects as the papers do: few shots first, then base and new classes. Of one's own, all classes are trained on. */
export function materialOf(choice: Choice, shots: number, seed: number): Material {
  if ("classes" in choice) return ownMaterial(choice.classes, shots);
  const { data, pictures } = drawnSet(choice.set);
  const halves = baseNew(fewShot(data, shots, seed));
  return {
    train: halves.base,
    parts: [{ label: "base", data: halves.base }, { label: "new", data: halves.new }],
    pictures,
  };
}

/** Half of each class's pictures, in their order, to learn from; the others are tested on. */
function ownMaterial(classes: OwnClass[], shots: number): Material {
  const named = classes.map(({ name }) => name.trim());
  if (classes.length < 2) throw new UserError("Give at least two classes.");
  if (named.some((name) => name === "")) throw new UserError("Give every class a name.");
  if (new Set(named).size < named.length) {
    throw new UserError("Give every class a name of its own.");
  }
  const pictures = new Map<string, Raster>();
  const data: LoadedDataset = {
    ...{ name: "own", title: "Your pictures", template: "a photo of a {}.", splitFrom: "given" },
    ...{ classNames: named, train: [], val: [], test: [] },
  };
  for (const [label, own] of classes.entries()) {
    const className = named[label]!;
    if (own.pictures.length < 2) throw new UserError(`Give ${className} at least two pictures.`);
    const first = Math.min(shots, MOST_SHOTS, Math.floor(own.pictures.length / 2));
    for (const [i, raster] of own.pictures.entries()) {
      const path = `own/${label}/${i}`;
      pictures.set(path, raster);
      (i < first ? data.train : data.test).push({ path, label, className });
    }
  }
  return { train: data, parts: [{ label: "all", data }], pictures };
}

/** Test pictures to look at: of each part so many, from every class in turn. */
export function shownOf({ parts, pictures }: Material): Shown[] {
  return parts.flatMap(({ label: part, data: { test, classNames } }) => {
    const of = classNames.map((_, label) => test.filter((item) => item.label === label));
    const turns = Array.from(
      { length: SHOWN },
      (_, i) => of[i % of.length]![Math.floor(i / of.length)],
    );
    return turns.filter((item) => item !== undefined).map(({ path, className }) => ({
      ...{ path, className, part, raster: pictures.get(path)! },
    }));
  });
}
