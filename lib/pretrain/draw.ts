/**
 * The pairs of a step: drawn anew for each, from the seed and the step's number alone, so that no pool of pictures has to
 * be kept and a run that was cut off goes on with the same pairs.
 *
 * @module
 */
import { encode, EOT, SOS } from "../clip/mod.ts";
import { drawScene } from "../datasets/mod.ts";
import { CLIP_MEAN, CLIP_STD } from "../image/mod.ts";
import { type Random, streams } from "../random/mod.ts";

/** A step whose pairs are wanted. */
export interface Draws {
  seed: number;
  step: number;
  /** How many pairs of image and text the batch has. */
  batch: number;
}

/** A step's pairs. */
export interface DrawnPairs {
  /** Normalised pixels, [batch, 48, 48, 3]. */
  pixels: Float32Array<ArrayBuffer>;
  /** Token ids of the captions, SOS and EOT included. */
  texts: number[][];
}

/** Side of a picture, in pixels. */
const SIDE = 48;

/** One step in so many has long captions, so that the others need no padding for them. */
const LONG_EVERY = 5;

/** Of a scene's six captions, the short ones come first. */
const SHORT = 4;

/** Draws a step's pairs. */
export function drawPairs({ seed, step, batch }: Draws): DrawnPairs {
  const long = step % LONG_EVERY === LONG_EVERY - 1;
  const pixels = new Float32Array(batch * SIDE * SIDE * 3);
  const texts = Array.from({ length: batch }, (_, i) => {
    const random = streams(seed)(`pair ${step * batch + i}`);
    const scene = drawScene(random);
    const image = pixels.subarray(i * SIDE * SIDE * 3, (i + 1) * SIDE * SIDE * 3);
    augment(scene.pixels, random, image);
    const choices = long ? scene.captions.slice(SHORT) : scene.captions.slice(0, SHORT);
    return [SOS, ...encode(choices[random.randbelow(choices.length)]!), EOT];
  });
  return { pixels, texts };
}

/** Moved by up to 3 pixels, its edges repeated, with contrast and brightness a little changed; then normalised. */
function augment(pixels: Uint8Array, random: Random, to: Float32Array): void {
  const [right, down] = [random.randbelow(7) - 3, random.randbelow(7) - 3];
  const contrast = 0.8 + 0.4 * random.random();
  const brightness = 40 * random.random() - 20;
  const inside = (at: number) => Math.min(Math.max(at, 0), SIDE - 1);
  for (let at = 0, y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const from = (inside(y - down) * SIDE + inside(x - right)) * 3;
      for (let c = 0; c < 3; c++) {
        const value = 128 + brightness + contrast * (pixels[from + c]! - 128);
        to[at++] = (Math.min(Math.max(value, 0), 255) / 255 - CLIP_MEAN[c]!) / CLIP_STD[c]!;
      }
    }
  }
}
