/**
 * pocket-tiles: 12 land covers seen from above, the part of EuroSAT.
 *
 * @module
 */

import type { Random } from "../../random/mod.ts";
import type { Colour } from "./canvas.ts";
import { colours, mix, offColour } from "./colours.ts";
import { box, cosSin, disc, line, type Part, placed } from "./shapes.ts";
import type { Subject, World } from "./subject.ts";
import { cell } from "./textures.ts";

const { grey, white: w } = colours;
const meadow: Colour = [140, 168, 88];
const soil: Colour = [176, 146, 98];
const wood: Colour = [38, 84, 48];
const water: Colour = [42, 88, 140];

/** The ground's colour, how grainy it is, and what lies on it before everything is turned. */
type Cover = (random: Random) => { ground: Colour; grain: number; parts: Part[] };

/** Places on a grid, a little out of line. */
const grid = (
  random: Random,
  step: number,
  part: (x: number, y: number, i: number) => Part[],
  off = 0.1,
) => {
  const parts: Part[] = [];
  for (let y = -1.4, i = 0; y < 1.5; y += step) {
    for (let x = -1.4; x < 1.5; x += step, i++) {
      parts.push(...part(x + off * (random.random() - .5), y + off * (random.random() - .5), i));
    }
  }
  return parts;
};
const winding = (random: Random, colour: Colour, width: number, bend: number) =>
  line(
    colour,
    width,
    ...[-1.6, -1.1, -.6, -.1, .4, .9, 1.6].flatMap((x) => [x, bend * (random.random() - .5)]),
  );

