/**
 * A method's presets by name.
 *
 * @module
 */
import { nearest, UserError } from "../errors.ts";
import type { Method, Preset } from "./method.ts";

/**
 * A preset of a method: the named one, or else its first, the paper's.
 *
 * @throws {UserError} when the method has no preset of that name, with the nearest
 *
 * @example
 * ```ts
 * import { method } from "@plumbline/plumbline";
 * import { presetOf } from "@plumbline/plumbline/methods";
 * import assert from "node:assert/strict";
 * assert.equal(presetOf(method("prometar")).name, "official-code");
 * assert.throws(() => presetOf(method("prometar"), "papre"), /did you mean paper\?/);
 * ```
 */
export function presetOf<S>(
  by: Method<S>,
  name: string = Object.keys(by.presets)[0]!,
): { name: string } & Preset<S> {
  if (!Object.hasOwn(by.presets, name)) {
    const known = Object.keys(by.presets);
    throw new UserError(
      `${by.name} has no preset ${name}: did you mean ${nearest(name, known) ?? known.join(", ")}?`,
    );
  }
  return { name, ...by.presets[name]! };
}
