/**
 * Options as they are given to a call, looked through before anything is done: cells of a notebook are not type-checked, and
 * an option that is passed over in silence is a wrong result. An option that does not exist is refused with what was
 * probably meant, and so is a value that an option can't have.
 *
 * @module
 */
import { nearest, UserError } from "./errors.ts";
import { shown } from "./shape.ts";

/** What an option may be. */
export interface Kind {
  /** As a phrase: `a number of at least 0`. */
  expected: string;
  /** Whether a value will do. */
  accepts(value: unknown): boolean;
}

/** What each option of a call may be. The keys are the options: one that the type has and the table lacks is a type error. */
export type Kinds<T> = Record<keyof Required<T>, Kind>;

/** A finite number between two bounds, both allowed. */
export function number(least = -Infinity, most = Infinity): Kind {
  return {
    expected: most !== Infinity
      ? `a number from ${least} to ${most}`
      : least === -Infinity
      ? "a number"
      : `a number of at least ${least}`,
    accepts: (x) => Number.isFinite(x) && (x as number) >= least && (x as number) <= most,
  };
}

/** A whole number of at least `least`. */
export function whole(least = 0): Kind {
  return {
    expected: `a whole number of at least ${least}`,
    accepts: (x) => Number.isSafeInteger(x) && (x as number) >= least,
  };
}

/** true or false. */
export const flag: Kind = { expected: "true or false", accepts: (x) => typeof x === "boolean" };

/** Any text that is not blank. */
export const words: Kind = {
  expected: "text",
  accepts: (x) => typeof x === "string" && x.trim() !== "",
};

/** Any text. */
export const text: Kind = { expected: "text", accepts: (x) => typeof x === "string" };

/** One of some words. */
export function oneOf(known: readonly (string | number)[]): Kind {
  return { expected: `one of ${known.join(", ")}`, accepts: (x) => known.includes(x as string) };
}

/** A function. */
export const callback: Kind = {
  expected: "a function",
  accepts: (x) => typeof x === "function",
};

/** Something with fields, which are checked by whoever reads them. */
export const fields: Kind = {
  expected: "an object",
  accepts: (x) => typeof x === "object" && x !== null && !Array.isArray(x),
};

/** A list of such, with at least `least` of them. */
export function listOf(kind: Kind, least = 0): Kind {
  return {
    expected: least > 0 ? `a list, not empty, of ${kind.expected}` : `a list of ${kind.expected}`,
    accepts: (x) => Array.isArray(x) && x.length >= least && x.every(kind.accepts),
  };
}

/** Either. */
export function either(a: Kind, b: Kind): Kind {
  return {
    expected: `${a.expected}, or ${b.expected}`,
    accepts: (x) => a.accepts(x) || b.accepts(x),
  };
}

/** What stops a run: an `AbortSignal`. */
export const signal: Kind = {
  expected: "an AbortSignal",
  accepts: (x) => x instanceof AbortSignal,
};

/** Whatever it is, the call itself looks at it. */
export const anything: Kind = { expected: "anything", accepts: () => true };

/**
 * Refuses options that a call does not have, and values that they can't have. An option that is `undefined` is not given.
 *
 * @param of the call, as it is written
 * @param needed options that have to be given
 * @param meant what to say to an option that does not exist; the nearest one that does by default
 * @throws {UserError} with what to do
 *
 * @example
 * ```ts
 * import { checkOptions, flag, whole } from "./options_given.ts";
 * import assert from "node:assert/strict";
 * const kinds = { count: whole(1), sorted: flag };
 * checkOptions("list", { count: 3 }, kinds);
 * assert.throws(() => checkOptions("list", { cuont: 3 }, kinds), /^UserError: list has no option cuont: did you mean count\?$/);
 * assert.throws(() => checkOptions("list", { count: 0 }, kinds), /count is 0; give a whole number of at least 1$/);
 * ```
 */
export function checkOptions(
  of: string,
  given: unknown,
  kinds: Readonly<Record<string, Kind>>,
  { needed = [], meant }: {
    needed?: readonly string[];
    meant?: (key: string) => string | undefined;
  } = {},
): void {
  if (!fields.accepts(given)) {
    throw new UserError(`${of}'s options are ${shown(given)}; give an object of them`);
  }
  for (const [key, value] of Object.entries(given as object)) {
    if (!Object.hasOwn(kinds, key)) {
      throw new UserError(
        `${of} has no option ${key}: ${meant?.(key) ?? suggested(key, Object.keys(kinds))}`,
      );
    }
    if (value === undefined || kinds[key]!.accepts(value)) continue;
    throw new UserError(`${of}'s option ${key} is ${shown(value)}; give ${kinds[key]!.expected}`);
  }
  const lacking = needed.find((key) => (given as Record<string, unknown>)[key] === undefined);
  if (lacking !== undefined) throw new UserError(`${of} needs the option ${lacking}: give it`);
}

/** Of what there is, what was probably meant, or all of it. */
export function suggested(key: string, known: readonly string[]): string {
  const near = nearest(key, known);
  return near === undefined ? `it has ${known.join(", ")}` : `did you mean ${near}?`;
}