// deno-fmt-ignore
const covers: [string, string, Cover][] = [
  ["annual crop land", "patchwork of fields|ploughed plots|farmland", (r) => ({ ground: offColour(r, soil), grain: .05, parts: [[-1.5, -.4], [-.38, .35], [.37, 1.5]].flatMap(([x0 = 0, x1 = 0]) => { const y = r.random() - .5; return [box(mix(soil, meadow, r.random()), x0, -1.5, x1, y), box(mix(mix(soil, meadow, r.random()), [230, 200, 90], .4 * r.random()), x0, y + .03, x1, 1.5)]; }) })],
  ["forest from above", "dense tree crowns|dark wood|jungle", (r) => ({ ground: wood, grain: .25, parts: grid(r, .33, (x, y, i) => [disc(mix(wood, meadow, .12 + .1 * (i % 3)), x, y, .17)], .3) })],
  ["pasture land", "grass with cattle|meadow|grazing animals", (r) => ({ ground: offColour(r, meadow), grain: .08, parts: [line(mix(meadow, soil, .6), .06, -1.5, -.6, 1.5, -.5), ...Array.from({ length: 11 }, () => disc(r.random() < .6 ? w : [70, 50, 40], 1.8 * r.random() - .9, 1.8 * r.random() - .9, .075))] })],
  ["orchard", "trees in rows|permanent crops|fruit plantation", (r) => ({ ground: offColour(r, soil), grain: .06, parts: grid(r, .38, (x, y) => [disc([54, 110, 54], x, y, .14)], .04) })],
  ["vineyard", "green lines on soil|rows of vines|wine growing", (r) => ({ ground: offColour(r, soil), grain: .05, parts: [-1.25, -1, -.75, -.5, -.25, 0, .25, .5, .75, 1, 1.25].map((y) => line([80, 126, 58], .12, -1.6, y, 1.6, y)) })],
  ["circular fields", "round irrigated plots|green discs on sand|pivot irrigation", (r) => ({ ground: offColour(r, [206, 182, 130]), grain: .04, parts: grid(r, .86, (x, y, i) => [disc(mix([70, 140, 60], soil, .5 * (i % 3) * r.random()), x, y, .39), line(mix(meadow, soil, .5), .04, x, y, x + .39, y)], .02) })],
  ["river", "winding stream|water that bends|waterway", (r) => ({ ground: offColour(r, mix(meadow, wood, .4)), grain: .12, parts: [winding(r, mix(water, meadow, .4), .52, 1.1), winding(r, water, .36, 1.1)].slice(1).concat(disc(wood, -.6, .85, .2), disc(wood, .7, -.85, .25)) })],
  ["lake from above", "still water|blue basin|reservoir", (r) => ({ ground: offColour(r, mix(meadow, wood, .3)), grain: .1, parts: [disc(mix(water, soil, .5), .1 * r.random(), 0, .78, .62), disc(water, .1 * r.random(), 0, .7, .54), disc(water, .4, .35, .35)] })],
  ["highway", "motorway|wide road with lanes|traffic on asphalt", (r) => ({ ground: offColour(r, mix(meadow, soil, .4)), grain: .08, parts: [line(mix(grey, [0, 0, 0], .25), .5, -1.6, 0, 1.6, 0), ...[-1, -.6, -.2, .2, .6, 1].map((x) => line(w, .06, x, 0, x + .2, 0)), box([200, 40, 40], -.5, -.18, -.28, -.08), box(w, .3, .08, .55, .18), box([40, 60, 160], -.1, .08, .12, .18)] })],
  ["residential area", "small houses with gardens|suburb|rows of roofs", (r) => ({ ground: offColour(r, mix(meadow, grey, .35)), grain: .07, parts: [...[-.9, .1, 1.1].map((y) => line([170, 168, 165], .14, -1.6, y - .25, 1.6, y - .25)), ...grid(r, .46, (x, y, i) => [box([176, 84, 62], x - .14, y - .11, x + .14, y + .11), box([140, 60, 46], x - .14, y, x + .14, y + .11), ...(i % 3 ? [] : [disc(wood, x + .22, y, .08)])], .06)] })],
  ["industrial area", "large flat roofs|factories|warehouses", (r) => ({ ground: offColour(r, [150, 148, 145]), grain: .04, parts: [[-.55, -.5], [.5, -.55], [-.5, .5], [.55, .5]].flatMap(([x = 0, y = 0]) => { const [a, b] = [.3 + .15 * r.random(), .25 + .2 * r.random()]; const c = mix(w, [110, 130, 160], r.random() * .6); return [box([90, 90, 95], x - a + .06, y - b + .06, x + a + .06, y + b + .06), box(c, x - a, y - b, x + a, y + b), line(mix(c, [0, 0, 0], .2), .05, x - a, y, x + a, y)]; }) })],
  ["parking lot", "rows of parked vehicles|car park|many small coloured boxes", (r) => ({ ground: offColour(r, [96, 96, 100]), grain: .03, parts: grid(r, .27, (x, y, i) => r.random() < .25 ? [] : [box([[200, 40, 40], w, [40, 60, 160], [30, 30, 34], [170, 170, 175]][(i * 7 + r.randbelow(5)) % 5] as unknown as Colour, x - .06, y - .1, x + .06, y + .1)], .02) })],
];

const subjects = covers.map(([name, others, cover]): Subject => ({
  name,
  others: others.split("|"),
  draw(random) {
    const { ground, grain, parts } = cover(random);
    const seed = random.randbelow(1 << 20);
    const [cos] = cosSin(random.random());
    const turn = name === "river" || cos > 0 ? random.random() : 0;
    return {
      parts: placed(parts, { x: 0, y: 0, scale: 0.85 + 0.35 * random.random(), turn }),
      ground: (x, y) => mix(ground, [20, 30, 10], grain * cell(x * 12 + 40, y * 12 + 40, seed)),
    };
  },
}));

/** The world of pocket-tiles. */
export const tiles: World = {
  name: "pocket-tiles",
  title: "Pocket tiles",
  plays: "EuroSAT",
  template: "a centered satellite photo of {}.",
  named: 0.5,
  share: 1.5,
  subjects,
  looks: { turn: [0.02, 0.12], zoom: [1.0, 1.8], light: 0.8, haze: 0.7, blur: 4 },
};
