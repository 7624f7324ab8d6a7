/**
 * pocket-flowers: 20 flowers that differ in number, shape and colour of petals, the part of Flowers102.
 *
 * @module
 */

import type { Random } from "../../random/mod.ts";
import type { Colour } from "./canvas.ts";
import { type ColourName, colours, mix } from "./colours.ts";
import { cosSin, disc, line, type Part, placed, poly } from "./shapes.ts";
import { icon, type Subject, type World } from "./subject.ts";

const { black: k, green, white: w } = colours;

type Petal = "round" | "long" | "pointed" | "notched" | "wide";

/** One petal that points up from the origin, of length 1. */
const petal: Record<Petal, (a: Colour) => Part[]> = {
  round: (a) => [disc(a, 0, -0.62, 0.36, 0.4)],
  long: (a) => [disc(a, 0, -0.55, 0.15, 0.45)],
  pointed: (a) => [poly(a, 0, 0, -0.24, -0.45, 0, -1, 0.24, -0.45)],
  notched: (
    a,
  ) => [
    disc(a, -0.16, -0.7, 0.24, 0.28),
    disc(a, 0.16, -0.7, 0.24, 0.28),
    poly(a, 0, 0, -0.36, -0.62, 0.36, -0.62),
  ],
  wide: (a) => [disc(a, 0, -0.55, 0.52, 0.46)],
};

function crown(random: Random, a: Colour, n: number, kind: Petal, reach: number): Part[] {
  const turn = random.random();
  return Array.from({ length: n }, (_, i) => {
    const shade = mix(a, i % 2 ? k : w, 0.1);
    return placed(petal[kind](shade), { x: 0, y: 0, scale: reach, turn: turn + i / n });
  }).flat();
}

/** A flower from above on a bit of stem: layers of petals, each [number, shape, reach], then its heart. */
function flower(
  name: string,
  ink: [ColourName, ColourName],
  others: string,
  layers: [number, Petal, number][],
  heart: number,
): Subject {
  return icon(name, ink, others, (a, b, random) => [
    line(green, 0.1, 0, 0, 0.15, 1.3),
    disc(green, 0.35, 1, 0.22, 0.1),
    ...layers.flatMap(([n, kind, reach], i) =>
      crown(random, mix(a, i % 2 ? k : w, 0.12 * i), n, kind, reach)
    ),
    disc(b, 0, 0, heart),
  ]);
}

/** A flower seen from the side. */
const side = (
  name: string,
  ink: [ColourName, ColourName],
  others: string,
  parts: (a: Colour, b: Colour) => Part[],
) =>
  icon(
    name,
    ink,
    others,
    (
      a,
      b,
    ) => [line(green, .1, 0, .1, .08, 1.3), poly(green, 0, 1, -.5, .3, -.1, .75), ...parts(a, b)],
  );

const around = (n: number, r: number, part: (x: number, y: number, i: number) => Part) =>
  Array.from({ length: n }, (_, i) => {
    const [c, s] = cosSin(i / n);
    return part(r * c, r * s, i);
  });

