/**
 * What pictures are made of: filled and stroked paths in a square from −1 to 1, y downwards.
 *
 * @module
 */

import type { Colour, Path } from "./canvas.ts";

/** A piece of a drawing: a filled closed path, or a stroked one. */
export interface Part {
  /** x₀, y₀, x₁, y₁, … */
  path: Path;
  colour: Colour;
  /** Width of the stroke; 0 for a filled path. */
  width: number;
  /** Whether a stroke goes back to where it began. */
  closed: boolean;
}

/** A filled polygon. */
export const poly = (colour: Colour, ...path: number[]): Part => ({
  path,
  colour,
  width: 0,
  closed: true,
});

/** A filled box between two corners. */
export const box = (colour: Colour, x0: number, y0: number, x1: number, y1: number): Part =>
  poly(colour, x0, y0, x1, y0, x1, y1, x0, y1);

/** A filled ellipse. */
export const disc = (colour: Colour, x: number, y: number, rx: number, ry = rx): Part =>
  poly(colour, ...arc(x, y, rx, ry, 0, 1));

/** A stroked polyline. */
export const line = (colour: Colour, width: number, ...path: number[]): Part => ({
  path,
  colour,
  width,
  closed: false,
});

/** A stroked ellipse. */
export const ring = (
  colour: Colour,
  width: number,
  x: number,
  y: number,
  rx: number,
  ry = rx,
): Part => ({ path: arc(x, y, rx, ry, 0, 1), colour, width, closed: true });

/** Points of an elliptic arc; angles in turns, 0 to the right, ¼ downwards. */
export function arc(
  x: number,
  y: number,
  rx: number,
  ry: number,
  from: number,
  to: number,
): number[] {
  const steps = Math.max(3, Math.ceil(20 * Math.abs(to - from)));
  const whole = to - from === 1;
  return Array.from({ length: whole ? steps : steps + 1 }, (_, i) => {
    const [c, s] = cosSin(from + (to - from) * i / steps);
    return [x + rx * c, y + ry * s];
  }).flat();
}

/** Cosine and sine of an angle in turns, by their series: exact arithmetic only, so the same everywhere. */
export function cosSin(turns: number): [number, number] {
  const quarter = Math.round(turns * 4);
  const x = (turns - quarter / 4) * 6.283185307179586; // |x| ≤ π/4
  const q = x * x;
  const s = x * (1 - q / 6 * (1 - q / 20 * (1 - q / 42 * (1 - q / 72 * (1 - q / 110)))));
  const c = 1 - q / 2 * (1 - q / 12 * (1 - q / 30 * (1 - q / 56 * (1 - q / 90))));
  switch (((quarter % 4) + 4) % 4) {
    case 0:
      return [c, s];
    case 1:
      return [-s, c];
    case 2:
      return [-c, -s];
    default:
      return [s, -c];
  }
}

/** Where a drawing goes: moved, scaled, turned, mirrored. */
export interface Place {
  x: number;
  y: number;
  scale: number;
  /** In turns, clockwise. */
  turn: number;
  mirrored?: boolean;
}

/** Parts moved, scaled, turned and mirrored. */
export function placed(parts: readonly Part[], place: Place): Part[] {
  const { x, y, scale, turn, mirrored } = place;
  const [cos, sin] = cosSin(turn);
  const side = mirrored ? -scale : scale;
  return parts.map((part) => {
    const path = new Array<number>(part.path.length);
    for (let i = 0; i < path.length; i += 2) {
      const [u, v] = [side * part.path[i]!, scale * part.path[i + 1]!];
      path[i] = x + cos * u - sin * v;
      path[i + 1] = y + sin * u + cos * v;
    }
    return { ...part, path, width: part.width * scale };
  });
}

/** A stroke as polygons, all turning the same way, so that their union is the stroke. */
export function strokePaths({ path, width, closed }: Part): Path[] {
  const half = width / 2;
  const paths: Path[] = [];
  const n = path.length;
  const segments = closed ? n : n - 2;
  for (let i = 0; i < segments; i += 2) {
    const [x0, y0, x1, y1] = [path[i]!, path[i + 1]!, path[(i + 2) % n]!, path[(i + 3) % n]!];
    const [dx, dy] = [x1 - x0, y1 - y0];
    const length = Math.sqrt(dx * dx + dy * dy) || 1;
    const [nx, ny] = [-dy / length * half, dx / length * half];
    paths.push([x0 - nx, y0 - ny, x1 - nx, y1 - ny, x1 + nx, y1 + ny, x0 + nx, y0 + ny]);
    if (width > 1) { // a joint, seen only where the stroke is wide
      const d = half * 0.7071;
      paths.push([
        ...[x1 + half, y1, x1 + d, y1 + d, x1, y1 + half, x1 - d, y1 + d],
        ...[x1 - half, y1, x1 - d, y1 - d, x1, y1 - half, x1 + d, y1 - d],
      ]);
    }
  }
  return paths;
}
