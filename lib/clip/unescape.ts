/**
 * Python's `html.unescape`: HTML 5's character references as CPython 3 reads them, missing semicolons and invalid
 * numbers included. The names come from the `he` package; the numbers are ours, because Python drops what `he` keeps.
 */

import { decode } from "he";

/** `text` with its character references replaced, as `html.unescape(text)` does. */
export function unescapeHtml(text: string): string {
  return text.replace(
    /&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\t\n\f <&#;]{1,32};?)/gu,
    (reference) =>
      reference[1] === "#" ? unescapeNumeric(reference) ?? reference : unescapeNamed(reference),
  );
}

/** One named reference, `&name;` or the older names' `&name`, with what follows the longest known name kept. */
export function unescapeNamed(reference: string): string {
  return decode(reference);
}

/** One numeric reference, or undefined if it is not one. What is no character becomes U+FFFD or, in Python, nothing. */
export function unescapeNumeric(reference: string): string | undefined {
  const digits = /^&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?$/.exec(reference);
  if (!digits) return undefined;
  const point = digits[1] ? parseInt(digits[1], 16) : parseInt(digits[2]!, 10);
  if (point === 0 || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return "\ufffd";
  if (point >= 0x80 && point <= 0x9f) return windows1252.decode(Uint8Array.of(point));
  if (isDropped(point)) return "";
  return String.fromCodePoint(point);
}

const windows1252 = new TextDecoder("windows-1252");

/** Control characters other than white space, and Unicode's noncharacters. */
function isDropped(point: number): boolean {
  return point <= 0x08 || point === 0x0b || (point >= 0x0e && point <= 0x1f) || point === 0x7f ||
    (point >= 0xfdd0 && point <= 0xfdef) || (point & 0xfffe) === 0xfffe;
}
