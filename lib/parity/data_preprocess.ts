/**
 * Images as CLIP's evaluation transform makes them, bit for bit.
 *
 * @module
 */
import { centerView, decodeImage, preprocess, type ViewOptions } from "../image/mod.ts";
import { type Comparison, relativeError, skip } from "./compare.ts";
import type { DataCheck } from "./data.ts";
import type { ParityFolder, ParityRecord } from "./manifest.ts";

/** `preprocess`: `img0/224` is that image normalised, `…_u8` its 8-bit samples, `…_clip` in CLIP's order. */
export const preprocessCheck: DataCheck = {
  matches: ({ name }) => name.startsWith("preprocess"),
  async check(folder, record) {
    const file = await folder.open(record.file);
    const pillow = parseInt(folder.environment.pillow!) >= 13 ? 13 : 12;
    const comparisons: Comparison[] = [];
    for (const key of file.keys) {
      const [image, kind] = key.split("/") as [string, string];
      const png = await imageFile(folder, record, image);
      if (!png) {
        comparisons.push(skip(key, "no such image lies beside it"));
        continue;
      }
      const raster = await decodeImage(png);
      const { shape: [, size], data } = file.readFloats(key);
      const view: ViewOptions = { order: kind.endsWith("_clip") ? "clip" : "dassl", pillow };
      const own = kind.includes("_u8")
        ? centerView(raster, size!, view).data
        : preprocess(raster, size!, view);
      comparisons.push({
        what: key,
        error: relativeError(Float32Array.from(own), byPixel(data, size!)),
        tolerance: 0,
      });
    }
    return comparisons;
  },
};

/** The file of an image: as the manifest lists it, else the PNG whose name begins so. */
async function imageFile(
  folder: ParityFolder,
  { images = [] }: ParityRecord,
  image: string,
): Promise<string | undefined> {
  const isImage = (name: string) =>
    name === `${image}.png` || (name.startsWith(`${image}_`) && name.endsWith(".png"));
  const names = images.map(({ png }) => png);
  for await (const { name } of Deno.readDir(folder.path)) names.push(name);
  const found = names.find(isImage);
  try {
    return found && folder.find(found);
  } catch {
    return undefined;
  }
}

/** [3, size, size] → [size, size, 3] */
function byPixel(planes: Float32Array, size: number): Float32Array {
  return planes.map((_, i) => planes[(i % 3) * size * size + Math.trunc(i / 3)]!);
}
