/** The notebooks' HTML in a real browser; skips with a message where there is none. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { notebookNames, shelf } from "../../lib/jupyter/shelf.ts";
import { chromium, openPage } from "./browser.ts";

const program = await chromium();
const skipped = program ? "" : " (skipped: no Chromium; Debian's package is chromium)";

/** What is wrong with a page, in words: asked in the page itself. */
const faults = `(() => {
  const found = [];
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) found.push("the page is " + scrollWidth + " pixels wide");
  for (const box of document.querySelectorAll("main *")) {
    const { width, height, right } = box.getBoundingClientRect();
    const place = box.tagName + " " + box.textContent.trim().slice(0, 40);
    const shown = ["svg", "IMG", "IMAGE", "TABLE", "PRE"].includes(box.tagName);
    if (shown && !(width > 0 && height > 0)) found.push(place + " has no size");
    if (box.tagName === "IMG" && box.naturalWidth === 0) found.push(place + " is no picture");
    if (box.closest("svg") === null && right > clientWidth) found.push(place + " reaches " + right);
    if (["wide", "shown"].includes(box.className) && box.scrollWidth > box.clientWidth) {
      found.push(place + " is to be scrolled");
    }
  }
  for (const figure of document.querySelectorAll("figure > svg")) {
    const frame = figure.getBoundingClientRect();
    for (const text of figure.querySelectorAll("text")) {
      const { left, right, top, bottom, width } = text.getBoundingClientRect();
      if (width > 0 && (left < frame.left - 1 || right > frame.right + 1 ||
          top < frame.top - 1 || bottom > frame.bottom + 1)) {
        found.push("“" + text.textContent + "” is cut off in " + figure.querySelector("title").textContent);
      }
    }
  }
  const blank = [...document.querySelectorAll("section")].filter((cell) => cell.innerText.trim() === "");
  if (blank.length > 0) found.push(blank.length + " blank cells");
  return found;
})()`;

for (const [medium, width] of [["screen", 900], ["print", 680]] as const) {
  Deno.test({
    name: `every notebook's HTML is whole on ${medium}, ${width} pixels wide${skipped}`,
    ignore: !program,
    async fn() {
      await using page = await openPage(program!, width);
      await page.call("Emulation.setEmulatedMedia", { media: medium });
      for (const name of await notebookNames()) {
        await page.open(pathToFileURL(join(shelf, "html", `${name}.html`)).href);
        assert.deepEqual(await page.evaluate(faults), [], name);
        assert.ok(await page.evaluate<number>("document.querySelectorAll('section').length") > 4);
      }
    },
  });
}
