/**
 * The page about the pocket suite, `docs/pocket.md`, with a contact sheet of each of its sets:
 * `deno run -P=compute lib/cli/pocket_page.ts`.
 *
 * @module
 */

import { dirname, join } from "node:path";
import sharp from "sharp";
import { pictureOf, type PocketSet, sets, shifts } from "../datasets/pocket/sets.ts";
import { SIDE } from "../datasets/pocket/canvas.ts";
import type { Look } from "../datasets/pocket/look.ts";

/** Pictures of a class on a sheet, side by side, and classes in a row. */
const SHOWN = 4;
const ACROSS = 4;

/** The page in Markdown; its sheets lie in `pocket/` beside it. */
export function pocketPage(): string {
  return [
    "<!-- deno-fmt-ignore-file -->",
    "",
    "# The pocket suite",
    "",
    "Written by `deno run -P=compute lib/cli/pocket_page.ts` from `lib/datasets/pocket/`; do not edit.",
    "",
    "A small drawn world for a small CLIP, so that every protocol of the papers runs in minutes and offline. It is **not** the papers' data",
    "and says nothing about them: each set plays the part of one of theirs. Its pictures (48 × 48 pixels) are drawn on first use, the same to",
    "the pixel on every machine, as PNG files with a split file in CoOp's format. The pocket CLIP was trained on other drawings of most of",
    "these classes, upright and in usual colours four times of five, with captions that name a class only sometimes; some combinations,",
    "marked *, it never saw. A set's look, the same for all its pictures, is what words do not fit; it was chosen on validation images, so",
    "that zero-shot accuracy falls well below a linear probe's. `data/pocket/README.md` tells how the pocket CLIP was made.",
    "",
    "| set | plays | classes | train / val / test | template | look |",
    "| --- | --- | ---: | --- | --- | --- |",
    ...[...sets, ...shifts].map((set) => {
      const { train, val, test } = set.perClass;
      const n = set.subjects.length;
      return `| [${set.title}](#${set.name}) | ${set.plays} | ${n} | ${
        [train, val, test].map((count) => count * n).join(" / ")
      } | ${set.template} | ${lookOf(set)} |`;
    }),
    "",
    ...[...sets, ...shifts].flatMap((set) => [
      `## ${set.name}`,
      "",
      `![${SHOWN} pictures of each class of ${set.title}](pocket/${set.name}.png)`,
      "",
      set.subjects.map(({ name, unseen }) => unseen ? `${name}*` : name).join(", ") + ".",
      "",
    ]),
  ].join("\n");
}

/** The look of a set in words. */
function lookOf(set: PocketSet): string {
  const renderings = [...new Set([0, 1, 2, 3].map(set.rendering))];
  const words = [inWords(set.look(0))];
  if (renderings.join() !== "filled,outlined") words.push(renderings.join(", "));
  return words.filter((word) => word !== "").join("; ");
}

function inWords({ channels, negative, haze, turn }: Look): string {
  return [
    channels && `red, green, blue from ${channels}`,
    negative && "negative",
    haze && `${100 * haze} % haze`,
    turn && `turned by ${Math.round(360 * turn)}°`,
  ].filter((word) => word).join(", ");
}

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
      const picture = pictureOf(set, label, set.numbers(label)[train + val + i]);
      for (let y = 0; y < SIDE; y++) {
        const row = picture.subarray(y * SIDE * 3, (y + 1) * SIDE * 3);
        pixels.set(row, ((top + y) * width + left) * 3);
      }
    }
  }
  return await sharp(pixels, { raw: { width, height, channels: 3 } })
    .png({ palette: true, colours: 128, effort: 10 }).toBuffer();
}

/** White pixels between classes. */
const GAP = 4;

if (import.meta.main) {
  const page = "docs/pocket.md";
  await Deno.mkdir(join(dirname(page), "pocket"), { recursive: true });
  for (const set of [...sets, ...shifts]) {
    await Deno.writeFile(join(dirname(page), "pocket", `${set.name}.png`), await sheetOf(set));
  }
  await Deno.writeTextFile(page, pocketPage());
}
