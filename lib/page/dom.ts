/// <reference lib="dom" />
/**
 * Elements, made and found. Texts become text nodes, so nothing that a visitor names is ever markup.
 *
 * @module
 */

/** What an element may be given: attributes, and listeners under their event's name. */
export type Attributes = Record<string, string | number | boolean | ((event: Event) => void)>;

/** An HTML element with its attributes and children. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  return filled(document.createElement(tag), attributes, children);
}

/** An SVG element. */
export function shape(
  tag: string,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): SVGElement {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function filled<E extends Element>(
  made: E,
  attributes: Attributes,
  children: (Node | string)[],
): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value !== false) made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children);
  return made;
}

/** The element of this page with the id. */
export function byId<E extends HTMLElement>(id: string): E {
  return document.getElementById(id) as E;
}

/** Calls `draw` once before the next frame, however often it is asked to. */
export function eachFrame(draw: () => void): () => void {
  let waits = false;
  return () => {
    if (waits) return;
    waits = true;
    requestAnimationFrame(() => {
      waits = false;
      draw();
    });
  };
}
