/// <reference lib="dom" />
/**
 * Test pictures with what they are and what they are taken for.
 *
 * @module
 */
import { type Raster, toRGB } from "../image/mod.ts";
import { element } from "./dom.ts";
import type { Seen, Shown } from "./messages.ts";

/** The parts' headings. */
const headings: Record<string, string> = {
  base: "Base classes: learned from",
  new: "New classes: never seen in training",
  all: "Your classes",
};

/** The pictures, part by part. */
export function gallery(shown: readonly Shown[], seen: Seen, by: string): HTMLElement[] {
  const parts = [...new Set(shown.map(({ part }) => part))];
  return parts.flatMap((part) => [
    element("h3", {}, headings[part] ?? part),
    element(
      "ul",
      { class: "gallery" },
      ...shown.filter((one) => one.part === part).map((one) => {
        const found = seen[one.path];
        const right = found?.className === one.className;
        const sure = found ? `${Math.round(100 * found.probability)}\u00a0%` : ""; // never parted
        return element(
          "li",
          { class: right ? "right" : "wrong" },
          picture(one.raster, one.className),
          element("span", { class: "name" }, one.className),
          element(
            "span",
            { class: "verdict" },
            element("span", { class: "sign", "aria-hidden": true }, right ? "✓ " : "✗ "),
            element("span", { class: "aside" }, `${by} ${right ? "sees it" : "sees"} `),
            right ? sure : `${found?.className ?? ""} ${sure}`,
          ),
        );
      }),
    ),
  ]);
}

/** A picture on a canvas, as it was given. */
export function picture(raster: Raster, label: string): HTMLCanvasElement {
  const { width, height, data } = toRGB(raster);
  const canvas = element("canvas", { width, height, role: "img", "aria-label": label });
  const pixels = new ImageData(width, height);
  for (let from = 0, to = 0; from < data.length; from += 3, to += 4) {
    pixels.data.set([data[from]!, data[from + 1]!, data[from + 2]!, 255], to);
  }
  canvas.getContext("2d")!.putImageData(pixels, 0, 0);
  return canvas;
}
