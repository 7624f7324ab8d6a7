/**
 * A small software rasteriser: anti-aliased polygons on a picture of 48×48 pixels. Only +, −, ×, ÷ and comparisons, which IEEE 754
 * defines exactly, so the same picture comes out on every machine; no canvas, no Math.sin.
 *
 * @module
 */

/** Width and height of every pocket picture. */
export const SIDE = 48;

/** Red, green and blue, 0–255. */
export type Colour = readonly [number, number, number];

/** A closed polygon: x₀, y₀, x₁, y₁, … in pixels. */
export type Path = readonly number[];

const SUB = 4; // sub-scanlines per row of pixels; across a row, coverage is exact
const crossings: number[][] = Array.from({ length: SIDE * SUB }, () => []);
const coverage = new Float32Array(SIDE);

/** Fills the union of polygons (non-zero winding) with a colour; `pixels` is row by row, three values each. */
export function fill(pixels: Float32Array, paths: readonly Path[], colour: Colour, alpha = 1) {
  for (const path of paths) addEdges(path);
  for (let row = 0; row < SIDE; row++) {
    coverage.fill(0);
    let any = false;
    for (let sub = row * SUB; sub < (row + 1) * SUB; sub++) {
      const line = crossings[sub];
      if (line!.length === 0) continue;
      any = true;
      addSpans(line!);
      line!.length = 0;
    }
    if (any) blendRow(pixels, row, colour, alpha);
  }
}

/** Notes where the polygon's edges cross each sub-scanline: x and direction, in pairs. */
function addEdges(path: Path) {
  const n = path.length;
  for (let i = 0; i < n; i += 2) {
    const j = i + 2 === n ? 0 : i + 2;
    let [x0, y0, x1, y1, direction] = [path[i]!, path[i + 1]!, path[j]!, path[j + 1]!, 1];
    if (y0 === y1) continue;
    if (y0 > y1) [x0, y0, x1, y1, direction] = [x1, y1, x0, y0, -1];
    const first = Math.max(0, Math.ceil(y0 * SUB - 0.5));
    const last = Math.min(SIDE * SUB, Math.ceil(y1 * SUB - 0.5));
    const slope = (x1 - x0) / (y1 - y0);
    for (let sub = first; sub < last; sub++) {
      crossings[sub]!.push(x0 + ((sub + 0.5) / SUB - y0) * slope, direction);
    }
  }
}

/** Adds a sub-scanline's share of each pixel to `coverage`. */
function addSpans(line: number[]) {
  for (let i = 2; i < line.length; i += 2) { // insertion sort by x, pairs kept together
    const [x, direction] = [line[i]!, line[i + 1]!];
    let k = i - 2;
    for (; k >= 0 && line[k]! > x; k -= 2) [line[k + 2], line[k + 3]] = [line[k]!, line[k + 1]!];
    [line[k + 2], line[k + 3]] = [x, direction];
  }
  let winding = 0;
  for (let i = 0; i + 2 < line.length; i += 2) {
    winding += line[i + 1]!;
    if (winding === 0) continue;
    const [from, to] = [Math.max(0, line[i]!), Math.min(SIDE, line[i + 2]!)];
    for (let x = Math.floor(from); x < to; x++) {
      coverage[x]! += (Math.min(to, x + 1) - Math.max(from, x)) / SUB;
    }
  }
}

function blendRow(pixels: Float32Array, row: number, colour: Colour, alpha: number) {
  for (let x = 0; x < SIDE; x++) {
    if (coverage[x] === 0) continue;
    const share = Math.min(1, coverage[x]!) * alpha;
    const at = (row * SIDE + x) * 3;
    for (let c = 0; c < 3; c++) pixels[at + c]! += share * (colour[c]! - pixels[at + c]!);
  }
}

/** Fills the whole picture from a function of the position, x and y from −1 to 1, four samples a pixel. */
export function shade(pixels: Float32Array, at: (x: number, y: number) => Colour) {
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const i = (y * SIDE + x) * 3;
      pixels[i] = pixels[i + 1] = pixels[i + 2] = 0;
      for (let s = 0; s < 4; s++) {
        const u = (x + 0.25 + 0.5 * (s & 1)) / SIDE * 2 - 1;
        const v = (y + 0.25 + 0.5 * (s >> 1)) / SIDE * 2 - 1;
        const colour = at(u, v);
        for (let c = 0; c < 3; c++) pixels[i + c]! += colour[c]! / 4;
      }
    }
  }
}
