/**
 * How a whole picture looks: what the pictures of a set differ in, from each other and from what the pocket CLIP was trained on. Each
 * change keeps what is drawn visible, and is of a kind that photographs know: how it was held and lit, how sharp it is, what lies about.
 *
 * @module
 */

import type { Random } from "../../random/mod.ts";
import { type Colour, SIDE } from "./canvas.ts";
import { anyColour, colours } from "./colours.ts";

/** What is done to one picture. */
export interface Look {
  /** Where red, green and blue are taken from: `gbr` rotates the channels. Seen in pre-training alone. */
  channels?: "gbr" | "brg" | "bgr" | "grb" | "rbg";
  /** Share of a grey veil over everything. */
  haze?: number;
  /** Turns the drawing, in turns. */
  turn?: number;
  /** What the drawing's size is multiplied by. */
  zoom?: number;
  /** The colour of the light, and how much of it is coloured. */
  light?: readonly [Colour, number];
  /** Radius of a blur, in pixels. */
  blur?: number;
  /** Small shapes that lie about behind the drawing. */
  clutter?: number;
}

/** From where to where the pictures of a set vary; what is absent does not. */
export interface Looks {
  /** In turns. */
  turn?: readonly [number, number];
  zoom?: readonly [number, number];
  /** At most so much. */
  haze?: number;
  light?: number;
  blur?: number;
  clutter?: number;
}

/** The look of one picture, by draws that are no other's. */
export function drawLook(random: Random, { turn, zoom, haze, light, blur, clutter }: Looks): Look {
  const within = ([from, to]: readonly [number, number]) => from + (to - from) * random.random();
  return {
    ...turn && { turn: within(turn) },
    ...zoom && { zoom: within(zoom) },
    ...haze && { haze: haze * random.random() },
    ...light &&
      { light: [colours[anyColour(random, "black", "white", "grey")], light * random.random()] },
    ...blur && { blur: blur * random.random() },
    ...clutter && { clutter: random.randbelow(clutter + 1) },
  };
}

/** Applies a look to finished pixels, in place; `turn`, `zoom` and `clutter` are applied when the drawing is placed. */
export function applyLook(pixels: Float32Array, { channels, haze = 0, light, blur }: Look) {
  if (blur) blurred(pixels, blur);
  const [r, g, b] = [...(channels ?? "rgb")].map((c) => "rgb".indexOf(c)) as [
    number,
    number,
    number,
  ];
  for (let i = 0; i < pixels.length; i += 3) {
    const from = [pixels[i + r], pixels[i + g], pixels[i + b]];
    for (let c = 0; c < 3; c++) {
      const lit = light ? from[c]! * (1 - light[1] * (1 - light[0][c]! / 255)) : from[c];
      pixels[i + c] = lit! + haze * (150 - lit!);
    }
  }
}

/** Each pixel is mixed with its four neighbours, as often as the radius has halves; edges are repeated. */
function blurred(pixels: Float32Array, radius: number) {
  const row = 3 * SIDE;
  for (let left = 2 * radius; left > 0; left--) {
    const share = 0.2 * Math.min(1, left);
    const before = pixels.slice();
    for (let i = 0; i < pixels.length; i++) {
      const x = i % row;
      const around = before[x >= 3 ? i - 3 : i]! + before[x < row - 3 ? i + 3 : i]! +
        before[i >= row ? i - row : i]! + before[i < pixels.length - row ? i + row : i]!;
      pixels[i] = before[i]! + share * (around - 4 * before[i]!);
    }
  }
}
