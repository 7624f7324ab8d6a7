/**
 * Text files that people made: decoded by what they are marked with, and refused where nothing says how they are encoded.
 * Guessing would turn names into other names.
 *
 * @module
 */

import { resolve } from "node:path";
import { readWhole } from "../bounds.ts";
import { UserError } from "../errors.ts";

/** Byte order marks, and what they mark. */
const marks: [bytes: number[], encoding: string][] = [
  [[0xef, 0xbb, 0xbf], "utf-8"],
  [[0xff, 0xfe], "utf-16le"],
  [[0xfe, 0xff], "utf-16be"],
];

/**
 * The text of a file: UTF-8, or what its byte order mark says (UTF-8, UTF-16).
 *
 * @param where the file's name, for messages
 * @throws {UserError} for bytes in another encoding: no mark tells Windows-1252 from GBK or Shift JIS
 *
 * @example
 * ```ts
 * import { decodeText } from "./text_file.ts";
 * import assert from "node:assert/strict";
 * assert.equal(decodeText(Uint8Array.of(0xff, 0xfe, 0xe9, 0), "a.csv"), "é");
 * assert.throws(() => decodeText(Uint8Array.of(0xe9), "a.csv"), /a.csv is not UTF-8/);
 * ```
 */
export function decodeText(bytes: Uint8Array, where: string): string {
  const marked = marks.find(([mark]) => mark.every((byte, i) => bytes[i] === byte));
  if (!marked && looksWide(bytes)) {
    throw new UserError(
      `${where} looks like UTF-16 without a byte order mark: save it as UTF-8 ("CSV UTF-8" in a spreadsheet program).`,
    );
  }
  const encoding = marked?.[1] ?? "utf-8";
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    if (encoding !== "utf-8") {
      throw new UserError(
        `${where} is marked as ${
          encoding.slice(0, 6).toUpperCase()
        } and is not: save it again, as UTF-8.`,
      );
    }
    const { line, byte } = firstWrong(bytes);
    throw new UserError(
      `${where} is not UTF-8 (byte 0x${
        byte.toString(16)
      } in line ${line}), and nothing in it says which encoding it is in ` +
        `(Windows-1252, GBK, Shift JIS, …): save it as UTF-8 ("CSV UTF-8" in a spreadsheet program).`,
    );
  }
}

/**
 * The text of a file on disk, as {@link decodeText}.
 *
 * @param what it is, for messages: `file of class names`
 * @throws {UserError} if there is no such file, or it cannot be decoded
 */
export async function readText(file: string, what = "file"): Promise<string> {
  try {
    return decodeText(await readWhole(file), file);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new UserError(`there is no ${what} ${resolve(file)}: check the path.`);
  }
}

/** The lines of a text, whatever ends them, trimmed, without empty ones. */
export function linesOf(text: string): string[] {
  return text.split(/\r\n|[\n\r]/).map((line) => line.trim()).filter((line) => line !== "");
}

/** Whether every other of the first bytes is zero, as in UTF-16 of European text. */
function looksWide(bytes: Uint8Array): boolean {
  const start = bytes.subarray(0, 64);
  if (start.length < 4) return false;
  const zeros = [0, 0];
  start.forEach((byte, i) => zeros[i % 2]! += byte === 0 ? 1 : 0);
  return Math.max(...zeros) > 0.8 * start.length / 2;
}

/** Where the first byte stands that is not UTF-8's. */
function firstWrong(bytes: Uint8Array): { line: number; byte: number } {
  // Bisection over prefixes that are well-formed but for a character that may be cut at their end.
  const wellFormed = (length: number) => {
    try {
      new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, length), { stream: true });
      return true;
    } catch {
      return false;
    }
  };
  let [right, wrong] = [0, bytes.length];
  while (wrong - right > 1) {
    const middle = (right + wrong) >> 1;
    if (wellFormed(middle)) right = middle;
    else wrong = middle;
  }
  const before = bytes.subarray(0, right);
  // A character is refused where the byte after its first is none of its own: the first is what is foreign.
  let at = right;
  while (at > 0 && at > right - 3 && bytes[at]! < 0x80) at--;
  const lines = before.reduce(
    (n, b, i) => n + Number(b === 10 || (b === 13 && before[i + 1] !== 10)),
    1,
  );
  return { line: lines, byte: bytes[at]! };
}
