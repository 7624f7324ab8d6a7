/**
 * pocket-vehicles: 24 classes, six bodies in four liveries, the part of StanfordCars. A third of the combinations is never seen in
 * pre-training.
 *
 * @module
 */

import type { Colour } from "./canvas.ts";
import { type ColourName, colours, inks, lightness } from "./colours.ts";
import { box, disc, line, type Part, poly } from "./shapes.ts";
import type { Subject, World } from "./subject.ts";

const { black: k, white: w, grey } = colours;
const glass: Colour = [196, 224, 240];
/** What a livery covers: from x0 to x1 between y0 and y1. */
type Body = { area: [number, number, number, number]; draw: (a: Colour) => Part[]; top: Part[] };

const wheels = (y: number, ...at: [number, number][]) =>
  at.flatMap(([x, r]) => [disc(k, x, y, r), disc(grey, x, y, r * .45)]);

// deno-fmt-ignore
const bodies: [string, ColourName, string, Body][] = [
  ["van", "white", "delivery vehicle|minibus|high box on wheels", { area: [-.85, .45, -.05, .42],
    draw: (a) => [poly(a, -.9, .5, -.9, -.55, .4, -.55, .85, -.05, .9, .5)],
    top: [poly(glass, .15, -.42, .36, -.42, .68, -.06, .15, -.06), box(glass, -.7, -.42, -.4, -.08), box(glass, -.28, -.42, .02, -.08), ...wheels(.5, [-.5, .22], [.5, .22])] }],
  ["pickup truck", "blue", "utility vehicle|car with an open bed|farmer's wagon", { area: [-.9, .85, .08, .36],
    draw: (a) => [poly(a, -.95, .4, -.95, 0, .0, 0, .02, -.5, .45, -.5, .65, 0, .95, .06, .95, .4)],
    top: [poly(glass, .12, -.04, .13, -.38, .4, -.38, .54, -.04), ...wheels(.42, [-.55, .25], [.55, .25])] }],
  ["double-decker bus", "red", "tall coach|two rows of windows|public transport", { area: [-.85, .85, -.16, .0],
    draw: (a) => [box(a, -.9, -.85, .9, .6)],
    top: [...[-.66, -.22, .22, .66].flatMap((x) => [box(glass, x - .17, -.7, x + .17, -.32), box(glass, x - .17, .02, x + .17, .34)]), ...wheels(.62, [-.5, .22], [.5, .22])] }],
  ["tractor", "green", "farm machine|big rear wheel|machine for ploughing", { area: [-.15, .85, -.1, .28],
    draw: (a) => [poly(a, -.7, .3, -.7, -.8, -.1, -.8, 0, -.18, .88, -.18, .88, .35), line(k, .1, .6, -.2, .6, -.65)],
    top: [poly(glass, -.58, -.2, -.58, -.68, -.2, -.68, -.13, -.2), ...wheels(.35, [-.45, .5]), ...wheels(.58, [.62, .27])] }],
  ["sports car", "yellow", "racing vehicle|low fast vehicle|flat body with a wing", { area: [-.85, .8, .06, .3],
    draw: (a) => [poly(a, -.95, .35, -.92, .02, -.4, -.08, -.1, -.35, .25, -.35, .5, -.02, .95, .16, .97, .35), line(a, .1, -.95, -.25, -.65, -.25), line(a, .08, -.8, -.25, -.75, .05)],
    top: [poly(glass, -.25, -.08, -.04, -.27, .2, -.27, .36, -.06), ...wheels(.35, [-.58, .22], [.6, .22])] }],
  ["tank lorry", "grey", "road tanker|cylinder on wheels|heavy goods vehicle", { area: [-.85, .3, -.2, .18],
    draw: (a) => [box(k, -.95, .28, .95, .42), disc(a, -.8, -.02, .15, .34), disc(a, .28, -.02, .15, .34), box(a, -.8, -.36, .28, .32), poly(a, .5, .35, .5, -.45, .78, -.45, .93, -.08, .93, .35)],
    top: [poly(glass, .58, -.08, .58, -.34, .74, -.34, .85, -.08), ...wheels(.5, [-.7, .18], [-.25, .18], [.68, .18])] }],
];

// deno-fmt-ignore
const liveries: [string, string, (b: Colour, area: Body["area"]) => Part[]][] = [
  ["plain", "plain {}|{} of one colour", () => []],
  ["striped", "{} with stripes|{} with vertical bars", (b, [x0, x1, y0, y1]) => [0, 1, 2, 3, 4].map((i) => box(b, x0 + (x1 - x0) * (.04 + .2 * i), y0, x0 + (x1 - x0) * (.13 + .2 * i), y1))],
  ["dotted", "{} with dots|spotted {}", (b, [x0, x1, y0, y1]) => [0, 1, 2, 3, 4].map((i) => disc(b, x0 + (x1 - x0) * (.1 + .2 * i), (y0 + y1) / 2, Math.min(.12, (y1 - y0) / 2)))],
  ["banded", "{} with a band|{} with one long line", (b, [x0, x1, y0, y1]) => [box(b, x0 - .03, y0 + .28 * (y1 - y0), x1 + .03, y1 - .28 * (y1 - y0))]],
];

const subjects = bodies.flatMap(([body, main, others, { area, draw, top }], f) =>
  liveries.map(([livery, phrases, pattern], c): Subject => ({
    name: `${livery} ${body}`,
    others: [
      ...phrases.split("|").map((phrase) => phrase.replace("{}", body)),
      ...others.split("|"),
      body,
      `${livery} vehicle`,
    ],
    unseen: (f + 2 * c) % 3 === 1,
    draw(random) {
      const ink = inks(random, main, "black");
      const contrast: Colour = lightness(ink.main) > 400 ? [150, 30, 60] : w;
      return { parts: [...draw(ink.main), ...pattern(contrast, area), ...top], word: ink.word };
    },
  }))
);

/** The world of pocket-vehicles. */
export const vehicles: World = {
  name: "pocket-vehicles",
  title: "Pocket vehicles",
  plays: "StanfordCars",
  template: "a photo of a {}.",
  named: 0.5,
  share: 2,
  subjects,
  looks: { turn: [0.01, 0.05], zoom: [0.8, 1.1], light: 0.3, haze: 0.2, clutter: 2 },
};
