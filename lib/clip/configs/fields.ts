/**
 * Reading config files: JSON objects whose every field must be known, since one that is not might decide numbers.
 *
 * @module
 */
import { readText } from "../../bounds.ts";
import { UserError } from "../../errors.ts";
import { shown } from "../../shape.ts";

/** Bytes of a config file at most. */
const LONGEST = 2 ** 20;

/** The fields of an object of a config. */
export interface Fields {
  /** A whole number or fraction above 0. */
  number(key: string): number | undefined;
  /** true or false. */
  flag(key: string): boolean | undefined;
  /** A text. */
  text(key: string): string | undefined;
  /** Numbers, `length` of them. */
  numbers(key: string, length: number): number[] | undefined;
  /** A size: a number, or the same number for both sides. */
  side(key: string): number | undefined;
  /** An object. */
  object(key: string): Fields | undefined;
  /** Whatever is there. */
  raw(key: string): unknown;
  /** Throws when it has a field besides those. */
  only(known: readonly string[]): void;
  /** An error about this object. */
  fail(what: string): never;
}

/** Reads a config file beside weights; undefined where there is none. */
export async function readFields(path: string): Promise<Fields | undefined> {
  let text: string;
  try {
    text = await readText(path, LONGEST);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  return parseFields(text, path);
}

/**
 * The fields of a JSON object.
 *
 * @param where the file, for messages
 * @throws {UserError} when it is none
 */
export function parseFields(json: string, where: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new UserError(`${where} is no JSON: take the file that was published with the weights.`);
  }
  return fieldsOf(value, where, "");
}

/** The fields of a value that was parsed already. */
export function fieldsOf(value: unknown, where: string, at: string): Fields {
  const fail = (what: string): never => {
    throw new UserError(`${where}: ${what}.`);
  };
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return fail(`${at === "" ? "it" : at} is no object`);
  }
  const object = value as Record<string, unknown>;
  const place = (key: string) => at === "" ? key : `${at}.${key}`;
  const read = <T>(key: string, is: (value: unknown) => boolean, what: string): T | undefined => {
    const found = Object.hasOwn(object, key) ? object[key] : undefined;
    if (found === undefined || found === null) return undefined;
    return is(found) ? found as T : fail(`${place(key)} is ${shown(found)}, not ${what}`);
  };
  const isNumber = (value: unknown) => typeof value === "number" && value > 0 && value < 1e9;
  const isPair = (value: unknown) =>
    Array.isArray(value) && value.length === 2 && value.every((n) => n === value[0] && isNumber(n));
  return {
    number: (key) => read<number>(key, isNumber, "a number above 0"),
    flag: (key) => read<boolean>(key, (value) => typeof value === "boolean", "true or false"),
    text: (key) => read<string>(key, (value) => typeof value === "string", "a text"),
    numbers: (key, length) =>
      read<number[]>(
        key,
        (value) =>
          Array.isArray(value) && value.length === length &&
          value.every((n) => typeof n === "number" && Math.abs(n) < 1e9),
        `${length} numbers`,
      ),
    side(key) {
      const side = read<number | number[]>(
        key,
        (value) => isNumber(value) || isPair(value),
        "one size for both sides",
      );
      return Array.isArray(side) ? side[0] : side;
    },
    object(key) {
      const found = Object.hasOwn(object, key) ? object[key] : undefined;
      return found === undefined || found === null ? undefined : fieldsOf(found, where, place(key));
    },
    raw: (key) => Object.hasOwn(object, key) ? object[key] : undefined,
    only(known) {
      const strange = Object.keys(object).find((key) => !known.includes(key));
      if (strange !== undefined) {
        fail(
          `${
            place(strange.slice(0, 40))
          } is not known here and may decide numbers, so these weights are not loaded`,
        );
      }
    },
    fail,
  };
}
