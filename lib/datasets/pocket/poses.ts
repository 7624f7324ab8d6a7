/**
 * pocket-poses: 16 things that a person does, as figures of a few strokes, the part of UCF101.
 *
 * @module
 */

import { colours, inks, mix } from "./colours.ts";
import { disc, line, type Part } from "./shapes.ts";
import type { Subject, World } from "./subject.ts";

const { black: k, brown, grey } = colours;
type Point = [number, number];
/** Head; neck; hip; each arm's elbow and hand; each leg's knee and foot. */
type Joints = [Point, Point, Point, Point, Point, Point, Point, Point, Point, Point, Point];

const stand: Joints = [
  [0, -.75],
  [0, -.5],
  [0, .1],
  [-.17, -.22],
  [-.2, .08],
  [.17, -.22],
  [.2, .08],
  [-.12, .5],
  [-.14, .95],
  [.12, .5],
  [.14, .95],
];
const bar = [line(brown, .1, -.9, -.9, .9, -.9)];

// deno-fmt-ignore
const figures: [string, string, Joints, Part[]?][] = [
  ["standing still", "waiting person|upright figure|person with hanging arms", stand],
  ["raising both arms", "person who cheers|hands in the air|person who surrenders", [[0, -.6], [0, -.35], [0, .2], [-.28, -.55], [-.34, -.95], [.28, -.55], [.34, -.95], [-.12, .58], [-.14, .97], [.12, .58], [.14, .97]]],
  ["waving", "person who greets|one hand in the air|person who says hello", [[0, -.7], [0, -.45], [0, .12], [-.17, -.18], [-.2, .1], [.4, -.5], [.45, -.92], [-.12, .52], [-.14, .96], [.12, .52], [.14, .96]]],
  ["spreading the arms", "figure like a letter T|arms to both sides|scarecrow", [[0, -.72], [0, -.47], [0, .1], [-.42, -.46], [-.88, -.46], [.42, -.46], [.88, -.46], [-.12, .5], [-.14, .95], [.12, .5], [.14, .95]]],
  ["jumping jacks", "figure like a letter X|arms and legs wide apart|gymnast like a star", [[0, -.62], [0, -.38], [0, .12], [-.38, -.6], [-.7, -.9], [.38, -.6], [.7, -.9], [-.35, .5], [-.65, .9], [.35, .5], [.65, .9]]],
  ["handstand", "upside down figure|person on the hands|head below the feet", [[0, .5], [0, .3], [0, -.25], [-.2, .62], [-.22, .97], [.2, .62], [.22, .97], [-.1, -.6], [-.08, -.97], [.1, -.6], [.12, -.97]]],
  ["running", "jogger|athlete in a hurry|person with bent legs and arms", [[.25, -.72], [.18, -.47], [0, .08], [-.18, -.28], [-.45, -.1], [.4, -.2], [.7, -.38], [.4, .3], [.35, .75], [-.3, .45], [-.8, .5]]],
  ["walking", "pedestrian|person on the way|strolling figure", [[.04, -.75], [.02, -.5], [0, .1], [-.2, -.22], [-.3, .05], [.2, -.22], [.32, .03], [.18, .5], [.36, .93], [-.15, .52], [-.4, .92]]],
  ["sitting on a chair", "seated person|resting figure on a seat|person on furniture", [[-.12, -.7], [-.12, -.45], [-.15, .2], [.1, -.15], [.35, .05], [.12, -.2], [.38, 0], [.4, .2], [.42, .9], [.45, .22], [.5, .9]], [line(brown, .1, -.5, -.5, -.5, .95), line(brown, .1, -.5, .35, .35, .35), line(brown, .1, .3, .35, .3, .95)]],
  ["lying down", "sleeper|flat figure|person on the back", [[-.8, .3], [-.55, .35], [.05, .38], [-.3, .5], [0, .55], [-.25, .5], [.05, .56], [.5, .38], [.95, .4], [.5, .42], [.95, .46]], [line(grey, .1, -.98, .68, .98, .68)]],
  ["bowing", "polite person|figure bent forward|person who takes applause", [[.62, -.28], [.45, -.32], [-.1, -.1], [.45, .0], [.45, .3], [.35, .0], [.32, .3], [-.12, .42], [-.15, .95], [-.05, .42], [-.02, .95]]],
  ["kicking", "karate fighter|one leg in the air|person who hits with a foot", [[-.3, -.72], [-.22, -.47], [-.08, .08], [-.5, -.35], [-.4, -.05], [.12, -.4], [.3, -.62], [.4, -.08], [.92, -.25], [-.12, .52], [-.15, .96]]],
  ["squatting", "crouching person|low figure with folded legs|person close to the ground", [[.08, -.25], [.04, 0], [-.2, .5], [.3, .12], [.62, .1], [.3, .18], [.62, .18], [.35, .42], [.1, .92], [.4, .48], [.18, .93]]],
  ["doing the splits", "dancer with the legs flat|legs in one line on the ground|flexible gymnast", [[0, -.3], [0, -.05], [0, .55], [-.35, .1], [-.62, -.1], [.35, .1], [.62, -.1], [-.5, .62], [-.97, .7], [.5, .62], [.97, .7]]],
  ["pull ups", "person who hangs from a bar|athlete under a bar|climbing exercise", [[0, -.55], [0, -.32], [0, .22], [-.35, -.5], [-.3, -.9], [.35, -.5], [.3, -.9], [-.08, .6], [-.05, .95], [.08, .6], [.1, .95]], bar],
  ["push ups", "exercise on the floor|plank|person on hands and toes", [[.72, -.05], [.5, .08], [-.1, .3], [.58, .35], [.5, .68], [.5, .38], [.42, .68], [-.48, .45], [-.88, .66], [-.5, .5], [-.92, .68]], [line(grey, .1, -.98, .78, .98, .78)]],
];

const subjects = figures.map(([name, others, joints, props = []]): Subject => ({
  name,
  others: others.split("|"),
  draw(random) {
    const ink = inks(random, "blue", "black");
    const skin = mix([240, 200, 165], [110, 70, 45], random.random());
    const j = joints.map((
      [x, y],
    ) => [x + .1 * (random.random() - .5), y + .1 * (random.random() - .5)]);
    const limb = (colour: typeof skin, width: number, ...at: number[]) =>
      line(colour, width, ...at.flatMap((i) => j[i]!));
    const width = .15 + .07 * random.random();
    return {
      word: undefined,
      parts: [
        ...props,
        limb(skin, width * .8, 1, 3, 4),
        limb(mix(ink.other, k, .2), width, 2, 7, 8),
        limb(ink.other, width, 2, 9, 10),
        limb(ink.main, width * 1.7, 1, 2),
        limb(skin, width * .8, 1, 5, 6),
        disc(skin, j[0]![0]!, j[0]![1]!, .19),
        disc(brown, j[0]![0]!, j[0]![1]! - .07, .19, .13),
      ],
    };
  },
}));

/** The world of pocket-poses. */
export const poses: World = {
  name: "pocket-poses",
  title: "Pocket poses",
  plays: "UCF101",
  template: "a photo of a person doing {}.",
  phrase: "person {}",
  named: 0.6,
  share: 2,
  subjects,
  looks: { turn: [0.02, 0.06], zoom: [0.7, 1.1], light: 0.4, haze: 0.3, blur: 0.5, clutter: 3 },
};
