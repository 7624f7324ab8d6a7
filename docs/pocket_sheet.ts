/** Contact sheets of the pocket suite. */
import sharp from "sharp";
import { SIDE } from "../lib/datasets/pocket/canvas.ts";
import { pictureOf, type PocketSet } from "../lib/datasets/pocket/sets.ts";

/** Pictures of a class on a sheet, side by side, and classes in a row. */
export const SHOWN = 4;
const ACROSS = 4;

/** White pixels between classes. */
const GAP = 4;

/** {@link SHOWN} pictures of each class of the test split side by side, {@link ACROSS} classes in a row, in label order; a PNG file. */
export async function sheetOf(set: PocketSet): Promise<Uint8Array> {
  const { train, val } = set.perClass;
  const across = SHOWN * ACROSS;
  const rows = Math.ceil(set.subjects.length / ACROSS);
  const [width, height] = [across * SIDE + (ACROSS - 1) * GAP, rows * (SIDE + GAP) - GAP];
  const pixels = new Uint8Array(width * height * 3).fill(255);
  for (const label of set.subjects.keys()) {
    for (let i = 0; i < SHOWN; i++) {
      const column = label % ACROSS;
      const left = (column * SHOWN + i) * SIDE + column * GAP;
      const top = Math.floor(label / ACROSS) * (SIDE + GAP);
      const picture = pictureOf(set, label, set.numbers(label)[train + val + i]!);
      for (let y = 0; y < SIDE; y++) {
        const row = picture.subarray(y * SIDE * 3, (y + 1) * SIDE * 3);
        pixels.set(row, ((top + y) * width + left) * 3);
      }
    }
  }
  return await sharp(pixels, { raw: { width, height, channels: 3 } })
    .png({ palette: true, colours: 128, effort: 10 }).toBuffer();
}
