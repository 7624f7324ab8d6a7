/** A contact sheet: one image of each class side by side, of whatever images are there. */

import { UserError } from "../errors.ts";
import { decodeImage, toRGB } from "../image/mod.ts";
import type { LoadedDataset } from "./dataset.ts";
import { presentImages } from "./missing.ts";

const TILE = 72;
const COLUMNS = 12;
const MOST = 48;

/**
 * Writes a JPEG with the first image that is there of each class, of up to 48 classes spread over all.
 *
 * @returns the number of classes shown
 * @throws {UserError} if no image is there
 */
export async function writeSheet(dataset: LoadedDataset, out: string): Promise<number> {
  const items = await presentImages([...dataset.test, ...dataset.train, ...dataset.val]);
  const firsts = dataset.classNames.flatMap((_, label) =>
    items.find((item) => item.label === label) ?? []
  );
  if (firsts.length === 0) {
    throw new UserError(`no image of ${dataset.title} is there: fetch it first.`);
  }
  const { default: sharp } = await import("sharp"); // late: its addon needs ffi
  const count = Math.min(MOST, firsts.length);
  const chosen = Array.from(
    { length: count },
    (_, i) => firsts[Math.floor(i * firsts.length / count)]!,
  );
  const tiles = await Promise.all(chosen.map(async ({ path }, i) => {
    const { data, width, height } = toRGB(await decodeImage(path));
    const input = await sharp(data, { raw: { width, height, channels: 3 } })
      .resize(TILE, TILE, { fit: "cover" }).png().toBuffer();
    return { input, left: (i % COLUMNS) * TILE, top: Math.floor(i / COLUMNS) * TILE };
  }));
  const [width, height] = [Math.min(COLUMNS, count) * TILE, Math.ceil(count / COLUMNS) * TILE];
  const sheet = await sharp({ create: { width, height, channels: 3, background: "white" } })
    .composite(tiles).jpeg({ quality: 80 }).toBuffer();
  await Deno.writeFile(`${out}.part`, sheet);
  await Deno.rename(`${out}.part`, out);
  return count;
}
