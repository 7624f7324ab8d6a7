import { contrastCode } from "../contrast.ts";

/** What is wrong with a page, in words: asked in the page itself. Contrast and names as WCAG 2.2 has them (1.4.3, 4.1.2, 1.1.1). */
export const pageFaults = `(() => {
  const found = [];
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) found.push("the page is " + scrollWidth + " pixels wide");
  const visible = (box) => box.checkVisibility() && box.getBoundingClientRect().width > 1;
${contrastCode}
  const behind = (box) => {
    for (let at = box; at; at = at.parentElement) {
      const color = channels(getComputedStyle(at).backgroundColor);
      if (color.length < 4 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  const page = channels(getComputedStyle(document.body).backgroundColor);
  for (const box of document.querySelectorAll("body *")) {
    if (!visible(box) || box.closest(":disabled, .aside")) continue;
    const own = [...box.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    const place = box.tagName + " " + box.textContent.trim().slice(0, 40);
    const { left, right } = box.getBoundingClientRect();
    if (right > clientWidth + 1 && !box.closest(".wide")) found.push(place + " reaches " + right);
    if (!own) continue;
    const inFigure = box.closest("svg") !== null;
    const style = getComputedStyle(box);
    const [front, back] = [channels(inFigure ? style.fill : style.color), inFigure ? page : behind(box)];
    const contrast = contrastOf(front, back);
    if (!(contrast >= 4.5)) found.push(place + " has a contrast of " + contrast.toFixed(2));
  }
  for (const field of document.querySelectorAll("input, select, button, progress")) {
    const name = field.ariaLabel || field.textContent.trim() ||
      [...field.labels ?? []].map((label) => label.textContent).join("").trim();
    if (!name) found.push(field.outerHTML.slice(0, 80) + " has no name");
  }
  for (const drawing of document.querySelectorAll("svg, canvas")) {
    if (drawing.getAttribute("role") !== "img" || !drawing.ariaLabel) {
      found.push(drawing.outerHTML.slice(0, 80) + " says nothing");
    }
  }
  const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
  if (new Set(ids).size < ids.length) found.push("two elements have one id");
  return found;
})()`;
