/**
 * One captioned picture for pre-training the pocket CLIP. Captions name the class only sometimes; else they give another name, a part,
 * an attribute or a broader word; one in twenty describes another picture.
 *
 * @module
 */

import type { Random } from "../../random/mod.ts";
import { caption, captionPhrases } from "./captions.ts";
import { colours } from "./colours.ts";
import type { Look } from "./look.ts";
import { paint, type Rendering, stage } from "./picture.ts";
import { pick, type Subject, type World } from "./subject.ts";
import { worlds } from "./worlds.ts";

/** A picture with what is said of it. */
export interface Scene {
  /** 48 × 48 pixels, row by row, red, green and blue, 0–255. */
  pixels: Uint8Array;
  /** Four short captions and two long ones, in which the class is named behind a prefix of 8 to 16 words. */
  captions: string[];
}

const pool: readonly World[] = worlds.flatMap((world) =>
  Array(Math.round(2 * world.share)).fill(world)
);
const renderings: readonly Rendering[] = [
  ...Array(13).fill("filled"),
  ...Array(4).fill("outlined"),
  "sketch",
  "silhouette",
  "line drawing",
];

/**
 * Draws a picture and its captions. Nothing but `random` decides what comes out.
 *
 * @example
 * ```ts
 * import { drawScene } from "@plumbline/plumbline/datasets";
 * import { Random } from "@plumbline/plumbline/random";
 * import assert from "node:assert/strict";
 * const { pixels, captions } = drawScene(new Random(1));
 * assert.equal(pixels.length, 48 * 48 * 3);
 * assert.equal(captions.length, 6);
 * ```
 */
export function drawScene(random: Random): Scene {
  const { world, subject } = draw(random);
  const drawing = subject.draw(random);
  const staging = stage(random, pick(random, renderings), drawing.ground !== undefined);
  const pixels = paint(random, drawing, staging, rareLook(random));
  const captions = Array.from({ length: 6 }, (_, i) => {
    const long = i >= 4;
    if (random.random() >= 0.05) return caption(random, world, subject, drawing, staging, long);
    const other = draw(random);
    const otherDrawing = other.subject.draw(random);
    return caption(random, other.world, other.subject, otherDrawing, staging, long);
  });
  return { pixels, captions };
}

/** One picture in five does not have its usual colours: what tests change for all pictures is rare in training. */
function rareLook(random: Random): Look {
  const draw = random.random();
  if (draw < 0.15) return { channels: pick(random, ["gbr", "brg", "bgr", "grb", "rbg"] as const) };
  return draw < 0.2 ? { haze: 0.2 + 0.2 * random.random() } : {};
}

function draw(random: Random): { world: World; subject: Subject } {
  const world = pick(random, pool);
  let subject = pick(random, world.subjects);
  while (subject.unseen) subject = pick(random, world.subjects);
  return { world, subject };
}

/**
 * Every phrase that captions, class names and templates of the pocket suite are made of: whoever trains on scenes needs no other tokens.
 */
export function captionWords(): string[] {
  return captionPhrases(worlds, Object.keys(colours));
}
