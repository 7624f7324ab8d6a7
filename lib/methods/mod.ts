/**
 * Prompt-learning methods, one file each, on one interface.
 *
 * @module
 */
import { nearest, UserError } from "../errors.ts";
import { cocoop } from "./cocoop.ts";
import { coop } from "./coop.ts";
import { ivlp } from "./ivlp.ts";
import type { Method } from "./method.ts";
import { prograd } from "./prograd.ts";
import { prometar } from "./prometar.ts";
import { vpt } from "./vpt.ts";
import { zeroShot } from "./zero_shot.ts";

export * from "./method.ts";
export { resolveSettings, type Setting, type SettingTable } from "./settings.ts";
export { cocoop, coop, ivlp, prograd, prometar, vpt, zeroShot };

/** Every method. A new one is a file and a line here. */
export const methods: readonly Method[] = [
  zeroShot,
  coop,
  cocoop,
  vpt,
  ivlp,
  prograd,
  prometar,
] as readonly unknown[] as readonly Method[];

/**
 * The method called `name`.
 *
 * @throws {UserError} when there is none, with the nearest name
 */
export function method(name: string): Method {
  const found = methods.find((m) => m.name === name);
  if (found) return found;
  const names = methods.map((m) => m.name);
  const near = nearest(name, names);
  throw new UserError(
    `there is no method ${name}: ${near ? `did you mean ${near}?` : `choose from ${names.join(", ")}`}`,
  );
}