// deno-fmt-ignore
const subjects = [
  flower("daisy", ["white", "yellow"], "meadow bloom|white rays around a yellow heart|many narrow petals", [[13, "long", .95]], .27),
  flower("sunflower", ["yellow", "brown"], "tall summer bloom|yellow rays around a big brown heart|giant bloom", [[16, "pointed", 1]], .5),
  flower("buttercup", ["yellow", "orange"], "small yellow bloom|five round yellow petals", [[5, "round", .85]], .17),
  flower("cornflower", ["blue", "purple"], "blue field bloom|nine notched petals", [[9, "notched", .95]], .2),
  flower("poppy", ["red", "black"], "scarlet bloom with a black heart|four broad petals", [[4, "wide", .95]], .24),
  icon("forget-me-not", ["blue", "yellow"], "cluster of tiny blooms|three little five-petalled heads", (a, b, random) => [
    line(green, .1, 0, 0, .1, 1.3), ...[[-.45, -.1], [.45, -.25], [.05, .5]].flatMap(([x, y]) => placed([...crown(random, a, 5, "round", 1), disc(b, 0, 0, .3)], { x: x!, y: y!, scale: .44, turn: 0 }))]),
  flower("gerbera", ["pink", "black"], "big florist's bloom|pink rays around a dark heart", [[18, "long", 1], [12, "long", .7]], .24),
  flower("clematis", ["purple", "white"], "climbing bloom|eight pointed purple petals", [[8, "pointed", 1]], .18),
  flower("primrose", ["pink", "yellow"], "early spring bloom|five notched petals", [[5, "notched", .9]], .2),
  flower("tiger lily", ["orange", "brown"], "spotted bloom|six pointed orange petals", [[6, "pointed", 1]], .12),
  flower("water lily", ["pink", "yellow"], "pond bloom|two rows of pointed petals", [[10, "pointed", 1], [7, "pointed", .65]], .18),
  flower("marigold", ["orange", "orange"], "dense orange bloom|many small rows of notched petals", [[11, "notched", .95], [8, "notched", .65], [5, "notched", .38]], .1),
  flower("anemone", ["white", "black"], "wind bloom|seven round white petals with a dark heart", [[7, "round", .92]], .26),
  flower("dahlia", ["red", "red"], "garden bloom|three rows of pointed petals", [[14, "pointed", 1], [10, "pointed", .72], [6, "pointed", .45]], .08),
  icon("daffodil", ["yellow", "orange"], "easter bloom|six petals and a trumpet", (a, b, random) => [
    line(green, .1, 0, 0, .15, 1.3), ...crown(random, a, 6, "pointed", 1), disc(mix(b, k, .15), 0, 0, .42), disc(b, 0, 0, .34), disc(mix(b, k, .45), 0, 0, .17)]),
  icon("rose", ["red", "red"], "valentine bloom|rolled petals inside each other", (a, _, random) => [
    line(green, .1, 0, 0, .15, 1.3), ...crown(random, mix(a, k, .15), 5, "wide", .92), disc(mix(a, k, .35), 0, 0, .5), disc(a, .03, .02, .44), disc(mix(a, k, .35), -.02, 0, .3), disc(a, .02, .02, .22), disc(mix(a, k, .4), 0, 0, .1)]),
  side("tulip", ["red", "yellow"], "dutch bloom|cup with three points", (a, b) => [
    poly(a, -.55, -.75, -.28, -.4, 0, -.85, .28, -.4, .55, -.75, .55, -.1, .25, .3, -.25, .3, -.55, -.1), poly(mix(a, b, .5), 0, -.85, .2, -.3, 0, .28, -.2, -.3)]),
  side("bluebell", ["blue", "white"], "woodland bloom|hanging bell with a frilled rim", (a, b) => [
    disc(a, 0, -.45, .42, .45), poly(a, -.42, -.5, .42, -.5, .6, .2, .4, .05, .2, .25, 0, .05, -.2, .25, -.4, .05, -.6, .2), line(b, .06, -.15, -.7, -.2, 0)]),
  icon("dandelion clock", ["white", "grey"], "ball of seeds|white fluffy head", (a, b) => [
    line(green, .1, 0, 0, .15, 1.3), ...around(16, .85, (x, y) => line(b, .07, 0, 0, x, y)), ...around(16, .85, (x, y) => disc(a, x, y, .15)), ...around(10, .5, (x, y) => disc(a, x, y, .12)), disc(b, 0, 0, .14)]),
  icon("lavender", ["purple", "purple"], "fragrant spike|purple spike of small buds", (a) => [
    line(green, .09, 0, -.9, .1, 1.3), ...[-.85, -.6, -.35, -.1, .15, .4].flatMap((y, i) => [disc(mix(a, w, .06 * i), -.18 - .02 * i, y, .19, .15), disc(mix(a, k, .06 * i), .18 + .02 * i, y + .08, .19, .15)]), disc(a, 0, -.98, .13, .16)]),
];

/** The world of pocket-flowers. */
export const flowers: World = {
  name: "pocket-flowers",
  title: "Pocket flowers",
  plays: "Flowers102",
  template: "a photo of a {}, a type of flower.",
  named: 0.6,
  share: 2,
  subjects,
  looks: { zoom: [0.5, 0.8], light: 0.4, haze: 0.3, blur: 1, clutter: 3 },
};
