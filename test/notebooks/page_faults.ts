/** Faults of pages, found in a browser. */
import { contrastCode } from "../contrast.ts";

/**
 * What is wrong with a page of a notebook or a report, in words: asked in the page itself. Wide tables may be scrolled inside of
 * their own frame on narrow pages; with `scrolls`, on all screens.
 */
export const faults = (scrolls = false) =>
  `(() => {
  const found = [];
  const narrow = innerWidth < 600 || (${scrolls} && !matchMedia("print").matches);
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) found.push("the page is " + scrollWidth + " pixels wide");
  const folded = (box) => box.tagName !== "SUMMARY" && box.closest("details:not([open])") !== null &&
    !matchMedia("print").matches;
  for (const box of document.querySelectorAll("main *")) {
    if (folded(box)) continue;
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
    if (folded(figure)) continue;
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
${contrastCode}
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
    const contrast = contrastOf(channels(getComputedStyle(node).color), paperOf(node));
    if (contrast < 4.5) faint.add(node.tagName + "." + node.className + " has a contrast of " + contrast.toFixed(1));
  }
  for (const text of document.querySelectorAll("figure > svg text")) {
    const style = getComputedStyle(text);
    if (text.textContent.trim() === "" || folded(text) || style.fill === "none") continue;
    const paper = style.stroke === "none" ? paperOf(text) : channels(style.stroke);
    const seen = Number(style.fillOpacity) * Number(style.opacity);
    const ink = channels(style.fill).slice(0, 3).map((c, i) => seen * c + (1 - seen) * paper[i]);
    const contrast = contrastOf(ink, paper);
    if (contrast < 4.5) faint.add("“" + text.textContent + "” in a figure has a contrast of " + contrast.toFixed(1));
  }
  found.push(...faint);
  const blank = [...document.querySelectorAll("section")].filter((cell) => cell.innerText.trim() === "");
  if (blank.length > 0) found.push(blank.length + " blank cells");
  return found;
})()`;
