/**
 * Undoes mojibake as ftfy 6.3.1's `fix_encoding` does (R. Speer, Apache-2.0): if a text looks wrong, and some
 * single-byte encoding turns it back into bytes that are valid UTF-8, then those bytes were the text.
 */

import { isBad } from "./badness.ts";
import { type Charmap, charmaps, decodeUtf8, encode, windows1252 } from "./codecs.ts";

/** `text` with its mojibake repaired, layer by layer, until nothing more is found. */
export function fixEncoding(text: string): string {
  for (;;) {
    const repaired = repairOneLayer(text);
    if (repaired === text) return text;
    text = repaired;
  }
}

function repairOneLayer(text: string): string {
  if (/^[\0-\x7f]*$/.test(text) || !isBad(text)) return text;
  for (const charmap of charmaps) {
    const bytes = encode(text, charmap);
    const whole = bytes === undefined ? undefined : decodeRepaired(bytes, charmap);
    if (whole !== undefined) return whole;
  }
  const inParts = repairParts(text);
  if (inParts !== text) return inParts;
  // Latin-1's control characters were most likely Windows-1252's punctuation.
  return windows1252(text);
}

/** `bytes` as UTF-8 after putting back what is usually lost on the way, or undefined. */
function decodeRepaired(bytes: string, charmap: Charmap): string | undefined {
  // In MacRoman the pattern is an en dash and a space, which people do write.
  if (charmap.name !== "macroman" && lostNoBreakSpace.test(bytes)) {
    bytes = bytes.replace(aGraveWord, "\xc3\xa0 ")
      .replace(new RegExp(lostNoBreakSpace, "g"), (m) => m.replaceAll(" ", "\xa0"));
  }
  if (charmap.sloppy) bytes = bytes.replace(lostByte, "\xef\xbf\xbd");
  return decodeUtf8(bytes, /[\xed\xc0]/.test(bytes));
}

/** Repairs the stretches that are shaped like UTF-8 where the text as a whole is not. */
function repairParts(text: string): string {
  return text.replace(
    utf8Shaped,
    (part) => part.length < text.length && isBad(part) ? fixEncoding(part) : part,
  );
}

/** UTF-8 in which the byte A0, a no-break space in most encodings, became a plain space. */
const lostNoBreakSpace = new RegExp(
  "[\xc2\xc3\xc5\xce\xd0\xd9] |[\xe2\xe3] [\x80-\x84\x86-\x9f\xa1-\xbf]" +
    "|[\xe0-\xe3][\x80-\x84\x86-\x9f\xa1-\xbf] |\xf0 [\x80-\xbf]{2}" +
    "|\xf0[\x80-\xbf] [\x80-\xbf]|\xf0[\x80-\xbf]{2} ",
);

/** "à" as a word of its own keeps the space after it; Portuguese às, àquele, àquela and àquilo do not have one. */
const aGraveWord = /\xc3 (?! |quele|quela|quilo|s )/g;

/** UTF-8 with a byte replaced by U+FFFD (here 1A) or by a question mark: one lost character. */
const lostByte = new RegExp(
  "[\xc2-\xdf]\x1a|[\xc2\xc3]\\?" +
    "|\xed[\xa0-\xaf][\x1a?]\xed[\xb0-\xbf][\x1a?\x80-\xbf]" +
    "|\xed[\xa0-\xaf][\x1a?\x80-\xbf]\xed[\xb0-\xbf][\x1a?]" +
    "|[\xe0-\xef][\x1a?][\x1a\x80-\xbf]|[\xe0-\xef][\x1a\x80-\xbf][\x1a?]" +
    "|[\xf0-\xf4][\x1a?][\x1a\x80-\xbf]{2}" +
    "|[\xf0-\xf4][\x1a\x80-\xbf][\x1a?][\x1a\x80-\xbf]" +
    "|[\xf0-\xf4][\x1a\x80-\xbf]{2}[\x1a?]|\x1a",
  "g",
);

/** Characters that stand for UTF-8's leading and following bytes in Latin-1 or a Windows code page. */
const utf8Shaped = (() => {
  const alphabets = charmaps.filter((c) => c.sloppy || c.name === "latin-1");
  const of = (...ranges: [number, number][]) => {
    const found = new Set<string>();
    for (const { characters } of alphabets) {
      for (const [low, high] of ranges) {
        for (let byte = low; byte <= high; byte++) found.add(characters[byte]!);
      }
    }
    return found;
  };
  const inside = of([0x80, 0xbf]);
  // Dashes, quotes, the bullet and the ellipsis stand for themselves often enough.
  const strict = inside.difference(new Set("–—―‘’‚“”„•…"));
  const set = (characters: Set<string>) => `[${[...characters].join("")}]`;
  const next = set(inside.union(new Set(" ")));
  return new RegExp(
    `(?<!${set(strict)})(?:${set(of([0xc2, 0xdf]))}${next}|${set(of([0xe0, 0xef]))}${next}{2}|` +
      `${set(of([0xf0, 0xf0], [0xf3, 0xf3]))}${next}{3})+`,
    "gu",
  );
})();
