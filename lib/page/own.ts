/// <reference lib="dom" />
/**
 * The visitor's own pictures: two to ten classes, each with a name and files that are chosen or dropped. They are decoded here and go no
 * further than the page's worker.
 *
 * @module
 */
import type { Raster } from "../../core.ts";
import { byId, element } from "./dom.ts";
import type { OwnClass } from "./messages.ts";

const [FEWEST, MOST] = [2, 10];

/** Larger pictures are made smaller by the browser first: the CLIP looks at 48 pixels a side. */
const MOST_SIDE = 1024;

/** A class being filled. */
interface Row extends OwnClass {
  root: HTMLElement;
}

/** Shows the form; `use` is called with the classes when they are to be used, `say` with what went wrong. */
export function ownPictures(use: (classes: OwnClass[]) => void, say: (what: string) => void): void {
  const list = byId("classes");
  const rows: Row[] = [];
  const add = byId<HTMLButtonElement>("add-class");
  const settle = () => {
    add.disabled = rows.length >= MOST;
    for (const { root } of rows) {
      root.querySelector<HTMLButtonElement>("button")!.disabled = rows.length <= FEWEST;
    }
  };
  const addRow = () => {
    const row = rowOf(rows.length + 1, say, () => {
      rows.splice(rows.indexOf(row), 1);
      row.root.remove();
      settle();
    });
    rows.push(row);
    list.append(row.root);
    settle();
  };
  for (let i = 0; i < FEWEST; i++) addRow();
  add.addEventListener("click", addRow);
  byId("use-own").addEventListener("click", () => {
    use(rows.map(({ name, pictures }) => ({ name, pictures })));
  });
}

function rowOf(number: number, say: (what: string) => void, remove: () => void): Row {
  const count = element("span", { class: "count" }, "no pictures yet");
  const take = async (files: Iterable<File>) => {
    for (const file of files) {
      try {
        row.pictures.push(await decoded(file));
      } catch {
        say(`${file.name} is no picture that this browser can read.`);
      }
    }
    count.textContent = `${row.pictures.length} pictures`;
  };
  const name = element("input", {
    type: "text",
    "aria-label": `Name of class ${number}`,
    placeholder: `class ${number}`,
    input: () => row.name = name.value,
  });
  const files = element("input", {
    ...{ type: "file", multiple: true, accept: "image/jpeg,image/png,image/webp" },
    "aria-label": `Pictures of class ${number}`,
    change: () => void take(files.files ?? []),
  });
  const root = element(
    "li",
    {
      dragover: (event) => {
        event.preventDefault();
        root.classList.add("over");
      },
      dragleave: () => root.classList.remove("over"),
      drop: (event) => {
        event.preventDefault();
        root.classList.remove("over");
        void take((event as DragEvent).dataTransfer?.files ?? []);
      },
    },
    name,
    files,
    count,
    element("button", { type: "button", click: remove }, "Remove"),
  );
  const row: Row = { name: "", pictures: [], root };
  return row;
}

/** As Pillow reads it: not turned by its EXIF, its colours not managed, alpha left out. */
async function decoded(file: File): Promise<Raster> {
  const plain = { imageOrientation: "none", colorSpaceConversion: "none" } as const;
  const whole = await createImageBitmap(file, { ...plain, premultiplyAlpha: "none" });
  const share = Math.min(1, MOST_SIDE / Math.max(whole.width, whole.height));
  const [width, height] = [whole.width, whole.height].map((n) =>
    Math.max(1, Math.round(n * share))
  ) as [number, number];
  const context = new OffscreenCanvas(width, height).getContext("2d")!;
  context.drawImage(whole, 0, 0, width, height);
  whole.close();
  return { width, height, mode: "RGBA", data: context.getImageData(0, 0, width, height).data };
}
