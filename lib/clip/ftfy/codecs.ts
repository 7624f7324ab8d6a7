/**
 * The single-byte encodings through which text is most often garbled, and the lenient UTF-8 that undoes it, as ftfy
 * 6.3.1 (R. Speer, Apache-2.0) defines them. "Sloppy" is what browsers do: a byte without a meaning keeps its number.
 * Bytes are strings of characters below U+0100, so that regular expressions read them.
 */

/** A single-byte encoding, read backwards: from characters to the bytes they came from. */
export interface Charmap {
  name: string;
  /** Unassigned bytes stand for themselves, and byte 0x1A for a character that was lost. */
  sloppy: boolean;
  /** The character of each of the 256 bytes. */
  characters: string[];
}

/** The encodings to try, in ftfy's order. */
export const charmaps: Charmap[] = [
  { name: "latin-1", sloppy: false, characters: latin1() },
  sloppy("windows-1252"),
  sloppy("windows-1251"),
  sloppy("windows-1250"),
  sloppy("windows-1253"),
  sloppy("windows-1254"),
  sloppy("windows-1257"),
  { name: "iso-8859-2", sloppy: false, characters: browser("iso-8859-2") },
  { name: "macroman", sloppy: false, characters: browser("macintosh") },
  { name: "cp437", sloppy: false, characters: codePage437() },
];

/** The bytes that `text` was read from if it was read as `charmap`, or undefined if it cannot have been. */
export function encode(text: string, charmap: Charmap): string | undefined {
  let table = encoders.get(charmap);
  if (!table) {
    table = new Map(charmap.characters.map((c, byte) => [c, String.fromCharCode(byte)]));
    encoders.set(charmap, table);
  }
  let bytes = "";
  for (const character of text) {
    const byte = table.get(character);
    if (byte === undefined) return undefined;
    bytes += byte;
  }
  return bytes;
}

const encoders = new Map<Charmap, Map<string, string>>();

/**
 * `bytes` read as UTF-8, or undefined where they are not. With `variants`, Java's two-byte null and CESU-8 (each half of
 * a surrogate pair in three bytes of its own) are read too.
 */
export function decodeUtf8(bytes: string, variants: boolean): string | undefined {
  if (variants) bytes = bytes.replace(/\xc0\x80/g, "\0").replace(CESU8, joinSurrogates);
  try {
    return strictUtf8.decode(Uint8Array.from(bytes, (c) => c.charCodeAt(0)));
  } catch {
    return undefined;
  }
}

/** The Windows-1252 meaning of C1 control characters; the five that have none stay. */
export function windows1252(text: string): string {
  return text.replace(/[\x80-\x9f]/g, (c) => charmaps[1]!.characters[c.charCodeAt(0)]!);
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const CESU8 = /\xed([\xa0-\xaf])([\x80-\xbf])\xed([\xb0-\xbf])([\x80-\xbf])/g;

function joinSurrogates(_match: string, a: string, b: string, c: string, d: string): string {
  const bits = (s: string, mask: number) => s.charCodeAt(0) & mask;
  const point = 0x10000 + (bits(a, 0x0f) << 16) + (bits(b, 0x3f) << 10) + (bits(c, 0x0f) << 6) +
    bits(d, 0x3f);
  return String.fromCharCode(...new TextEncoder().encode(String.fromCodePoint(point)));
}

function latin1(): string[] {
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte));
}

/** A table of the Encoding Standard, which every browser and Deno carries. */
function browser(label: string): string[] {
  const decoder = new TextDecoder(label);
  return Array.from({ length: 256 }, (_, byte) => decoder.decode(Uint8Array.of(byte)));
}

function sloppy(label: string): Charmap {
  const characters = browser(label).map((c, byte) =>
    c === "\ufffd" ? String.fromCharCode(byte) : c
  );
  characters[0x1a] = "\ufffd";
  return { name: `sloppy-${label}`, sloppy: true, characters };
}

/** The IBM PC's code page, which the Encoding Standard leaves out. */
function codePage437(): string[] {
  const upper = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐" +
    "└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\xa0";
  return [...latin1().slice(0, 128), ...upper];
}
