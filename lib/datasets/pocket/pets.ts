/**
 * pocket-pets: 24 classes, six faces in four coats, the part of OxfordPets. A third of the combinations is never seen in pre-training.
 *
 * @module
 */

import type { Random } from "../../random/mod.ts";
import type { Colour } from "./canvas.ts";
import { type ColourName, colours, inks, lightness } from "./colours.ts";
import { disc, line, type Part, poly } from "./shapes.ts";
import type { Subject, World } from "./subject.ts";

const { black: k, white: w, pink } = colours;
type Face = (a: Colour) => { behind: Part[]; front: Part[] };

const eyes = [
  disc(w, -.27, -.08, .13),
  disc(w, .27, -.08, .13),
  disc(k, -.27, -.07, .07),
  disc(k, .27, -.07, .07),
];

// deno-fmt-ignore
const faces: [string, ColourName, string, Face][] = [
  ["cat", "orange", "kitten|whiskers and pointed ears|feline", (a) => ({
    behind: [poly(a, -.68, .1, -.66, -.9, -.1, -.4), poly(a, .68, .1, .66, -.9, .1, -.4), disc(a, 0, .1, .68, .62)],
    front: [poly(pink, -.1, .2, .1, .2, 0, .32), line(k, .04, .25, .3, .85, .2), line(k, .04, .25, .38, .85, .42), line(k, .04, -.25, .3, -.85, .2), line(k, .04, -.25, .38, -.85, .42)] })],
  ["dog", "brown", "puppy|hound|snout and hanging ears", (a) => ({
    behind: [disc(a, 0, 0, .56, .68)],
    front: [disc([70, 45, 30], -.62, -.05, .2, .52), disc([70, 45, 30], .62, -.05, .2, .52), disc(w, 0, .4, .3, .24), disc(k, 0, .28, .14, .1), line(k, .05, 0, .3, 0, .5), disc(pink, 0, .62, .1, .14)] })],
  ["rabbit", "grey", "bunny|hare|long upright ears", (a) => ({
    behind: [disc(a, -.28, -.6, .16, .42), disc(a, .28, -.6, .16, .42), disc(pink, -.28, -.58, .07, .3), disc(pink, .28, -.58, .07, .3), disc(a, 0, .25, .56, .58)],
    front: [disc(pink, 0, .25, .08, .06), disc(w, -.08, .55, .08, .13), disc(w, .08, .55, .08, .13)] })],
  ["bear", "brown", "cub|grizzly|broad head with small round ears", (a) => ({
    behind: [disc(a, -.55, -.55, .26), disc(a, .55, -.55, .26), disc(pink, -.55, -.55, .12), disc(pink, .55, -.55, .12), disc(a, 0, .08, .74, .68)],
    front: [disc([226, 190, 150], 0, .34, .32, .26), disc(k, 0, .24, .13, .09), line(k, .05, 0, .28, 0, .45)] })],
  ["pig", "pink", "piglet|hog|round snout with two nostrils", (a) => ({
    behind: [poly(a, -.72, -.75, -.25, -.62, -.6, -.15), poly(a, .72, -.75, .25, -.62, .6, -.15), disc(a, 0, .1, .72, .66)],
    front: [disc([245, 150, 170], 0, .34, .34, .24), disc([120, 40, 60], -.12, .34, .07, .1), disc([120, 40, 60], .12, .34, .07, .1)] })],
  ["mouse", "grey", "rodent|little nose and huge round ears|tiny mammal", (a) => ({
    behind: [disc(a, -.58, -.45, .4), disc(a, .58, -.45, .4), disc(pink, -.58, -.45, .24), disc(pink, .58, -.45, .24), poly(a, -.5, 0, -.3, -.4, .3, -.4, .5, 0, .1, .85, -.1, .85)],
    front: [disc(k, 0, .8, .1)] })],
];

// deno-fmt-ignore
const coats: [string, string, (b: Colour) => Part[]][] = [
  ["plain", "plain {}|{} of one colour", () => []],
  ["spotted", "{} with spots|dotted {}", (b) => [disc(b, -.35, -.3, .13), disc(b, .1, -.38, .12), disc(b, .42, .12, .12), disc(b, -.42, .25, .12), disc(b, .22, .52, .1), disc(b, -.2, .55, .1), disc(b, 0, .05, .09)]],
  ["striped", "{} with stripes|{} with lines on its head", (b) => [line(b, .1, 0, -.48, 0, -.15), line(b, .1, -.2, -.46, -.16, -.2), line(b, .1, .2, -.46, .16, -.2), line(b, .1, -.62, .12, -.36, .17), line(b, .1, -.56, .34, -.34, .34), line(b, .1, .62, .12, .36, .17), line(b, .1, .56, .34, .34, .34)]],
  ["masked", "{} with a mask|{} with a dark band over its eyes", (b) => [poly(b, -.62, -.24, .62, -.24, .56, .12, .1, .04, -.1, .04, -.56, .12)]],
];

const subjects = faces.flatMap(([face, main, others, draw], f) =>
  coats.map(([coat, phrases, pattern], c): Subject => ({
    name: `${coat} ${face}`,
    others: [
      ...phrases.split("|").map((phrase) => phrase.replace("{}", face)),
      ...others.split("|"),
      face,
      `${coat} animal`,
    ],
    unseen: (f + c) % 3 === 2,
    draw(random: Random) {
      const ink = inks(random, main, "black");
      const contrast: Colour = lightness(ink.main) > 300 ? [40, 32, 36] : [235, 225, 205];
      const { behind, front } = draw(ink.main);
      return {
        parts: [...behind, ...pattern(contrast), ...eyes, ...front],
        word: ink.word,
      };
    },
  }))
);

/** The world of pocket-pets. */
export const pets: World = {
  name: "pocket-pets",
  title: "Pocket pets",
  plays: "OxfordPets",
  template: "a photo of a {}, a type of pet.",
  named: 0.5,
  share: 2,
  subjects,
  looks: { turn: [0.02, 0.06], zoom: [0.8, 1.1], light: 0.3, haze: 0.2, clutter: 2 },
};
