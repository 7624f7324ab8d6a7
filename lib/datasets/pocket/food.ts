/**
 * pocket-food: 16 dishes, the part of Food101.
 *
 * @module
 */

import type { Random } from "../../random/mod.ts";
import type { Colour } from "./canvas.ts";
import { anyColour, colours, mix, offColour } from "./colours.ts";
import { arc, box, cosSin, disc, line, type Part, placed, poly, ring } from "./shapes.ts";
import type { Subject, World } from "./subject.ts";

const { black: k, brown, green, orange, pink, red, white: w, yellow } = colours;
const bread: Colour = [222, 170, 92];

/** Spots of a topping strewn over a round dish. */
const strewn = (
  random: Random,
  n: number,
  reach: number,
  part: (x: number, y: number, i: number) => Part[],
) =>
  Array.from({ length: n }, (_, i) => {
    const [c, s] = cosSin(i * 0.381966 + 0.1 * random.random());
    const r = reach * (0.25 + 0.75 * ((i + 0.5) / n));
    return part(r * c, r * s, i);
  }).flat();

/** A plate under the dish, in four of five pictures, of any pale colour. */
function plate(random: Random): Part[] {
  if (random.random() < 0.2) return [];
  const rim = random.random() < 0.5 ? w : mix(colours[anyColour(random)], w, 0.6);
  return [
    disc(mix(rim, k, 0.15), 0, 0.03, 1),
    disc(rim, 0, 0, 0.98),
    disc(mix(rim, k, 0.07), 0, 0, 0.78),
  ];
}

const bowl = (
  a: Colour,
  inside: Colour,
): Part[] => [disc(mix(a, k, .2), 0, 0, .88), disc(a, 0, 0, .8), disc(inside, 0, 0, .68)];

