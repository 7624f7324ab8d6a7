/**
 * The colours of the pocket world, each with the word that captions use.
 *
 * @module
 */

import type { Random } from "../../random/mod.ts";
import type { Colour } from "./canvas.ts";

/** Colours by their word. */
export const colours = {
  red: [205, 45, 45],
  orange: [236, 134, 32],
  yellow: [238, 203, 44],
  green: [52, 150, 66],
  blue: [44, 92, 205],
  purple: [130, 58, 168],
  pink: [238, 130, 178],
  brown: [126, 78, 42],
  black: [30, 30, 34],
  white: [246, 246, 242],
  grey: [136, 138, 144],
  turquoise: [40, 176, 176],
} satisfies Record<string, Colour>;

/** A colour's word. */
export type ColourName = keyof typeof colours;

const names = Object.keys(colours) as ColourName[];

/** Any colour but those given. */
export function anyColour(random: Random, ...but: ColourName[]): ColourName {
  const left = names.filter((name) => !but.includes(name));
  return left[random.randbelow(left.length)]!;
}

/** A colour a little off: every channel moved by up to `by`. */
export function offColour(random: Random, [r, g, b]: Colour, by = 18): Colour {
  const off = (value: number) =>
    Math.max(0, Math.min(255, value + Math.floor((2 * random.random() - 1) * by)));
  return [off(r), off(g), off(b)];
}

/** A mixture: `share` of the second. */
export const mix = (a: Colour, b: Colour, share: number): Colour => [
  a[0] + share * (b[0] - a[0]),
  a[1] + share * (b[1] - a[1]),
  a[2] + share * (b[2] - a[2]),
];

/** The two colours of a subject: its own ones in 60 %, else any two. */
export function inks(
  random: Random,
  main: ColourName,
  other: ColourName,
): { word: ColourName; main: Colour; other: Colour } {
  const own = random.random() < 0.6;
  const word = own ? main : anyColour(random, "white");
  const second = own ? other : anyColour(random, word);
  return {
    word,
    main: offColour(random, colours[word]),
    other: offColour(random, colours[second]),
  };
}

/** How light a colour is, from 0 to 765. */
export const lightness = ([r, g, b]: Colour): number => r + g + b;
