/**
 * pocket-things: 16 other things, the part of Caltech101.
 *
 * @module
 */

import { colours } from "./colours.ts";
import { arc, box, disc, line, poly, ring } from "./shapes.ts";
import { icon, type World } from "./subject.ts";

const { black: k, white: w, brown, green, grey, orange, red, yellow } = colours;

// deno-fmt-ignore
const subjects = [
  icon("guitar", ["brown", "orange"], "string instrument|music instrument|body with a long neck and strings", (a, b) => [
    line(k, .14, 0, 0, 0, -.95), box(b, -.15, -.98, .15, -.72), disc(a, 0, .52, .5, .42), disc(a, 0, .02, .34, .32), disc(k, 0, .25, .16), line(w, .04, 0, -.7, 0, .7)]),
  icon("stop sign", ["red", "white"], "traffic sign|red octagon on a post|road sign", (a, b) => [
    line(grey, .12, 0, .3, 0, .98), poly(a, -.3, -.95, .3, -.95, .68, -.57, .68, .03, .3, .4, -.3, .4, -.68, .03, -.68, -.57), box(b, -.5, -.4, .5, -.14)]),
  icon("laptop computer", ["grey", "blue"], "notebook computer|screen and keyboard|portable machine", (a, b) => [
    poly(a, -.65, -.7, .65, -.7, .65, .25, -.65, .25), box(b, -.54, -.6, .54, .15), poly(a, -.7, .3, .7, .3, .95, .7, -.95, .7), poly(k, -.58, .38, .58, .38, .68, .52, -.68, .52)]),
  icon("slice of pizza", ["yellow", "red"], "italian snack|triangle of cheese and sausage|piece of fast food", (a, b) => [
    poly(a, -.75, -.5, .75, -.5, 0, .95), line(brown, .24, -.78, -.6, .78, -.6), disc(b, -.25, -.2, .16), disc(b, .28, -.15, .16), disc(b, .02, .3, .15)]),
  icon("candle", ["white", "orange"], "wax light|stick with a flame|flame on a stick of wax", (a, b) => [
    disc(brown, 0, .82, .55, .13), box(a, -.22, -.25, .22, .8), line(k, .06, 0, -.25, 0, -.45), poly(b, 0, -.98, .18, -.55, 0, -.35, -.18, -.55)]),
  icon("wine glass", ["red", "grey"], "goblet|drinking glass|bowl on a thin stem", (a, b) => [
    poly(b, -.48, -.9, .48, -.9, .42, -.2, .2, .1, -.2, .1, -.42, -.2), poly(a, -.45, -.5, .45, -.5, .4, -.2, .18, .06, -.18, .06, -.4, -.2), line(b, .1, 0, .1, 0, .8), line(b, .13, -.4, .88, .4, .88)]),
  icon("envelope", ["white", "red"], "letter|piece of mail|folded paper with a flap", (a, b) => [
    box(k, -.94, -.6, .94, .64), box(a, -.88, -.54, .88, .58), line(k, .07, -.88, -.54, 0, .15, .88, -.54), disc(b, 0, .15, .15)]),
  icon("pair of glasses", ["black", "blue"], "spectacles|eye wear|two lenses in a frame", (a, b) => [
    disc(b, -.45, .05, .33), disc(b, .45, .05, .33), ring(a, .12, -.45, .05, .37), ring(a, .12, .45, .05, .37), line(a, .1, -.1, 0, .1, 0), line(a, .1, -.8, -.05, -.95, -.4), line(a, .1, .8, -.05, .95, -.4)]),
  icon("rocket", ["grey", "red"], "space ship|missile|pointed tube with fins and fire", (a, b) => [
    poly(orange, -.2, .55, .2, .55, 0, .98), poly(b, -.28, .1, -.6, .65, -.2, .5), poly(b, .28, .1, .6, .65, .2, .5), poly(a, 0, -.95, .22, -.6, .3, -.1, .25, .55, -.25, .55, -.3, -.1, -.22, -.6), poly(b, 0, -.95, .22, -.6, -.22, -.6), disc(w, 0, -.2, .14)]),
  icon("wooden chair", ["brown", "brown"], "seat|furniture to sit on|seat with a back and legs", (a) => [
    line(a, .13, -.45, -.95, -.45, .95), line(a, .13, .45, .1, .45, .95), box(a, -.5, .02, .52, .2), line(a, .1, -.45, -.7, -.2, -.7, -.2, .1), line(a, .1, -.45, -.4, -.2, -.4)]),
  icon("table lamp", ["orange", "brown"], "reading light|shade on a foot|light with a shade", (a, b) => [
    line(b, .12, 0, -.2, 0, .8), disc(b, 0, .82, .42, .12), poly(a, -.32, -.85, .32, -.85, .68, -.05, -.68, -.05)]),
  icon("flag", ["red", "white"], "banner|cloth on a pole|national banner", (a, b) => [
    line(brown, .12, -.7, -.95, -.7, .95), box(a, -.65, -.85, .85, .15), box(b, -.65, -.52, .85, -.18)]),
  icon("bell", ["yellow", "brown"], "ringing thing|church chime|metal cup with a clapper", (a, b) => [
    disc(b, 0, .75, .17), ring(b, .1, 0, -.8, .13), poly(a, ...arc(0, -.2, .45, .5, .5, 1), .5, .3, .8, .65, -.8, .65, -.5, .3)]),
  icon("pencil", ["yellow", "pink"], "writing tool|wooden stick with a point|crayon with an eraser", (a, b) => [
    poly(a, -.7, .45, -.45, .7, .75, -.5, .5, -.75), poly(b, .5, -.75, .75, -.5, .92, -.67, .67, -.92), poly([232, 200, 150], -.7, .45, -.45, .7, -.92, .92), poly(k, -.84, .74, -.74, .84, -.95, .95)]),
  icon("gift box", ["purple", "yellow"], "present|wrapped package|box with a ribbon and a bow", (a, b) => [
    box(a, -.7, -.1, .7, .85), box(a, -.82, -.35, .82, -.05), box(b, -.14, -.35, .14, .85), ring(b, .12, -.27, -.56, .24, .17), ring(b, .12, .27, -.56, .24, .17)]),
  icon("traffic light", ["black", "grey"], "road signal|three lamps in a case|signal for cars", (a, b) => [
    line(b, .16, 0, .5, 0, .98), box(a, -.36, -.95, .36, .6), disc(red, 0, -.62, .2), disc(yellow, 0, -.17, .2), disc(green, 0, .28, .2)]),
];

/** The world of pocket-things. */
export const things: World = {
  name: "pocket-things",
  title: "Pocket things",
  plays: "Caltech101",
  template: "a photo of a {}.",
  named: 0.6,
  share: 2,
  subjects,
  looks: { turn: [0.04, 0.1], zoom: [0.6, 1.0], light: 0.4, haze: 0.3, blur: 1, clutter: 4 },
};
