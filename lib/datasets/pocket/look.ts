/**
 * How a whole picture looks: the systematic changes between what the pocket CLIP was trained on and what it is tested on. Each keeps
 * what is drawn perfectly visible, so that image features still tell the classes apart while words fit them less well.
 *
 * @module
 */

/** What is done to a finished picture, in this order. */
export interface Look {
  /** Where red, green and blue are taken from: `gbr` rotates the channels. */
  channels?: "gbr" | "brg" | "bgr" | "grb" | "rbg";
  /** Light becomes dark. */
  negative?: boolean;
  /** Share of a grey veil over everything. */
  haze?: number;
  /** Turns the drawing, in turns. */
  turn?: number;
}

/** Applies a look to finished pixels, in place; `turn` is applied when the drawing is placed. */
export function applyLook(pixels: Float32Array, { channels, negative, haze = 0 }: Look) {
  const [r, g, b] = [...(channels ?? "rgb")].map((c) => "rgb".indexOf(c));
  for (let i = 0; i < pixels.length; i += 3) {
    const from = [pixels[i + r], pixels[i + g], pixels[i + b]];
    for (let c = 0; c < 3; c++) {
      const value = negative ? 255 - from[c] : from[c];
      pixels[i + c] = value + haze * (150 - value);
    }
  }
}
