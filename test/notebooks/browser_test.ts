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
  const narrow = innerWidth < 600; // there wide tables are scrolled, inside of their own frame
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) found.push("the page is " + scrollWidth + " pixels wide");
  for (const box of document.querySelectorAll("main *")) {
    const { width, height, right } = box.getBoundingClientRect();
    const place = box.tagName + " " + box.textContent.trim().slice(0, 40);
    const shown = ["svg", "IMG", "IMAGE", "TABLE", "PRE"].includes(box.tagName);
    if (shown && !(width > 0 && height > 0)) found.push(place + " has no size");
    if (box.tagName === "IMG" && box.naturalWidth === 0) found.push(place + " is no picture");
    const scrolls = narrow && box.closest(".wide, .shown, pre, .math") !== null;
    if (!scrolls && box.closest("svg") === null && right > clientWidth) found.push(place + " reaches " + right);
    if (!narrow && ["wide", "shown"].includes(box.className) && box.scrollWidth > box.clientWidth) {
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
  for (const node of document.querySelectorAll("main p, main li, main td, main th, main h1, main h2, main h3")) {
    if (node.closest("pre")) continue;
    const own = [...node.childNodes].filter((n) => n.nodeName !== "CODE").map((n) => n.textContent).join("");
    const mark = /\\$\\$|\\*\\*|---\\||\\]\\(http/.exec(own);
    if (mark) found.push(mark[0] + " is not rendered in " + own.trim().slice(0, 60));
  }
  const channels = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const paperOf = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const color = channels(getComputedStyle(at).backgroundColor);
      if (color.length === 3 || color[3] > 0.9) return color;
    }
    return [255, 255, 255];
  };
  const faint = new Set();
  for (const node of document.querySelectorAll("main :is(p, li, td, th, h1, h2, h3, small, a, pre, span, summary, code, figcaption)")) {
    if (node.closest("svg") || node.innerText === undefined || node.innerText.trim() === "") continue;
    const [a, b] = [light(channels(getComputedStyle(node).color)), light(paperOf(node))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) faint.add(node.tagName + "." + node.className + " has a contrast of " + contrast.toFixed(1));
  }
  found.push(...faint);
  const blank = [...document.querySelectorAll("section")].filter((cell) => cell.innerText.trim() === "");
  if (blank.length > 0) found.push(blank.length + " blank cells");
  return found;
})()`;

const views = [
  ...[["screen", 400, "light"], ["screen", 1000, "dark"], ["screen", 1600, "light"]] as const,
  ["print", 680, "light"] as const,
];

for (const [medium, width, scheme] of views) {
  Deno.test({
    name: `every notebook's HTML is whole on ${medium}, ${width} pixels wide, ${scheme}${skipped}`,
    ignore: !program,
    async fn() {
      await using page = await openPage(program!, width);
      await page.call("Emulation.setEmulatedMedia", {
        media: medium,
        features: [{ name: "prefers-color-scheme", value: scheme }],
      });
      for (const name of await notebookNames()) {
        await page.open(pathToFileURL(join(shelf, "html", `${name}.html`)).href);
        assert.deepEqual(await page.evaluate(faults), [], name);
        assert.ok(await page.evaluate<number>("document.querySelectorAll('section').length") > 4);
      }
    },
  });
}