// deno-fmt-ignore
const dishes: [string, string, (r: Random) => Part[]][] = [
  ["pepperoni pizza", "italian pie|round flat bread with sausage|red slices on cheese", (r) => [disc(bread, 0, 0, .85), disc(yellow, 0, 0, .7), ...strewn(r, 8, .55, (x, y) => [disc(red, x, y, .14)])]],
  ["tomato soup", "bowl of red liquid|hot red starter|red broth", (r) => [...bowl(offColour(r, w), offColour(r, red)), disc(w, .1, -.1, .14, .08)]],
  ["pea soup", "bowl of green liquid|hot green starter|green broth", (r) => [...bowl(offColour(r, w), [110, 150, 50]), ...strewn(r, 4, .4, (x, y) => [disc([150, 190, 80], x, y, .09)])]],
  ["fried egg", "sunny side up|yolk on white|breakfast from the pan", (r) => [disc(w, -.1, .05, .62, .52), disc(w, .25, -.15, .42, .4), disc(w, .1, .3, .4, .3), disc(offColour(r, yellow, 25), .02, .02, .27), disc(w, -.06, -.06, .06)]],
  ["green salad", "plate of leaves|lettuce|raw vegetables", (r) => strewn(r, 14, .6, (x, y, i) => placed([poly(mix(green, i % 2 ? yellow : k, .25), -.35, 0, -.1, -.2, .3, 0, -.1, .2)], { x, y, scale: 1, turn: r.random() })).concat(disc(red, .2, .2, .13), disc(red, -.3, -.1, .13))],
  ["spaghetti", "noodles|heap of long pasta|italian strings", (r) => [disc([235, 205, 120], 0, 0, .68), ...[.62, .5, .38, .26].map((q, i) => ring(i % 2 ? [200, 160, 70] : [250, 225, 150], .06, .04 * i, -.03 * i, q, q * .9)), disc(red, 0, -.02, .2), disc(brown, .05, 0, .1), disc(offColour(r, green), .3, .3, .06)]],
  ["doughnut", "glazed ring|sweet ring with sprinkles|ring of dough", (r) => [disc(bread, 0, 0, .8), disc(offColour(r, pink, 30), 0, 0, .72), ...strewn(r, 12, .62, (x, y, i) => [box([yellow, w, colours.blue][i % 3]!, x - .06, y - .03, x + .06, y + .03)]), disc(w, 0, 0, .25)]],
  ["waffle", "grid of baked batter|belgian breakfast|squares of batter", () => [box([214, 158, 70], -.65, -.65, .65, .65), ...[-.42, -.14, .14, .42].flatMap((p) => [line(brown, .08, p, -.65, p, .65), line(brown, .08, -.65, p, .65, p)]), box(yellow, -.15, -.15, .15, .15)]],
  ["sushi", "japanese rolls|rice rolled in seaweed|raw fish and rice", () => ([[-.38, -.36], [.38, -.36], [0, .35]] as const).flatMap(([x, y], i) => [disc(k, x, y, .36), disc(w, x, y, .27), disc([orange, green, red][i]!, x, y, .12)])],
  ["hamburger", "beef in a bun|fast food with a patty|bun with layers", () => [poly(bread, ...arc(0, -.15, .8, .6, .5, 1)), disc(w, -.3, -.5, .05), disc(w, .1, -.58, .05), disc(w, .35, -.4, .05), box(green, -.85, -.15, .85, 0), box(red, -.78, 0, .78, .1), box([90, 50, 28], -.8, .1, .8, .34), poly(bread, -.78, .36, .78, .36, .65, .68, -.65, .68)]],
  ["hot dog", "sausage in a bun|american snack|long bun with mustard", () => [disc(bread, 0, .15, .92, .36), disc([176, 66, 40], 0, -.02, .96, .2), disc(bread, 0, .32, .88, .22), line(yellow, .09, -.75, -.02, -.5, -.12, -.25, .05, 0, -.12, .25, .05, .5, -.12, .75, 0)]],
  ["layer cake", "birthday slice|sponge with cream|slice with a cherry", (r) => [poly(offColour(r, pink, 25), -.8, -.3, .75, -.55, .8, -.25), ...[0, 1, 2].flatMap((i) => [box([236, 196, 120], -.8, -.28 + .33 * i, .8, -.08 + .33 * i), box(offColour(r, pink, 25), -.8, -.08 + .33 * i, .8, .05 + .33 * i)]), disc(red, .3, -.6, .16)]],
  ["blueberry muffin", "small cake in a paper cup|baked dome with berries|tea time bun", (r) => [poly(offColour(r, [200, 90, 60]), -.5, .1, .5, .1, .38, .8, -.38, .8), ...[-.2, 0, .2].map((x) => line(w, .05, x, .15, x * .8, .78)), disc(bread, 0, -.15, .66, .45), ...([[-.3, -.2], [.05, -.4], [.3, -.1], [0, -.05]] as const).map(([x, y]) => disc([50, 60, 140], x, y, .1))]],
  ["fruit salad", "bowl of fruit pieces|mixed fruit|healthy dessert", (r) => [...bowl(offColour(r, w), [240, 225, 200]), ...strewn(r, 11, .55, (x, y, i) => [disc([red, orange, green, colours.purple, yellow][i % 5]!, x, y, .15)])]],
  ["pancakes", "stack with syrup|flat cakes|pile of batter discs", () => [...[.5, .28, .06, -.16].flatMap((y) => [disc([170, 100, 40], 0, y + .06, .78, .24), disc([232, 182, 100], 0, y, .78, .24)]), box(yellow, -.18, -.36, .18, -.14), line([140, 70, 20], .1, .4, -.1, .5, .25)]],
  ["french fries", "potato sticks|chips in a carton|fried potatoes", (r) => [...[-.5, -.3, -.1, .1, .3, .5].map((x) => line([246, 206, 80], .15, x * .8, .4, x * 1.2, -.75 + .25 * r.random())), poly(offColour(r, red, 25), -.62, -.1, .62, -.1, .48, .85, -.48, .85), poly(w, -.3, .2, .3, .2, .25, .45, -.25, .45)]],
];
const upright = [
  "hamburger",
  "hot dog",
  "layer cake",
  "blueberry muffin",
  "pancakes",
  "french fries",
];

const subjects = dishes.map(([name, others, draw]): Subject => ({
  name,
  others: others.split("|"),
  draw: (random) => {
    const parts = draw(random);
    return {
      parts: [
        ...plate(random),
        ...placed(parts, { x: 0, y: 0, scale: upright.includes(name) ? .78 : .9, turn: 0 }),
      ],
    };
  },
}));

/** The world of pocket-food. */
export const food: World = {
  name: "pocket-food",
  title: "Pocket food",
  plays: "Food101",
  template: "a photo of {}, a type of food.",
  named: 0.6,
  share: 1.5,
  subjects,
  looks: { turn: [0.02, 0.08], zoom: [0.5, 0.8], light: 0.4, haze: 0.3, blur: 1, clutter: 3 },
};
