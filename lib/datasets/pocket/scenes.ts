/**
 * pocket-scenes: 24 classes, six places at four times, the part of SUN397. A third of the combinations is never seen in pre-training.
 *
 * @module
 */

import type { Random } from "../../random/mod.ts";
import type { Colour } from "./canvas.ts";
import { colours, mix, offColour } from "./colours.ts";
import { arc, box, disc, line, type Part, placed, poly } from "./shapes.ts";
import type { Subject, World } from "./subject.ts";

const { brown, green, white: w, yellow } = colours;

/** Sky above and at the horizon, what lights or covers everything, and what is in the sky. */
interface Time {
  sky: [Colour, Colour];
  tint: (c: Colour) => Colour;
  above: (random: Random) => Part[];
  dark?: boolean;
}

// deno-fmt-ignore
const times: [string, string, Time][] = [
  ["by day", "blue sky over {}|sun over {}|{} in summer", { sky: [[96, 170, 240], [200, 228, 250]], tint: (c) => c,
    above: (r) => [disc(yellow, -.7 + 1.4 * r.random(), -.75, .16), ...placed([disc(w, 0, 0, .3, .12), disc(w, .15, -.08, .18, .12)], { x: -.6 + 1.2 * r.random(), y: -.5, scale: 1, turn: 0 })] }],
  ["at sunset", "orange sky over {}|{} in the evening|low red sun", { sky: [[190, 80, 120], [255, 180, 90]], tint: (c) => mix(c, [150, 60, 50], .35),
    above: (r) => [disc([255, 110, 50], -.5 + r.random(), -.12, .26)] }],
  ["at night", "stars over {}|{} in the dark|moon and stars", { sky: [[8, 10, 36], [34, 36, 80]], tint: (c) => mix(c, [10, 12, 40], .68), dark: true,
    above: (r) => [...Array.from({ length: 9 }, () => disc(w, 2 * r.random() - 1, -.95 + .7 * r.random(), .035)), disc([240, 238, 205], -.6 + 1.2 * r.random(), -.7, .16)] }],
  ["in the snow", "white ground at {}|{} in winter|snow on {}", { sky: [[200, 208, 218], [232, 236, 240]], tint: (c) => mix(c, w, .72),
    above: (r) => Array.from({ length: 24 }, () => disc(w, 2 * r.random() - 1, 2 * r.random() - 1, .045)) }],
];

const fir = (c: Colour, x: number, y: number, s: number) => [
  box(mix(c, [40, 20, 10], .6), x - .04 * s, y - .1 * s, x + .04 * s, y + .1 * s),
  poly(c, x - .25 * s, y - .05 * s, x, y - .75 * s, x + .25 * s, y - .05 * s),
];

