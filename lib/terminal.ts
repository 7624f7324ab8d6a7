/**
 * The one way to write to a terminal. Lines quote names that others wrote (of files, classes, records, jobs): what would
 * steer the terminal, turn the writing round or break the line is shown as its code.
 *
 * @module
 */
import { printable } from "./errors.ts";

/**
 * Writes a text to the standard output: what a command was asked for.
 *
 * @param text may hold line ends; nothing else in it steers the terminal
 */
export function print(text: string): void {
  console.log(safe(text));
}

/** Writes a text to the standard error: what goes on, and what went wrong. */
export function tell(text: string): void {
  console.error(safe(text));
}

/** A text of several lines as a terminal may have it. */
export function safe(text: string): string {
  return text.split("\n").map(printable).join("\n");
}

/** Empties the terminal's current line, which a progress display is on. */
export function clearLine(): void {
  Deno.stderr.writeSync(new TextEncoder().encode("\r\x1b[K"));
}

/** Empties the whole terminal. */
export function clearScreen(): void {
  console.clear();
}
