/**
 * pocket-aircraft: 16 classes, four wings by four engines, seen from above: the part of FGVCAircraft. A third is never seen in
 * pre-training.
 *
 * @module
 */

import type { Colour } from "./canvas.ts";
import { type ColourName, colours, inks, mix } from "./colours.ts";
import { box, disc, line, type Part, poly } from "./shapes.ts";
import type { Subject, World } from "./subject.ts";

const { black: k, white: w } = colours;
/** Mirrors parts at the fuselage. */
const both = (parts: Part[]): Part[] => [
  ...parts,
  ...parts.map((part) => ({ ...part, path: part.path.map((v, i) => i % 2 ? v : -v) })),
];

// deno-fmt-ignore
const wings: [string, ColourName, string, (a: Colour) => Part[], (x: number) => number][] = [
  ["straight-wing", "red", "wings straight across", (a) => both([box(a, 0, -.3, .98, .02), box(a, 0, .68, .4, .84)]), () => -.3],
  ["swept-wing", "blue", "wings swept to the back", (a) => both([poly(a, 0, -.4, .98, .38, .98, .6, 0, .12), poly(a, 0, .62, .42, .88, .42, 1, 0, .84)]), (x) => -.4 + .8 * x],
  ["delta-wing", "grey", "one big triangle for a wing", (a) => [poly(a, 0, -.75, .88, .78, -.88, .78)], (x) => -.75 + 1.72 * x],
  ["double-wing", "green", "two pairs of wings|biplane", (a) => both([box(a, 0, -.52, .9, -.27), box(a, 0, .0, .9, .25), line(mix(a, k, .5), .06, .65, -.4, .65, .12), box(a, 0, .72, .38, .88)]), () => -.52],
];

// deno-fmt-ignore
const engines: [string, string, (edge: (x: number) => number) => Part[]][] = [
  ["glider", "without engines|sail plane", () => []],
  ["propeller plane", "with a propeller on its nose|single motor plane", () => [line(k, .1, -.38, -.97, .38, -.97), disc(colours.yellow, 0, -.97, .1)]],
  ["twin jet", "with two engines|airliner with a pair of engines", (edge) => both([disc(k, .4, edge(.4) + .02, .12, .22), disc(w, .4, edge(.4) - .12, .07, .05)])],
  ["four-engine jet", "with four engines|airliner with two pairs of engines", (edge) => both([.3, .66].flatMap((x) => [disc(k, x, edge(x) + .02, .11, .2), disc(w, x, edge(x) - .1, .06, .05)]))],
];

const subjects = wings.flatMap(([wing, main, shapes, drawWing, edge], f) =>
  engines.map(([engine, phrases, drawEngines], c): Subject => ({
    name: `${wing} ${engine}`,
    others: [
      ...shapes.split("|").map((shape) => `plane with ${shape}`),
      ...phrases.split("|").map((phrase) => phrase.startsWith("with") ? `plane ${phrase}` : phrase),
      engine,
      `${wing} plane`,
      "flying machine",
    ],
    unseen: (f + c) % 3 === 2,
    draw(random) {
      const ink = inks(random, main, "white");
      const body = mix(ink.main, w, .35);
      return {
        word: ink.word,
        parts: [
          ...drawEngines(edge),
          ...drawWing(ink.main),
          ...(wing === "delta-wing" ? drawEngines((x) => Math.min(.6, edge(x) + .25)) : []),
          disc(body, 0, 0, .15, .95),
          disc(k, 0, -.72, .07, .1),
        ],
      };
    },
  }))
);

/** The world of pocket-aircraft. */
export const aircraft: World = {
  name: "pocket-aircraft",
  title: "Pocket aircraft",
  plays: "FGVCAircraft",
  template: "a photo of a {}, a type of aircraft.",
  named: 0.6,
  share: 2,
  subjects,
  looks: { turn: [0.02, 0.06], zoom: [0.7, 1.1], light: 0.4, haze: 0.3, clutter: 3 },
};
