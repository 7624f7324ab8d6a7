/**
 * The command as it was given: reports and records say it, so that it can be repeated.
 *
 * @module
 */

/** `deno task reproduce` with its arguments, as a shell takes them. */
export function commandLine(args: readonly string[]): string {
  return ["deno task reproduce", ...args.map(quoted)].join(" ");
}

/** The command for one experiment of those that it runs. */
export function onlyCommand(command: string, id: string): string {
  return `${command.replace(/ --only[ =]\S+/, "")} --only ${id}`;
}

function quoted(word: string): string {
  return /^[\w./=,:@+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
