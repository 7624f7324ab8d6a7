/**
 * pocket-objects: 32 everyday things, the part of ImageNet (source of cross-dataset and domain generalisation).
 *
 * @module
 */

import { colours } from "./colours.ts";
import { arc, box, cosSin, disc, line, poly, ring } from "./shapes.ts";
import { icon, type World } from "./subject.ts";

const { black: k, white: w, brown, green, grey, yellow, red } = colours;

/** A star's corners. */
const star = (points: number, outer: number, inner: number, turn = -0.25) =>
  Array.from({ length: 2 * points }, (_, i) => {
    const [c, s] = cosSin(turn + i / (2 * points));
    const r = i % 2 ? inner : outer;
    return [c * r, s * r];
  }).flat();

// deno-fmt-ignore
const subjects = [
  icon("house", ["orange", "red"], "home|cottage|building with a roof|roof and a door", (a, b) => [
    box(a, -.6, -.1, .6, .8), poly(b, -.85, 0, 0, -.8, .85, 0), box(k, -.4, .25, -.1, .8), box(w, .15, .2, .45, .5)]),
  icon("apple tree", ["green", "red"], "tree with fruit|round tree|plant with a trunk|leafy plant", (a, b) => [
    box(brown, -.12, .2, .12, .95), disc(a, 0, -.25, .7, .62), disc(b, -.3, -.4, .13), disc(b, .25, -.5, .13), disc(b, .1, -.1, .13), disc(b, -.35, 0, .13), disc(b, .45, -.1, .13)]),
  icon("pine tree", ["green", "brown"], "christmas tree|fir|pointed plant|evergreen with a trunk", (a, b) => [
    box(b, -.12, .6, .12, .95), poly(a, -.65, .65, 0, -.1, .65, .65), poly(a, -.52, .25, 0, -.5, .52, .25), poly(a, -.4, -.2, 0, -.9, .4, -.2)]),
  icon("car", ["red", "white"], "automobile|vehicle with two wheels visible|family vehicle|wheels and windows", (a, b) => [
    poly(a, -.9, .4, -.9, 0, -.55, -.05, -.35, -.45, .35, -.45, .6, -.05, .9, 0, .9, .4), poly(b, -.4, -.07, -.27, -.35, -.03, -.35, -.03, -.07), poly(b, .07, -.07, .07, -.35, .28, -.35, .43, -.07), disc(k, -.5, .4, .22), disc(k, .5, .4, .22), disc(grey, -.5, .4, .09), disc(grey, .5, .4, .09)]),
  icon("sailing boat", ["brown", "white"], "yacht|small ship|hull with two sails|vessel", (a, b) => [
    poly(a, -.85, .4, .85, .4, .55, .8, -.55, .8), line(k, .08, 0, .4, 0, -.9), poly(b, .1, -.85, .1, .28, .75, .28), poly(b, -.1, -.6, -.1, .28, -.6, .28)]),
  icon("teacup", ["blue", "white"], "mug|drink with a handle|cup on a saucer|hot beverage", (a, b) => [
    ring(a, .13, .55, .05, .25, .22), poly(a, -.6, -.35, .55, -.35, .42, .35, .2, .5, -.25, .5, -.47, .35), disc(b, -.02, -.35, .57, .1), disc(a, -.02, .62, .75, .12)]),
  icon("fish", ["orange", "yellow"], "swimmer with fins|sea creature|water animal|tail and fins", (a, b) => [
    poly(b, .4, 0, .95, -.45, .82, 0, .95, .45), poly(b, -.1, -.3, .15, -.65, .35, -.25), disc(a, -.1, 0, .68, .42), disc(w, -.45, -.1, .13), disc(k, -.46, -.1, .07), line(k, .06, -.18, -.25, -.1, 0, -.18, .25)]),
  icon("key", ["yellow", "yellow"], "door opener|metal tool with teeth|ring with a long bar|opener", (a) => [
    ring(a, .2, -.55, 0, .28), line(a, .17, -.27, 0, .9, 0), line(a, .15, .8, 0, .8, .35), line(a, .15, .5, 0, .5, .3)]),
  icon("umbrella", ["purple", "brown"], "parasol|rain cover|canopy with a hook|shade for the rain", (a, b) => [
    line(b, .1, 0, -.2, 0, .7, .08, .85, .22, .85, .28, .7), poly(a, ...arc(0, .05, .9, .85, .5, 1), ...arc(.6, .05, .3, .12, 0, -.5), ...arc(0, .05, .3, .12, 0, -.5), ...arc(-.6, .05, .3, .12, 0, -.5))]),
  icon("mushroom", ["red", "white"], "toadstool|fungus|cap on a stem|spotted cap", (a, b) => [
    poly(b, -.2, 0, .2, 0, .28, .85, -.28, .85), poly(a, ...arc(0, .1, .85, .85, .5, 1)), disc(w, -.4, -.2, .14), disc(w, .1, -.45, .16), disc(w, .45, -.1, .13)]),
  icon("apple", ["red", "green"], "round fruit|piece of fruit|fruit with a stem and a leaf|healthy snack", (a, b) => [
    disc(a, -.25, .15, .48, .6), disc(a, .25, .15, .48, .6), line(brown, .1, 0, -.35, .08, -.8), poly(b, .1, -.55, .35, -.85, .7, -.8, .45, -.5)]),
  icon("alarm clock", ["blue", "red"], "timer|clock with bells|face with two hands|thing that wakes you", (a, b) => [
    disc(b, -.5, -.6, .25), disc(b, .5, -.6, .25), line(k, .14, -.4, .6, -.6, .9), line(k, .14, .4, .6, .6, .9), disc(a, 0, .1, .75), disc(w, 0, .1, .56), line(k, .1, 0, .1, 0, -.3), line(k, .1, 0, .1, .28, .22)]),
  icon("star", ["yellow", "yellow"], "five-pointed shape|pointed decoration|shape with five points", (a) => [poly(a, ...star(5, .95, .4))]),
  icon("heart", ["red", "red"], "love symbol|valentine|sign of love", (a) => [
    poly(a, 0, .9, -.75, .1, ...arc(-.42, -.25, .47, .47, .4, 1), ...arc(.42, -.25, .47, .47, .5, 1.1), .75, .1)]),
  icon("arrow", ["black", "black"], "pointer|direction sign|sign that points to the side", (a) => [
    poly(a, -.9, -.2, .1, -.2, .1, -.6, .95, 0, .1, .6, .1, .2, -.9, .2)]),
  icon("ladder", ["brown", "brown"], "set of steps|thing to climb|rungs between two rails", (a) => [
    line(a, .13, -.35, -.95, -.42, .95), line(a, .13, .35, -.95, .42, .95), ...[-.7, -.35, 0, .35, .7].map((y) => line(a, .12, -.38, y, .38, y))]),
  icon("hammer", ["grey", "brown"], "tool for nails|carpenter tool|heavy head on a handle", (a, b) => [
    line(b, .18, 0, -.4, 0, .95), poly(a, -.65, -.75, .45, -.75, .75, -.5, .75, -.4, .4, -.35, -.65, -.35)]),
  icon("hot air balloon", ["red", "yellow"], "flying ball with a basket|aerostat|basket under a striped ball", (a, b) => [
    line(k, .05, -.4, .2, -.15, .7), line(k, .05, .4, .2, .15, .7), disc(a, 0, -.3, .66), disc(b, 0, -.3, .3, .66), disc(a, 0, -.3, .08, .66), box(brown, -.2, .65, .2, .95)]),
  icon("kite", ["blue", "yellow"], "toy for windy days|diamond on a string|flying toy with a tail", (a, b) => [
    line(k, .06, 0, .35, .12, .55, -.1, .7, .1, .95), poly(a, 0, -.95, .55, -.3, 0, .4, -.55, -.3), poly(b, 0, -.95, .55, -.3, 0, -.3), poly(b, 0, .4, -.55, -.3, 0, -.3)]),
  icon("crown", ["yellow", "red"], "royal hat|hat of a king|headdress with points and jewels", (a, b) => [
    poly(a, -.8, .6, -.9, -.5, -.42, .05, 0, -.7, .42, .05, .9, -.5, .8, .6), disc(b, 0, .3, .13), disc(b, -.45, .35, .1), disc(b, .45, .35, .1), disc(a, -.9, -.55, .1), disc(a, 0, -.75, .1), disc(a, .9, -.55, .1)]),
  icon("snowman", ["white", "orange"], "winter figure|figure of snow balls|man made of snow with a hat", (a, b) => [
    disc(a, 0, .5, .48), disc(a, 0, -.15, .33), disc(a, 0, -.55, .25), box(k, -.22, -.98, .22, -.7), box(k, -.36, -.74, .36, -.66), poly(b, 0, -.55, .4, -.48, 0, -.42), disc(k, -.1, -.6, .05), disc(k, .08, -.6, .05), disc(k, 0, -.1, .05), disc(k, 0, .4, .06)]),
  icon("pair of scissors", ["grey", "red"], "shears|cutting tool|two blades with two rings", (a, b) => [
    poly(a, -.05, .15, .38, -.95, .22, .2), poly(a, .05, .15, -.38, -.95, -.22, .2), ring(b, .13, -.33, .55, .24, .3), ring(b, .13, .33, .55, .24, .3)]),
  icon("ice cream cone", ["pink", "orange"], "frozen dessert|sweet scoop|scoop on a wafer|summer treat", (a, b) => [
    poly(b, -.42, .05, .42, .05, 0, .98), disc(a, 0, -.3, .52), disc(a, -.35, 0, .18), disc(a, 0, .02, .18), disc(a, .35, 0, .18)]),
  icon("windmill", ["brown", "white"], "mill|tower with four sails|old mill with blades", (a, b, random) => {
    const t = random.random() / 4;
    return [poly(a, -.25, -.25, .25, -.25, .45, .95, -.45, .95), ...[0, 1, 2, 3].map((i) => {
      const [c, s] = cosSin(t + i / 4);
      return poly(b, -.05 * s, -.25 + .05 * c, .85 * c - .02 * s, -.25 + .85 * s, .85 * c - .28 * s, -.25 + .85 * s + .28 * c, .1 * c - .25 * s, -.25 + .1 * s + .25 * c);
    }), disc(k, 0, -.25, .1), box(k, -.13, .6, .13, .95)];
  }),
  icon("light bulb", ["yellow", "grey"], "electric lamp|glowing glass|glass ball on a socket", (a, b) => [
    disc(a, 0, -.3, .58), poly(a, -.38, 0, .38, 0, .22, .5, -.22, .5), box(b, -.24, .45, .24, .85), line(k, .06, -.24, .58, .24, .58), line(k, .06, -.24, .72, .24, .72)]),
  icon("camera", ["black", "grey"], "device for taking pictures|lens in a box|photographic device", (a, b) => [
    box(a, -.9, -.4, .9, .65), poly(a, -.4, -.4, -.25, -.7, .25, -.7, .4, -.4), disc(w, 0, .1, .44), disc(b, 0, .1, .34), disc(k, 0, .1, .18), box(yellow, .55, -.28, .78, -.12)]),
  icon("anchor", ["blue", "blue"], "ship's hook|iron hook with a ring|hook of a ship", (a) => [
    ring(a, .12, 0, -.75, .17), line(a, .16, 0, -.6, 0, .85), line(a, .14, -.4, -.35, .4, -.35), line(a, .16, ...arc(0, .2, .72, .65, .02, .48)), poly(a, .5, .2, .75, -.1, .95, .3), poly(a, -.5, .2, -.75, -.1, -.95, .3)]),
  icon("tent", ["green", "orange"], "camping shelter|canvas shelter|triangular shelter with an opening", (a, b) => [
    poly(a, -.95, .7, -.1, -.7, .35, .7), poly(b, -.1, -.7, .35, .7, .95, .5), poly(k, -.5, .7, -.2, -.1, .05, .7)]),
  icon("cactus", ["green", "green"], "desert plant|prickly plant|plant with two arms", (a) => [
    line(a, .4, 0, -.7, 0, .9), line(a, .24, 0, .3, -.55, .3, -.55, -.25), line(a, .24, 0, .05, .55, .05, .55, -.45), disc(a, 0, -.7, .2), disc(a, -.55, -.25, .12), disc(a, .55, -.45, .12)]),
  icon("football", ["white", "black"], "soccer ball|round toy to kick|ball with patches", (a, b) => [
    disc(b, 0, 0, .86), disc(a, 0, 0, .8), poly(b, ...star(5, .32, .26)), ...[0, 1, 2, 3, 4].map((i) => {
      const [c, s] = cosSin(i / 5 - .25);
      return poly(b, .82 * c - .22 * s, .82 * s + .22 * c, .58 * c - .13 * s, .58 * s + .13 * c, .58 * c + .13 * s, .58 * s - .13 * c, .82 * c + .22 * s, .82 * s - .22 * c);
    })]),
  icon("butterfly", ["purple", "orange"], "insect with wings|winged insect|four coloured wings", (a, b) => [
    disc(a, -.45, -.35, .42, .4), disc(a, .45, -.35, .42, .4), disc(b, -.38, .35, .33, .36), disc(b, .38, .35, .33, .36), disc(w, -.5, -.38, .15), disc(w, .5, -.38, .15), line(k, .14, 0, -.5, 0, .6), line(k, .05, 0, -.5, -.25, -.9), line(k, .05, 0, -.5, .25, -.9)]),
  icon("lighthouse", ["white", "red"], "tower by the sea|beacon|banded tower with a lamp", (a, b) => [
    poly(a, -.24, -.5, .24, -.5, .42, .95, -.42, .95), poly(b, -.27, -.25, .27, -.25, .32, .1, -.32, .1), poly(b, -.36, .45, .36, .45, .4, .8, -.4, .8), box(yellow, -.2, -.75, .2, -.5), poly(red, -.3, -.75, 0, -.98, .3, -.75), line(green, .08, -.6, .95, .6, .95)]),
];

/** The world of pocket-objects. */
export const objects: World = {
  name: "pocket-objects",
  title: "Pocket objects",
  plays: "ImageNet",
  template: "a photo of a {}.",
  named: 0.6,
  share: 3,
  subjects,
  looks: { turn: [0.03, 0.09], zoom: [0.7, 1.1], light: 0.4, haze: 0.3, blur: 1, clutter: 4 },
};