// deno-fmt-ignore
const places: [string, string, (tint: (c: Colour) => Colour, r: Random, dark: boolean) => Part[]][] = [
  ["beach", "seaside|sand and water|coast", (t, r) => { const y = -.05 + .15 * r.random(); return [box(t([40, 110, 180]), -1, y, 1, 1), poly(t([236, 210, 150]), -1, y + .35, 1, y + .65, 1, 1, -1, 1), line(t(w), .05, -1, y + .33, 1, y + .63), ...placed([line(t(brown), .06, 0, 0, 0, -.5), poly(t(colours.red), ...arc(0, -.4, .3, .25, .5, 1))], { x: -.6 + r.random(), y: .85, scale: 1.2, turn: .03 })]; }],
  ["mountains", "alps|peaks|high rocks", (t, r) => [...[-.6, .1, .65].flatMap((x, i) => { const [p, h] = [x + .2 * r.random() - .1, -.75 + .3 * r.random()]; const c = mix(t([112, 108, 120]), t([60, 60, 70]), .3 * i); return [poly(c, p - .75, .6, p, h, p + .75, .6), poly(w, p - .18, h + .3, p, h, p + .18, h + .3, p + .06, h + .24, p - .04, h + .34)]; }), box(t(green), -1, .5, 1, 1)]],
  ["city", "town|rows of towers|skyline", (t, r, dark) => [-.85, -.5, -.15, .2, .55, .88].flatMap((x, i) => { const h = -.65 + .6 * r.random(); const c = t(mix([150, 150, 165], [90, 80, 90], r.random())); return [box(c, x - .17, h, x + .17, 1), ...[0, 1, 2, 3, 4].flatMap((j) => [-.08, .08].map((d) => box(dark || (i + j) % 3 === 0 ? yellow : t([70, 80, 100]), x + d - .04, h + .12 + .22 * j, x + d + .04, h + .22 + .22 * j)))]; }).concat(box(t([80, 80, 84]), -1, .85, 1, 1))],
  ["desert", "dunes|dry land with a cactus|hot sand", (t, r) => { const x = -.5 + r.random(); return [poly(t([222, 178, 100]), -1, .2, -.4, .0, .2, .25, 1, .05, 1, 1, -1, 1), poly(t([200, 150, 80]), -1, .6, .1, .35, 1, .7, 1, 1, -1, 1), ...placed([line(t([40, 110, 50]), .2, 0, -.7, 0, .3), line(t([40, 110, 50]), .13, 0, 0, -.3, 0, -.3, -.3), line(t([40, 110, 50]), .13, 0, -.15, .3, -.15, .3, -.45)], { x, y: .4, scale: .9, turn: 0 })]; }],
  ["lake", "pond among trees|still water|water with trees behind", (t, r) => [poly(t([90, 130, 80]), -1, .1, -.3, -.12, .4, .02, 1, -.1, 1, 1, -1, 1), ...[-.85, -.6, -.35, .45, .7, .92].flatMap((x) => fir(t([30, 90, 50]), x, .12, .55 + .25 * r.random())), disc(t([60, 130, 200]), 0, .6, .85, .36), line(t([150, 200, 240]), .05, -.4, .55, .1, .55), line(t([150, 200, 240]), .05, -.1, .7, .4, .7)]],
  ["forest", "woods|many trees|wood of firs", (t, r) => [box(t([60, 110, 50]), -1, .3, 1, 1), ...[-.8, -.4, 0, .4, .8, -.6, -.15, .3, .7].flatMap((x, i) => fir(t(mix([24, 84, 44], [60, 130, 60], r.random())), x + .1 * r.random(), .45 + .1 * i - (i > 4 ? .2 : 0), 1.25))]],
];

const subjects = places.flatMap(([place, others, draw], f) =>
  times.map(([time, phrases, { sky, tint, above, dark = false }], c): Subject => ({
    name: `${place} ${time}`,
    others: [
      ...phrases.split("|").map((phrase) => phrase.replace("{}", place)),
      ...others.split("|").flatMap((other) => [other, `${other} ${time}`]),
      place,
      `landscape ${time}`,
    ],
    unseen: (f + 2 * c) % 3 === 2,
    draw(random) {
      const [top, bottom] = sky.map((colour) => offColour(random, colour, 20)) as [Colour, Colour];
      return {
        ground: (_, y) => mix(top, bottom, Math.min(1, (y + 1) * .8)),
        parts: time === "in the snow" ? [...draw(tint, random, dark), ...above(random)] : [
          ...above(random),
          ...draw((colour) => offColour(random, tint(colour), 8), random, dark),
        ],
        word: undefined,
      };
    },
  }))
);

/** The world of pocket-scenes. */
export const scenes: World = {
  name: "pocket-scenes",
  title: "Pocket scenes",
  plays: "SUN397",
  template: "a photo of a {}.",
  named: 0.6,
  share: 2,
  subjects,
  looks: { turn: [0.04, 0.1], zoom: [0.9, 1.3], light: 0.4, haze: 0.4, blur: 2 },
};
