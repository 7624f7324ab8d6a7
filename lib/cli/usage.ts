/**
 * The text of `--help`, from a command's table of options.
 *
 * @module
 */

import { kebab, type Option, type Options } from "./option_kinds.ts";

/** The usage of `command`: a line with its shape, its summary, and a line or two for every option. */
export function usage(command: string, options: Options, summary = ""): string {
  const entries = Object.entries(options);
  const places = entries.filter(([, option]) => option.kind === "argument")
    .map(([, option]) => option.required ? option.hint : `[${option.hint}]`);
  const rows = [
    ...entries.map(([key, option]): [string, string] => [left(key, option), right(option)]),
    ["--debug", "show the stack of an error"],
    ["-h, --help", "show this"],
  ];
  const width = Math.min(32, Math.max(...rows.map(([name]) => name!.length)));
  return [
    ["Usage:", command, ...places, "[options]"].join(" "),
    ...(summary === "" ? [] : ["", summary]),
    "",
    ...rows.map(([name, help]) =>
      name!.length > width
        ? `  ${name}\n  ${" ".repeat(width)}  ${help}`
        : `  ${name!.padEnd(width)}  ${help}`
    ),
  ].join("\n");
}

function left(key: string, option: Option<unknown>): string {
  if (option.kind === "argument") return option.hint;
  return option.kind === "flag" ? `--${kebab(key)}` : `--${kebab(key)} ${option.hint}`;
}

function right({ kind, help, absent, repeats }: Option<unknown>): string {
  const often = repeats && kind !== "argument" ? " (may be repeated)" : "";
  return `${help}${often}${absent === undefined || absent === "" ? "" : ` (default: ${absent})`}`;
}
