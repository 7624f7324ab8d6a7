/**
 * Checks of the shape of parsed JSON. Each says what is wrong and where, in a phrase: `cells[3].status is "x", not …`.
 *
 * @module
 */

/** What is wrong with the value, whose place is `at`; undefined when nothing is. */
export type Check = (value: unknown, at: string) => string | undefined;

/** A text. */
export const text: Check = (value, at) =>
  typeof value === "string" ? undefined : wrong(value, at, "a text");

/** A finite number. */
export const number: Check = (value, at) =>
  typeof value === "number" ? undefined : wrong(value, at, "a number");

/** true or false. */
export const truth: Check = (value, at) =>
  typeof value === "boolean" ? undefined : wrong(value, at, "true or false");

/** One of these. */
export function literal(...known: (string | number)[]): Check {
  const words = known.map((word) => JSON.stringify(word)).join(" or ");
  return (value, at) => known.some((word) => word === value) ? undefined : wrong(value, at, words);
}

/** null, or what the check says. */
export function nullable(check: Check): Check {
  return (value, at) => value === null ? undefined : check(value, at);
}

/** undefined, where a field may be left out, or what the check says. */
export function optional(check: Check): Check {
  return (value, at) => value === undefined ? undefined : check(value, at);
}

/** A list of such. */
export function array(check: Check): Check {
  return (value, at) =>
    Array.isArray(value)
      ? first(value.map((item, i) => () => check(item, `${at}[${i}]`)))
      : wrong(value, at, "a list");
}

/** An object with at least these fields. */
export function object(fields: Record<string, Check>): Check {
  return (value, at) =>
    isObject(value)
      ? first(Object.entries(fields).map(([key, check]) => () => check(value[key], join(at, key))))
      : wrong(value, at, "an object");
}

/** An object of any keys, or of keys of a pattern, with such values. */
export function record(check?: Check, keys: RegExp = /^/): Check {
  return (value, at) => {
    if (!isObject(value)) return wrong(value, at, "an object");
    return first(
      Object.entries(value).map(([key, item]) => () =>
        keys.test(key) ? check?.(item, join(at, key)) : `${at} has a key ${JSON.stringify(key)}`
      ),
    );
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The first fault that a check finds. */
function first(checks: (() => string | undefined)[]): string | undefined {
  for (const check of checks) {
    const fault = check();
    if (fault) return fault;
  }
}

function wrong(value: unknown, at: string, right: string): string {
  const place = at === "" ? "the file" : at;
  if (value === undefined) return `${place} is missing`;
  return `${place} is ${shown(value)}, not ${right}`;
}

/** Of a value as JSON has it what a message has room for, however deep or long it is. */
export function shown(value: unknown, most = 40): string {
  const text = written(value, most, 0);
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

function written(value: unknown, most: number, depth: number): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, most + 1));
  if (typeof value !== "object" || value === null) return String(value);
  if (depth > 3) return "…";
  const items: string[] = [];
  const isList = Array.isArray(value);
  for (const key in value) {
    if (items.length > most / 2) break;
    const item = written((value as Record<string, unknown>)[key], most, depth + 1);
    items.push(isList ? item : `${JSON.stringify(key.slice(0, most))}:${item}`);
  }
  return isList ? `[${items.join(",")}]` : `{${items.join(",")}}`;
}

function join(at: string, key: string): string {
  return at === "" ? key : `${at}.${key}`;
}
