/**
 * One colour and one symbol for every method, the same in all figures. The colours are Okabe and Ito's, which people with
 * any of the common colour-vision deficiencies tell apart (https://jfly.uni-koeln.de/color/), without their yellow and
 * black, which vanish on white and on dark paper; teal, olive and rose are Tol's (https://personal.sron.nl/~pault/).
 *
 * @module
 */

import data from "../../../data/method_inks.json" with { type: "json" };

/** How a method is drawn. */
export interface Ink {
  /** `#rrggbb`; at least 2 : 1 against white and against the dark page. */
  color: string;
  /** The name of one of Plot's symbols, so that figures also read without colour. */
  symbol: string;
}

const inks: Record<string, Ink> = data;

/**
 * The inks of methods with their labels in a figure: known methods have their own, others take what is left over.
 *
 * @example
 * ```ts
 * import { inksOf } from "@plumbline/plumbline/figures";
 * import assert from "node:assert/strict";
 * const inks = inksOf([{ label: "ProGrad (λ 0.8)", method: "prograd" }]);
 * assert.equal(inks.get("ProGrad (λ 0.8)")?.color, "#0072b2");
 * ```
 */
export function inksOf(methods: readonly { label: string; method: string }[]): Map<string, Ink> {
  const taken = new Map<string, Ink>();
  const used = new Set<Ink>();
  for (const { label, method } of methods) {
    const ink = known(method);
    if (taken.has(label) || ink === undefined || used.has(ink)) continue;
    taken.set(label, ink);
    used.add(ink);
  }
  for (const { label } of methods) {
    if (taken.has(label)) continue;
    const free = Object.values(inks).find((ink) => !used.has(ink));
    const ink = free ?? Object.values(inks)[taken.size % Object.keys(inks).length];
    taken.set(label, ink!);
    used.add(ink!);
  }
  return taken;
}

/** The inks of labels that stand beside what is drawn: variants of a method share its own. */
export function methodInks(rows: readonly { label: string; method: string }[]): Map<string, Ink> {
  const distinct = inksOf(rows);
  return new Map(rows.map(({ label, method }) => [label, known(method) ?? distinct.get(label)!]));
}

function known(method: string): Ink | undefined {
  const key = method.toLowerCase().replace(/[^a-z0-9]/g, "");
  return Object.hasOwn(inks, key) ? inks[key] : undefined;
}
