/**
 * Typed settings: what a method can be told, with the paper's symbol, checked when given.
 *
 * @module
 */
import { UserError } from "../errors.ts";
import * as given from "../options_given.ts";
import { type EnsembleName, ensembles } from "../templates.ts";

/** One of CLIP's encoders. */
export type Tower = "text" | "image";

/** One setting: what it is, and what a value must be. */
export interface Setting<T> extends given.Kind {
  /** What it is when nothing else is said. */
  default: T;
  /** What it is, in the paper's words, with its symbol. */
  about: string;
  /** Where it counts layers: of which tower, or of both alike. A CLIP with fewer layers lowers it. */
  layersOf?: Tower | "both";
}

/** A method's settings by name. */
export type SettingTable<S> = { [K in keyof S]: Setting<S[K]> };

/** A number between two bounds, both allowed. */
export function real(value: number, about: string, least = 0, most = Infinity): Setting<number> {
  return { default: value, about, ...given.number(least, most) };
}

/** A whole number of at least `least`. */
export function count(value: number, about: string, least = 1): Setting<number> {
  return { default: value, about, ...given.whole(least) };
}

/** A number of layers of a tower, or of both towers alike. A CLIP that has fewer lowers it, and the record says so. */
export function layers(
  value: number,
  about: string,
  layersOf: Tower | "both",
  least = 1,
): Setting<number> {
  return { ...count(value, about, least), layersOf };
}

/** true or false. */
export function flag(value: boolean, about: string): Setting<boolean> {
  return { default: value, about, ...given.flag };
}

/** One of some words. */
export function oneOf<T extends string>(value: T, about: string, words: readonly T[]): Setting<T> {
  return { default: value, about, ...given.oneOf(words) };
}

/** Any text that is not blank. */
export function words(value: string, about: string): Setting<string> {
  return { default: value, about, ...given.words };
}

/** Layers, counted from 1, in rising order. */
export function layerList(value: number[], about: string): Setting<number[]> {
  return {
    default: value,
    about,
    expected: "a list of whole numbers from 1 up, each larger than the one before",
    accepts: (x) =>
      Array.isArray(x) && x.length > 0 &&
      x.every((layer, i) => Number.isSafeInteger(layer) && layer > (x[i - 1] ?? 0)),
  };
}

/** Templates with `{}` in the place of a class name, or the name of a published list of them. */
export function templateList(
  value: EnsembleName,
  about: string,
): Setting<EnsembleName | string[]> {
  const isTemplate = (x: unknown) => typeof x === "string" && x.includes("{}");
  return {
    default: value,
    about,
    expected: `one of ${ensembles.join(", ")}, or a list of templates with {}`,
    accepts: (x) =>
      Array.isArray(x)
        ? x.length > 0 && x.every(isTemplate)
        : ensembles.includes(x as EnsembleName),
  };
}

/** Two positive numbers: the parameters of a Beta distribution. */
export function pair(value: [number, number], about: string): Setting<[number, number]> {
  return {
    default: value,
    about,
    expected: "two numbers above 0",
    accepts: (x) =>
      Array.isArray(x) && x.length === 2 && x.every((v) => typeof v === "number" && v > 0),
  };
}

/**
 * A method's settings: its defaults, changed by a preset and then by what the user gave.
 *
 * @throws {UserError} on a key the method does not have, or a value out of range
 *
 * @example
 * ```ts
 * import { method } from "@plumbline/plumbline";
 * import { resolveSettings } from "@plumbline/plumbline/methods";
 * import assert from "node:assert/strict";
 * const prograd = method("prograd");
 * const settings = resolveSettings(prograd, prograd.presets.paper!.settings, { lambda: 0.5 });
 * assert.equal(settings.lambda, 0.5);
 * assert.equal(settings.contextLength, 16);
 * assert.throws(() => resolveSettings(prograd, { lamda: 0.5 }), /did you mean lambda\?/);
 * ```
 */
export function resolveSettings<S>(
  method: { name: string; settings: SettingTable<S> },
  ...changes: Partial<S>[]
): S {
  const table = method.settings;
  const resolved = Object.fromEntries(
    Object.entries(table).map(([key, setting]) => [key, (setting as Setting<unknown>).default]),
  );
  for (const [key, value] of changes.flatMap((change) => Object.entries(change))) {
    if (!Object.hasOwn(table as object, key)) {
      const known = given.suggested(key, Object.keys(table as object));
      throw new UserError(`${method.name} has no setting ${key}: ${known}`);
    }
    const setting = table[key as keyof S] as Setting<unknown>;
    if (!setting.accepts(value)) {
      throw new UserError(
        `${method.name}'s setting ${key} is ${JSON.stringify(value)}; give ${setting.expected}`,
      );
    }
    resolved[key] = value;
  }
  return resolved as S;
}
