/**
 * From a drawing to pixels: a background, the drawing placed on it in one of several renderings, a little noise, a look.
 *
 * @module
 */

import type { Random } from "../../random/mod.ts";
import { type Colour, fill, shade, SIDE } from "./canvas.ts";
import { anyColour, colours, mix } from "./colours.ts";
import { applyLook, type Look } from "./look.ts";
import { box, cosSin, disc, type Part, placed, poly, strokePaths } from "./shapes.ts";
import { type Drawing, pick } from "./subject.ts";

/** How a drawing is rendered. */
export type Rendering =
  | "filled"
  | "outlined"
  | "sketch"
  | "silhouette"
  | "line drawing"
  | "chalk";

/** What of a picture can be put into words, and is decided before it is painted. */
export interface Staging {
  rendering: Rendering;
  /** Centre, in pixels, and half the size of the drawing's square. */
  x: number;
  y: number;
  scale: number;
  background: Colour;
  /** The background's word, where it is strong enough to have one. */
  backgroundWord?: string | undefined;
}

/** Draws where and on what a drawing is put. */
export function stage(random: Random, rendering: Rendering, full: boolean): Staging {
  if (full) {
    return { rendering, x: SIDE / 2, y: SIDE / 2, scale: SIDE / 2, background: colours.white };
  }
  const scale = 14 + 8 * random.random();
  const room = SIDE / 2 - scale + 1;
  const at = () => SIDE / 2 + room * (2 * random.random() - 1);
  const [x, y] = [at(), at()];
  const name = anyColour(random);
  const strong = random.random() < 0.12;
  const background = strong
    ? colours[name]
    : mix(colours.white, colours[name], 0.3 * random.random());
  return { rendering, x, y, scale, background, backgroundWord: strong ? name : undefined };
}

/** The pixels of a staged drawing, row by row, three bytes each. */
export function paint(random: Random, drawing: Drawing, staging: Staging, look: Look): Uint8Array {
  const pixels = new Float32Array(SIDE * SIDE * 3);
  const { x, y, rendering } = staging;
  const scale = staging.scale * (look.zoom ?? 1);
  const turn = 0.06 * (random.random() - 0.5) + (look.turn ?? 0);
  if (drawing.ground) {
    // Turned, it must still reach the corners.
    const place = { x, y, scale: look.turn ? 1.25 * scale : scale, turn: look.turn ?? 0 };
    const [cos, sin] = cosSin(place.turn);
    const ground = drawing.ground;
    const zoom = staging.scale / place.scale;
    shade(pixels, (u, v) => ground(zoom * (cos * u + sin * v), zoom * (cos * v - sin * u)));
    render(
      pixels,
      placed(drawing.parts, { ...place, mirrored: random.random() < 0.5 }),
      "filled",
      scale,
    );
  } else {
    paintBackground(pixels, random, staging);
    if (look.clutter) strew(pixels, random, look.clutter);
    render(
      pixels,
      placed(drawing.parts, { x, y, scale, turn, mirrored: random.random() < 0.5 }),
      rendering,
      scale,
    );
  }
  applyLook(pixels, look);
  return withNoise(pixels, random);
}

/** A plain or graded ground, sometimes with a shadow or a horizon. */
function paintBackground(pixels: Float32Array, random: Random, { background, rendering }: Staging) {
  const plain = rendering === "sketch" ? mix(background, colours.white, 0.8) : background;
  const ground = rendering === "chalk" ? mix(background, [20, 40, 40], 0.85) : plain;
  const other = mix(
    ground,
    random.random() < 0.5 ? colours.white : colours.grey,
    0.25 * random.random(),
  );
  const [horizon, graded] = [SIDE * (0.55 + 0.4 * random.random()), random.random() < 0.5];
  for (let row = 0; row < SIDE; row++) {
    const share = graded ? row / SIDE : row > horizon ? 1 : 0;
    const colour = mix(ground, other, share);
    for (let i = row * SIDE * 3; i < (row + 1) * SIDE * 3; i++) pixels[i] = colour[i % 3]!;
  }
}

/** Small shapes behind the drawing, paler than it is. */
function strew(pixels: Float32Array, random: Random, count: number) {
  for (let i = 0; i < count; i++) {
    const colour = mix(colours[anyColour(random)], colours.white, 0.25);
    const place = {
      x: SIDE * random.random(),
      y: SIDE * random.random(),
      scale: 2 + 4 * random.random(),
      turn: random.random(),
    };
    const shape = pick(random, [
      disc(colour, 0, 0, 1, 0.7),
      box(colour, -1, -0.6, 1, 0.6),
      poly(colour, -0.9, 0.8, 0.9, 0.8, 0, -0.9),
    ]);
    for (const { path } of placed([shape], place)) fill(pixels, [path], colour);
  }
}

function render(pixels: Float32Array, parts: Part[], rendering: Rendering, scale: number) {
  const fine = 0.055 * scale + 0.3;
  const edge = (part: Part, colour: Colour) =>
    fill(
      pixels,
      strokePaths({ ...part, width: part.width > 0 ? Math.max(fine, part.width * 0.4) : fine }),
      colour,
    );
  for (const part of parts) {
    const { colour, path, width } = part;
    const inside = width > 0 ? strokePaths(part) : [path];
    switch (rendering) {
      case "filled":
        fill(pixels, inside, colour);
        break;
      case "outlined":
        fill(pixels, inside, colour);
        if (width === 0) edge(part, [28, 26, 30]);
        break;
      case "sketch":
        edge(part, [36, 34, 38]);
        break;
      case "silhouette":
        fill(pixels, inside, [30, 28, 34]);
        break;
      case "line drawing":
        edge(part, colour);
        break;
      case "chalk":
        edge(part, [240, 240, 232]);
    }
  }
}

/** Rounds to bytes with a little noise, from one cheap generator seeded by a draw. */
function withNoise(pixels: Float32Array, random: Random): Uint8Array {
  const bytes = new Uint8Array(pixels.length);
  const strength = 3 + 9 * random.random();
  let state = random.randbelow(4294967295) + 1;
  for (let i = 0; i < bytes.length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const value = pixels[i]! + strength * (state / 2147483648) + 0.5;
    bytes[i] = value < 0 ? 0 : value > 255 ? 255 : value;
  }
  return bytes;
}
