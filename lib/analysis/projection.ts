/**
 * Many numbers a point become two, to be looked at: principal components (ml-pca), which keep distances as far as a plane
 * can, and UMAP (McInnes et al. 2018; umap-js), which keeps who is near whom and lets distances go.
 *
 * @module
 */
import { PCA } from "ml-pca";
import { UMAP } from "umap-js";
import { UserError } from "../errors.ts";
import { checkOptions, type Kinds, whole } from "../options_given.ts";
import { streams } from "../random/mod.ts";

/** Points on a plane, as many as there were rows. */
export interface PointProjection {
  /** The places of the rows, in their order. */
  places: [x: number, y: number][];
  /** Of PCA: the shares of the variance that x and y show, from 0 to 1. */
  explained?: [x: number, y: number];
}

/**
 * The first two principal components. Signs are as in scikit-learn: each component's largest weight is positive.
 *
 * @param rows [points · width], row by row
 * @throws {UserError} for fewer than three points
 *
 * @example
 * ```ts
 * import { principalComponents } from "@plumbline/plumbline/analysis";
 * import assert from "node:assert/strict";
 * const { places, explained } = principalComponents(new Float32Array([0, 0, 1, 0, 2, 0]), 2);
 * assert.deepEqual(places.map(([x]) => Math.round(x)), [-1, 0, 1]);
 * assert.equal(Math.round(explained![0]), 1);
 * ```
 */
export function principalComponents(rows: Float32Array, width: number): PointProjection {
  const points = pointsOf(rows, width);
  const pca = new PCA(points, { method: "SVD" });
  const signs = pca.getLoadings().to2DArray().slice(0, 2).map((weights) => {
    const most = weights.reduce((a, b) => Math.abs(b) > Math.abs(a) ? b : a);
    return most < 0 ? -1 : 1;
  });
  const [x = 0, y = 0] = pca.getExplainedVariance();
  return {
    places: pca.predict(points, { nComponents: 2 }).to2DArray()
      .map(([a, b = 0]) => [signs[0]! * a!, (signs[1] ?? 1) * b]),
    explained: [x, y],
  };
}

/** How UMAP is told to go about it. */
export interface UmapOptions {
  /** Of its random draws: the same seed gives the same picture. Default 1. */
  seed?: number;
  /** Points that count as near; fewer show finer detail. Default 15. */
  neighbours?: number;
}

const kinds: Kinds<UmapOptions> = { seed: whole(), neighbours: whole(2) };

/**
 * UMAP in two dimensions, its other settings as published (`minDist` 0.1, Euclidean distances).
 *
 * @param rows [points · width], row by row
 * @throws {UserError} for fewer than three points
 *
 * @example
 * ```ts
 * import { umap } from "@plumbline/plumbline/analysis";
 * import assert from "node:assert/strict";
 * const rows = Float32Array.from({ length: 60 }, (_, i) => Math.sin(i * i));
 * assert.deepEqual(umap(rows, 3, { seed: 2 }), umap(rows, 3, { seed: 2 }));
 * ```
 */
export function umap(
  rows: Float32Array,
  width: number,
  options: UmapOptions = {},
): PointProjection {
  checkOptions("umap", options, kinds);
  const { seed = 1, neighbours = 15 } = options;
  const points = pointsOf(rows, width);
  const draw = streams(seed)("umap");
  const by = new UMAP({
    nNeighbors: Math.min(neighbours, points.length - 1),
    random: () => draw.random(),
  });
  return { places: by.fit(points) as [x: number, y: number][] };
}

function pointsOf(rows: Float32Array, width: number): number[][] {
  const count = rows.length / width;
  if (!Number.isInteger(count) || count < 3) {
    throw new UserError(`a map needs at least three points, got ${count} of width ${width}`);
  }
  return Array.from({ length: count }, (_, i) => [...rows.subarray(i * width, (i + 1) * width)]);
}
