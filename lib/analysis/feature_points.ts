/**
 * Features before and after as points of one map: both are projected together, so that what did not move stays in its place.
 *
 * @module
 */
import { checkOptions, type Kinds, oneOf, whole } from "../options_given.ts";
import type { FeatureEmbeddings, Features } from "./embeddings.ts";
import { type PointProjection, principalComponents, umap } from "./projection.ts";

/** A feature on a map, as `featureMap` draws it. */
export interface FeaturePoint {
  /** Whether the feature is from before or from after training. */
  when: "before" | "after";
  /** Whether it is a picture's or a class name's. */
  kind: "image" | "text";
  /** The class, as the data set names it. */
  className: string;
  /** The class's label, from 0. */
  label: number;
  /** The place on the map from left to right. */
  x: number;
  /** The place on the map from bottom to top. */
  y: number;
}

/** A map: its points, and how it was made, in words. */
export interface FeatureMap {
  /** Before, then after. */
  points: FeaturePoint[];
  /** How it was made, and what to mind in reading it. */
  note: string;
}

/** How a map is made. */
export interface FeatureMapOptions {
  /** `pca` keeps distances as far as a plane can, `umap` who is near whom. Default pca. */
  by?: "pca" | "umap";
  /** Seed of UMAP's random draws. Default 1. */
  seed?: number;
}

const kinds: Kinds<FeatureMapOptions> = { by: oneOf(["pca", "umap"]), seed: whole() };

/**
 * Places features on one map. Images and texts lie apart in CLIP (the gap between them would be all that a plane shows), so
 * from each kind its own mean before training is taken away.
 *
 * @throws {UserError} for fewer than three points
 */
export function featurePoints(
  found: FeatureEmbeddings,
  options: FeatureMapOptions = {},
): FeatureMap {
  checkOptions("featurePoints", options, kinds);
  const { by = "pca", seed = 1 } = options;
  const { width, before, after } = found;
  const parts = [...partsOf("before", before), ...partsOf("after", after)];
  const centred = parts.map(({ kind, rows }) => less(rows, meanOf(before[kind]!, width)));
  // What did not move is one point, not two: else UMAP would take copies for neighbours.
  const same = parts.map(({ kind, rows }) => rows === before[kind] || isSame(rows, before[kind]));
  const distinct = centred.filter((_, i) => parts[i]!.when === "before" || !same[i]);
  const rows = Float32Array.from(distinct.flatMap((part) => [...part]));
  const map = by === "pca" ? principalComponents(rows, width) : umap(rows, width, { seed });
  const starts = new Map<string, number>();
  let next = 0;
  const points = parts.flatMap(({ when, kind }, i) => {
    if (when === "before" || !same[i]) {
      starts.set(kind, next);
      next += centred[i]!.length / width;
    }
    const start = starts.get(kind)!;
    return map.places.slice(start, start + centred[i]!.length / width).map(([x, y], at) => {
      const label = kind === "images" ? found.labels[at]! : at;
      const className = found.classNames[label]!;
      return { when, kind: singular[kind], className, label, x, y };
    });
  });
  return { points, note: noteOf(map, seed, found) };
}

type Kind = keyof Features;

const singular = { images: "image", texts: "text" } as const;

function partsOf(when: "before" | "after", { images, texts }: Features) {
  return ([["images", images], ["texts", texts]] as const).flatMap(([kind, rows]) =>
    rows ? [{ when, kind: kind as Kind, rows }] : []
  );
}

function meanOf(rows: Float32Array, width: number): Float64Array {
  const mean = new Float64Array(width);
  const count = rows.length / width;
  rows.forEach((x, i) => mean[i % width]! += x / count);
  return mean;
}

function less(rows: Float32Array, mean: Float64Array): Float32Array {
  return rows.map((x, i) => x - mean[i % mean.length]!);
}

function isSame(a: Float32Array, b: Float32Array | null): boolean {
  return b !== null && a.every((x, i) => x === b[i]);
}

function noteOf({ explained }: PointProjection, seed: number, { after }: FeatureEmbeddings) {
  const how = explained
    ? `PCA: ${
      explained.map((share) => `${(100 * share).toFixed(0)} %`).join(" and ")
    } of the variance`
    : `UMAP, seed ${seed}: nearness counts, distances do not`;
  const lacking = [
    ...after.texts ? [] : ["no text features of its own after training"],
    ...after.images ? [] : ["no image features of its own after training"],
  ];
  return [how, "each kind less its mean before", ...lacking].join("; ");
}
