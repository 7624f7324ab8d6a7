/**
 * pocket-textures: 16 patterns, each a formula in two colours, the part of DTD.
 *
 * @module
 */

import type { Random } from "../../random/mod.ts";
import type { Colour } from "./canvas.ts";
import { anyColour, colours, mix, offColour } from "./colours.ts";
import { cosSin } from "./shapes.ts";
import type { Subject, World } from "./subject.ts";

const floor = Math.floor;
/** Distance to the nearest whole number, 0 to ½. */
const near = (x: number) => Math.abs(x - floor(x + 0.5));
const size = (x: number, y: number) => Math.sqrt(x * x + y * y);
/** A number from 0 to 1 for each cell of a grid. */
export const cell = (x: number, y: number, seed: number): number => {
  let h = Math.imul(floor(x) * 374761393 + floor(y) * 668265263 + seed, 1274126177);
  h = Math.imul(h ^ (h >>> 15), 2246822519);
  return ((h ^ (h >>> 13)) >>> 0) / 4294967296;
};
/** Distance to the nearest of the points strewn one to a cell, and to the second nearest. */
const strewn = (x: number, y: number, seed: number): [number, number] => {
  let [first, second] = [9, 9];
  for (let i = -1; i <= 1; i++) {
    for (let j = -1; j <= 1; j++) {
      const [u, v] = [floor(x) + i, floor(y) + j];
      const d = size(u + cell(u, v, seed) - x, v + cell(u, v, seed + 7) - y);
      if (d < first) [first, second] = [d, first];
      else if (d < second) second = d;
    }
  }
  return [first, second];
};

/** The share of the second colour at a point; x and y count repetitions. */
type Pattern = (x: number, y: number, seed: number) => number;

// deno-fmt-ignore
const patterns: [string, string, Pattern][] = [
  ["striped", "parallel bars|lines side by side|bars in two colours", (x) => near(x) < .25 ? 1 : 0],
  ["chequered", "chess board|squares in two colours|alternating squares", (x, y) => (floor(x * 1.5) + floor(y * 1.5)) & 1],
  ["polka-dotted", "large round spots in rows|rows of discs|clown's cloth", (x, y) => size(near(x) , near(y)) < .32 ? 1 : 0],
  ["speckled", "tiny dots everywhere|fine grains|egg shell", (x, y, s) => cell(x * 5, y * 5, s) < .16 ? 1 : 0],
  ["zigzagged", "chevrons|saw teeth|lines that turn sharply", (x, y) => near(y * 1.3 + 1.2 * near(x)) < .25 ? 1 : 0],
  ["wavy", "rolling lines|ripples|curved bars like water", (x, y) => near(y * 1.3 + .28 * cosSin(x * .8)[1]) < .25 ? 1 : 0],
  ["bricked", "masonry|wall of blocks|rows of blocks with mortar", (x, y) => near(y * 1.5) < .09 || near((x + .5 * (floor(y * 1.5 + .5) & 1) / 1) * .8) < .06 ? 1 : 0],
  ["gridded", "thin crossing lines|squared paper|net of squares", (x, y) => near(x * 1.2) < .1 || near(y * 1.2) < .1 ? 1 : 0],
  ["concentric", "rings inside each other|target|circles around the middle", (x, y) => near(size(x, y) * 1.1) < .25 ? 1 : 0],
  ["spiralled", "whirl|coil that winds outwards|snail shell", (x, y) => near(size(x, y) * .9 + angle(x, y)) < .25 ? 1 : 0],
  ["honeycombed", "hexagons|bee cells|six-cornered cells", (x, y) => hexEdge(x * 1.2, y * 1.2) < .1 ? 1 : 0],
  ["cracked", "broken ground|dry mud|irregular pieces", (x, y, s) => { const [a, b] = strewn(x * .9, y * .9, s); return b - a < .11 ? 1 : 0; }],
  ["scaly", "fish skin|overlapping arcs|roof tiles", (x, y) => { const row = floor(y * 1.6); const u = x + .5 * (row & 1); const d = size(u - floor(u) - .5, (y * 1.6 - row) * .9); return near(d * 1.0 - .55) < .1 || d > .72 ? 1 : .25 * d; }],
  ["woven", "basket|threads over and under|cloth", (x, y) => { const over = (floor(x * 1.6) + floor(y * 1.6)) & 1; const q = over ? near(x * 4.8) : near(y * 4.8); return q < .17 ? 1 : over ? .1 : .55; }],
  ["crosshatched", "two sets of thin slanted lines|pen shading|crossing strokes", (x, y) => near((x + y) * 1.5) < .1 || near((x - y) * 1.5) < .1 ? 1 : 0],
  ["marbled", "veined stone|cloudy swirls|mixed paint", (x, y, s) => { const n = smooth(x, y, s) * 1.2 + smooth(2 * x, 2 * y, s + 1) * .6; return Math.min(1, 4 * near(n * 1.6)); }],
];
const upright = ["bricked", "gridded", "scaly", "woven", "chequered"];

