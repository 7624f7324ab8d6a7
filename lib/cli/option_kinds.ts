/**
 * The kinds of option a command's table is written with: `text`, `many`, `integers`, `flag`, … Each says how its text
 * is read, what it is when absent, and its line in `--help`.
 *
 * @module
 */

import { nearest } from "../errors.ts";

/** One option of a command, whose value has the type `T`. */
export interface Option<T> {
  /** `flag`: no value. `value`: one. `argument`: written without a name, by its place. */
  readonly kind: "flag" | "value" | "argument";
  /** What stands for the value in the help: `PATH`. */
  readonly hint: string;
  /** What it does, a phrase. */
  readonly help: string;
  /** What it is when not given, as the help shows it. */
  readonly absent?: string | undefined;
  /** Whether it may be given more than once. */
  readonly repeats: boolean;
  /** Whether it must be given. */
  readonly required: boolean;
  /** The value of the texts given (none when absent), or what is wrong with them. */
  readonly read: (texts: string[]) => T | Error;
}

/** A command's table: the name in the code → the option. */
export type Options = Record<string, Option<unknown>>;

/** The values that a table of options is read into. */
export type Values<T extends Options> = {
  [K in keyof T]: T[K] extends Option<infer V> ? V : never;
};

/** How an option is spelt on the command line: `dryRun` → `dry-run`. */
export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`);
}

/** On or off. */
export function flag(help: string): Option<boolean> {
  const read = (texts: string[]) => texts.length > 0;
  return { kind: "flag", hint: "", help, repeats: false, required: false, read };
}

/** A text as given; `absent` when it is not. */
export function text(hint: string, help: string): Option<string | undefined>;
/** A text of the user's, or `absent`. */
export function text(hint: string, help: string, absent: string): Option<string>;
export function text(hint: string, help: string, absent?: string): Option<string | undefined> {
  return value(hint, help, absent, (given) => given);
}

/** One of a few words. */
export function choice<const T extends string>(
  known: readonly T[],
  help: string,
): Option<T | undefined>;
/** One of some words, or `absent`. */
export function choice<const T extends string>(
  known: readonly T[],
  help: string,
  absent: NoInfer<T>,
): Option<T>;
export function choice<const T extends string>(
  known: readonly T[],
  help: string,
  absent?: T,
): Option<T | undefined> {
  return value(known.join("|"), help, absent, (given) => oneOf(known, given));
}

/** A whole number, at least `least`. */
export function integer(
  help: string,
  absent?: undefined,
  least?: number,
): Option<number | undefined>;
/** A whole number, or `absent`. */
export function integer(help: string, absent: number, least?: number): Option<number>;
export function integer(help: string, absent?: number, least = 0): Option<number | undefined> {
  return value("N", help, absent, (given) => wholeNumber(given, least));
}

/** A number. */
export function number(help: string): Option<number | undefined>;
/** A number, or `absent`. */
export function number(help: string, absent: number): Option<number>;
export function number(help: string, absent?: number): Option<number | undefined> {
  return value("X", help, absent, (given) => {
    const read = given.trim() === "" ? NaN : Number(given);
    return Number.isFinite(read) ? read : new Error(`takes a number: got ${quoted(given)}`);
  });
}

/** Whole numbers with commas between: `--shots 1,2,4`. */
export function integers(help: string): Option<number[] | undefined>;
/** Whole numbers, or `absent`. */
export function integers(help: string, absent: number[], least?: number): Option<number[]>;
export function integers(help: string, absent?: number[], least = 0): Option<number[] | undefined> {
  return value("N,N,…", help, absent, (given) => list(given, (part) => wholeNumber(part, least)));
}

/** Words with commas between, each one of `known`: `--methods coop,prograd`. */
export function words<const T extends string>(
  known: readonly T[],
  help: string,
): Option<T[] | undefined>;
/** Words out of a list, or `absent`. */
export function words<const T extends string>(
  known: readonly T[],
  help: string,
  absent: NoInfer<T>[],
): Option<T[]>;
export function words<const T extends string>(
  known: readonly T[],
  help: string,
  absent?: T[],
): Option<T[] | undefined> {
  return value("NAME,NAME,…", help, absent, (given) => list(given, (part) => oneOf(known, part)));
}

/** The same option, which has to be given. */
export function needed<T>(option: Option<T>): Option<T> {
  return { ...option, required: true, absent: undefined };
}

/** An option that may be given several times: `--data eurosat=A --data caltech101=B`. */
export function many(hint: string, help: string): Option<string[]> {
  const read = (texts: string[]) => texts;
  return { kind: "value", hint, help, repeats: true, required: false, read };
}

/** Something without a name, by its place: `verify DIR`. Required unless it says what it is when absent. */
export function argument(hint: string, help: string, absent?: string): Option<string> {
  const read = (texts: string[]) => texts[0] ?? absent ?? "";
  const required = absent === undefined;
  return { kind: "argument", hint, help, absent, repeats: false, required, read };
}

/** All that stands without a name, after the arguments that have their places: `notebooks 01 02`. */
export function others(hint: string, help: string): Option<string[]> {
  const read = (texts: string[]) => texts;
  return { kind: "argument", hint: `${hint}…`, help, repeats: true, required: false, read };
}

function value<T>(
  hint: string,
  help: string,
  absent: T | undefined,
  one: (given: string) => T | Error,
): Option<T | undefined> {
  const read = (texts: string[]) => texts.length === 0 ? absent : one(texts[0]!);
  const shown = absent === undefined ? undefined : String(absent);
  return { kind: "value", hint, help, absent: shown, repeats: false, required: false, read };
}

function list<T>(given: string, one: (part: string) => T | Error): T[] | Error {
  const parts = given.split(",").map((part) => one(part.trim()));
  return parts.find((part) => part instanceof Error) ?? parts as T[];
}

function wholeNumber(given: string, least: number): number | Error {
  const read = /^[+-]?\d+$/.test(given) ? Number(given) : NaN;
  if (!Number.isSafeInteger(read)) {
    return new Error(`takes a whole number: got ${quoted(given)}`);
  }
  return read >= least ? read : new Error(`must be at least ${least}: got ${read}`);
}

function oneOf<T extends string>(known: readonly T[], given: string): T | Error {
  const found = known.find((word) => word === given);
  if (found !== undefined) return found;
  const meant = nearest(given, known);
  const advice = meant === undefined ? `one of ${known.join(", ")}` : `did you mean ${meant}?`;
  return new Error(`does not know ${quoted(given)}: ${advice}`);
}

function quoted(given: string): string {
  return JSON.stringify(given);
}
