/**
 * Command-line options from one typed table per command. The table is all there is: the types of the values, the
 * checks, and the text of `--help` come from it. Splitting the arguments is node:util's parseArgs.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { nearest, UserError } from "../errors.ts";
import type { Backend } from "../tensor/mod.ts";
import { precisions } from "../tensor/precision.ts";
import { choice, kebab, type Option, type Options, type Values } from "./option_kinds.ts";
import { usage } from "./usage.ts";

export * from "./option_kinds.ts";

/** The command was called wrongly: {@linkcode run} prints the line and exits with 2. */
export class UsageError extends UserError {
  /** Always `UsageError`. */
  override name = "UsageError";
}

/** `--help` was asked for. Its message is the usage text, which {@linkcode run} prints before it exits with 0. */
export class HelpRequest extends Error {
  /** Always `HelpRequest`. */
  override name = "HelpRequest";
}

/** Options that every command understands: `--help` is answered by `parse`, `--debug` by `run`. */
const common = ["help", "debug"];

/**
 * Reads the arguments of `command` as its table of options says. Names are camelCase in the table and in the result,
 * kebab-case on the command line (`dryRun` is `--dry-run`).
 *
 * @param command the name people type, for messages
 * @param summary one sentence for `--help`: what the command does
 * @throws {UsageError} for an option that is unknown (with the nearest right spelling), repeated, without its value or
 *   with one of the wrong type, and for arguments that are missing or too many
 * @throws {HelpRequest} for `--help`
 */
export function parse<T extends Options>(
  command: string,
  options: T,
  args: readonly string[],
  summary = "",
): Values<T> {
  const spellings = new Map(Object.keys(options).map((key) => [kebab(key), key]));
  const { given, positionals } = split(command, options, spellings, args, summary);
  const values: Record<string, unknown> = {};
  for (const [key, option] of Object.entries(options)) {
    const texts = option.kind === "argument"
      ? positionals.splice(0, option.repeats ? positionals.length : 1)
      : given.get(key) ?? [];
    const name = option.kind === "argument" ? option.hint : `--${kebab(key)}`;
    if (texts.length > 1 && !option.repeats) {
      throw wrong(command, `${name} is given ${texts.length} times: give it once`);
    }
    if (texts.length === 0 && option.required) {
      throw wrong(command, `${name} is missing: ${option.help}`);
    }
    const value = option.read(texts);
    if (value instanceof Error) throw wrong(command, `${name} ${value.message}`);
    values[key] = value;
  }
  if (positionals.length > 0) {
    const hint = takesArguments(options) ? "one argument too many" : "options begin with --";
    throw wrong(command, `unexpected argument ${JSON.stringify(positionals[0])}: ${hint}`);
  }
  return values as Values<T>;
}

/** The texts given for each option, and the arguments that belong to none. */
function split(
  command: string,
  options: Options,
  spellings: Map<string, string>,
  args: readonly string[],
  summary: string,
): { given: Map<string, string[]>; positionals: string[] } {
  const { tokens } = parseArgs({
    args: [...args],
    options: {
      help: { type: "boolean", short: "h" },
      debug: { type: "boolean" },
      ...Object.fromEntries(
        [...spellings].map(([name, key]) => [name, { type: parseType(options[key]!) }]),
      ),
    },
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  if (tokens.some((token) => token.kind === "option" && token.name === "help")) {
    throw new HelpRequest(usage(command, options, summary));
  }
  const given = new Map<string, string[]>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option" || common.includes(token.name)) continue;
    const key = spellings.get(token.name);
    if (key === undefined || options[key]!.kind === "argument") {
      throw unknown(command, token.rawName, [
        ...[...spellings].filter(([, key]) => options[key]!.kind !== "argument").map(([n]) => n),
        ...common,
      ]);
    }
    const option = options[key]!;
    if (option.kind === "flag" && token.value !== undefined) {
      throw wrong(command, `${token.rawName} takes no value: got ${JSON.stringify(token.value)}`);
    }
    if (option.kind === "value" && (token.value === undefined || swallowed(token))) {
      throw wrong(command, `${token.rawName} lacks its value: ${token.rawName} ${option.hint}`);
    }
    given.set(key, [...(given.get(key) ?? []), token.value ?? ""]);
  }
  return { given, positionals };
}

/** Whether what parseArgs took for the value is really the next option (`--clip --data x`); `-0.5` is a value. */
function swallowed(token: { value?: string; inlineValue?: boolean }): boolean {
  return token.inlineValue === false && /^-(?!\.?\d)./.test(token.value ?? "");
}

function parseType(option: Option<unknown>): "boolean" | "string" {
  return option.kind === "flag" ? "boolean" : "string";
}

function takesArguments(options: Options): boolean {
  return Object.values(options).some((option) => option.kind === "argument");
}

function unknown(command: string, rawName: string, known: string[]): UsageError {
  const word = rawName.replace(/^-+/, "");
  const meant = word.length > 2 ? nearest(word, known) : undefined;
  return wrong(
    command,
    `unknown option ${rawName}` + (meant === undefined ? "" : `: did you mean --${meant}?`),
  );
}

function wrong(command: string, what: string): UsageError {
  const end = /[?.]$/.test(what) ? "" : ".";
  return new UsageError(`${command}: ${what}${end} See ${command} --help.`);
}

/** `--precision` */
export const precisionOption = choice(
  precisions,
  "of products with frozen weights: float32; bfloat16, on native alone, about twice as fast on CPUs with units for it; or weights kept as float16, on WebGPU alone, half their memory or less; numbers differ (docs/precision.md)",
  "fp32",
);

/** A line for whoever reads numbers that are not of float32. */
export function precisionNote({ precision, reason }: Backend): string | undefined {
  return precision && `Backend: ${reason}`;
}