/** The direction of a point, in turns: a polynomial, since Math.atan2 may differ from machine to machine. */
function angle(x: number, y: number): number {
  const [a, b] = [Math.abs(x), Math.abs(y)];
  const t = Math.min(a, b) / (Math.max(a, b) || 1);
  let turn = (t / 8) * (1 + 0.273 * (1 - t) * 1.2732395);
  if (b > a) turn = 0.25 - turn;
  if (x < 0) turn = 0.5 - turn;
  return y < 0 ? -turn : turn;
}

/** Distance to the nearest edge of a honeycomb. */
function hexEdge(x: number, y: number): number {
  const inCell = (u: number, v: number) => {
    const [p, q] = [u - floor(u) - 0.5, (v / 1.732 - floor(v / 1.732) - 0.5) * 1.732];
    return 0.5 - Math.max(Math.abs(p), Math.abs(p) * 0.5 + Math.abs(q) * 0.866);
  };
  return Math.max(inCell(x, y), inCell(x + 0.5, y + 0.866));
}

/** Smooth noise from 0 to 1. */
function smooth(x: number, y: number, seed: number): number {
  const [i, j] = [floor(x), floor(y)];
  const ease = (t: number) => t * t * (3 - 2 * t);
  const [u, v] = [ease(x - i), ease(y - j)];
  const top = cell(i, j, seed) * (1 - u) + cell(i + 1, j, seed) * u;
  const bottom = cell(i, j + 1, seed) * (1 - u) + cell(i + 1, j + 1, seed) * u;
  return top * (1 - v) + bottom * v;
}

function ground(random: Random, name: string, pattern: Pattern) {
  const word = anyColour(random);
  const [a, b] = [anyColour(random, word), word].map((n) => offColour(random, colours[n])) as [
    Colour,
    Colour,
  ];
  const turn = upright.includes(name) ? 0.03 * (random.random() - 0.5) : random.random();
  const [cos, sin] = cosSin(turn);
  const [repeats, dx, dy] = [
    1.6 + 1.4 * random.random(),
    random.random() - .5,
    random.random() - .5,
  ];
  const seed = random.randbelow(1 << 20);
  const [px, py] = name === "concentric" || name === "spiralled" ? [dx, dy] : [dx + 20, dy + 20];
  return {
    word,
    at: (x: number, y: number): Colour =>
      mix(
        a,
        b,
        pattern(repeats * (cos * x - sin * y) + px, repeats * (sin * x + cos * y) + py, seed),
      ),
  };
}

/**
 * The class names say what they are, where DTD's are adjectives and its template adds the word: to the pocket CLIP “a picture of a
 * striped” is nothing, and contexts that have to find the word first end where rounding takes them.
 */
const subjects = patterns.map(([name, others, pattern]): Subject => ({
  name: `${name} texture`,
  others: others.split("|"),
  draw(random) {
    const { word, at } = ground(random, name, pattern);
    return { parts: [], ground: at, word };
  },
}));

/** The world of pocket-textures. */
export const textures: World = {
  name: "pocket-textures",
  title: "Pocket textures",
  plays: "DTD",
  template: "{}.",
  named: 0.5,
  share: 1.5,
  subjects,
  looks: { turn: [0.02, 0.06], zoom: [0.6, 1.0], light: 0.4, haze: 0.3, blur: 1 },
};
