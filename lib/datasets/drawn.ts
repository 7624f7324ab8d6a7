/**
 * A small data set that this project draws itself, so that something can run where no data is: coloured shapes, ordinary
 * PNG files with a split file in CoOp's format, the same on every machine. A check of the machinery, not a benchmark.
 *
 * @module
 */
import { join } from "node:path";
import { encodePng } from "../image/mod.ts";
import { Random } from "../random/mod.ts";
import { defineDataset } from "./define.ts";
import type { Dataset } from "./dataset.ts";
import { isFile, splitFile } from "./layout.ts";

const FOLDER = "drawn-shapes";
const SPLIT = "split_drawn_shapes.json";
const SIDE = 64;
const PER_CLASS = { train: 16, val: 4, test: 12 };

const colours: Record<string, [number, number, number]> = {
  red: [204, 51, 51],
  green: [51, 153, 68],
  blue: [51, 85, 204],
  yellow: [221, 187, 34],
};

/** Whether a point of the unit square, seen from the centre, lies in the shape. */
const shapes: Record<string, (x: number, y: number) => boolean> = {
  disc: (x, y) => x * x + y * y < 0.11,
  square: (x, y) => Math.max(Math.abs(x), Math.abs(y)) < 0.3,
  stripe: (_, y) => Math.abs(y) < 0.14,
};

/** The drawn shapes; `drawShapes` puts them where `load` looks. */
export const drawnShapes: Dataset = defineDataset({
  name: "drawn-shapes",
  title: "Drawn shapes",
  template: "a photo of a {}.",
  folder: FOLDER,
  layout: splitFile(SPLIT, "images", () => {
    throw new Error(`${SPLIT} is written with the images`);
  }),
});

/** Draws the shapes under `root`, unless they are there. Written under another name first: there whole or not at all. */
export async function drawShapes(root: string): Promise<void> {
  const folder = join(root, FOLDER);
  if (await isFile(join(folder, SPLIT))) return;
  const part = `${folder}.${crypto.randomUUID()}.part`;
  const random = new Random(1);
  const split: Record<string, [string, number, string][]> = { train: [], val: [], test: [] };
  const classes = Object.keys(colours).flatMap((colour) =>
    Object.keys(shapes).map((shape) => ({ colour, shape }))
  );
  for (const [label, { colour, shape }] of classes.entries()) {
    const name = `${colour} ${shape}`;
    const images = join(part, "images", name.replace(" ", "_"));
    await Deno.mkdir(images, { recursive: true });
    for (const [part, count] of Object.entries(PER_CLASS)) {
      for (let i = 0; i < count; i++) {
        const file = `${part}_${i}.png`;
        const pixels = draw(colours[colour]!, shapes[shape]!, random);
        await Deno.writeFile(join(images, file), await encodePng(pixels, SIDE, SIDE));
        split[part]!.push([`${name.replace(" ", "_")}/${file}`, label, name]);
      }
    }
  }
  await Deno.writeTextFile(join(part, SPLIT), JSON.stringify(split));
  try {
    await Deno.rename(part, folder);
  } catch (error) {
    await Deno.remove(part, { recursive: true });
    if (!await isFile(join(folder, SPLIT))) throw error; // else another process was first
  }
}

/** One picture: the shape somewhere near the middle, on a pale, noisy ground. */
function draw(
  colour: [number, number, number],
  inside: (x: number, y: number) => boolean,
  random: Random,
): Uint8Array {
  const [dx, dy] = [0.2 * (random.random() - 0.5), 0.2 * (random.random() - 0.5)];
  const ground = 190 + Math.floor(40 * random.random());
  const pixels = new Uint8Array(SIDE * SIDE * 3);
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const noise = Math.floor(20 * random.random()) - 10;
      const own = inside((x + 0.5) / SIDE - 0.5 - dx, (y + 0.5) / SIDE - 0.5 - dy);
      for (let c = 0; c < 3; c++) {
        pixels[(y * SIDE + x) * 3 + c] = Math.max(
          0,
          Math.min(255, (own ? colour[c]! : ground) + noise),
        );
      }
    }
  }
  return pixels;
}
