/**
 * Files that are large by what small ones are made of: the proportion of a reader's cost to a file's bytes shows in
 * them, and what grows with their square.
 */
import type { Random } from "../../lib/random/mod.ts";
import { below, mutatedBytes, mutatedJson } from "./mutate.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Bytes of the largest. */
export const LARGEST = 2 * 2 ** 20;

/** From 4 kB to the largest, small ones as often as large ones. */
function size(random: Random): number {
  return Math.round(4096 * (LARGEST / 4096) ** random.random());
}

function oneOf<T>(random: Random, list: readonly T[]): T {
  return list[below(random, list.length)]!;
}

/** What patterns and parsers stumble over when it comes in numbers. */
const morsels = [
  ...[
    '"',
    "'",
    "\\",
    "`",
    "[",
    "{",
    "(",
    "<",
    "*",
    "_",
    "|",
    "#",
    "&",
    ";",
    ",",
    "\n",
    "\r",
    "\t",
    " ",
    "\0",
  ],
  ...[
    "[[",
    "](",
    "[a](",
    "[a](http://",
    "**",
    "/*",
    "//",
    "<text",
    "&amp;",
    "&amp",
    "amp;",
    "&#",
    "&#1",
    "-->",
  ],
  ...[
    '""',
    '",',
    "\r\n",
    ",\n",
    "a,",
    "a\n",
    "1",
    "9",
    "a",
    "é",
    "Ã©",
    "Ãƒ",
    "&lt;",
    "\ud83d\ude00",
    "\u202e",
    "'s",
  ],
  ...[
    "```\n",
    "- a\n",
    "1. a\n",
    "# a\n",
    "|a|\n",
    "  ",
    "\t\n",
    "$&",
    "{}",
    "a/",
    "./",
    "../",
    "e1",
    "1e",
    "--array=1 ",
  ],
];

/** A text of so many bytes, more or less, of one morsel or two in turn. */
export function grownText(random: Random, bytes: number = size(random)): string {
  const morsel = Array.from({ length: 1 + below(random, 2) }, () => oneOf(random, morsels)).join(
    "",
  );
  return morsel.repeat(Math.ceil(bytes / morsel.length));
}

/** One of the seeds, damaged or not, with a part of it or a morsel in thousands. */
export function grownBytes(seeds: readonly Uint8Array[], random: Random): Bytes {
  const seed: Uint8Array = random.random() < 0.5
    ? mutatedBytes(seeds, random)
    : oneOf(random, seeds);
  const at = below(random, seed.length + 1);
  const length = Math.min(seed.length - at, 1 + below(random, 600));
  const part = random.random() < 0.6 && length > 0
    ? repeated(seed.subarray(at, at + length), size(random))
    : new TextEncoder().encode(grownText(random));
  return joined(seed.subarray(0, at), part, seed.subarray(at));
}

/** A JSON text in which one value has grown: in length, in keys, in depth, or as a number. */
export function grownJson(seeds: readonly Uint8Array[], random: Random): Bytes {
  if (random.random() < 0.25) return grownBytes(seeds, random);
  const text = random.random() < 0.3 ? mutatedJson(seeds, random) : oneOf(random, seeds);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(text));
  } catch {
    return grownBytes(seeds, random);
  }
  // Written by hand: depths that JSON.stringify cannot write.
  const [before, after] = split(value, random);
  return new TextEncoder().encode(before + grownValue(random) + after);
}

/** The text of a value around the place of one of its parts. */
function split(value: unknown, random: Random): [before: string, after: string] {
  const mark = `"${crypto.randomUUID()}"`;
  const marked = (part: unknown): unknown => {
    if (typeof part !== "object" || part === null || random.random() < 0.2) return JSON.parse(mark);
    const keys = Object.keys(part);
    if (keys.length === 0) return JSON.parse(mark);
    const key = oneOf(random, keys);
    const changed = marked((part as Record<string, unknown>)[key]);
    return Array.isArray(part)
      ? part.map((item, i) => String(i) === key ? changed : item)
      : { ...part, [key]: changed };
  };
  const [before, after] = JSON.stringify(marked(value)).split(mark) as [string, string];
  return [before, after];
}

function grownValue(random: Random): string {
  const bytes = size(random);
  const item = oneOf(random, [
    '"a"',
    "1",
    "[]",
    "{}",
    "null",
    '["a",0,"b"]',
    '{"mean":1,"n":1}',
    '[1,"x"]',
  ]);
  const many = (text: string) => Array(Math.ceil(bytes / (text.length + 1))).fill(text).join(",");
  switch (below(random, 6)) {
    case 0:
      return JSON.stringify(grownText(random, bytes));
    case 1:
      return `[${many(item)}]`;
    case 2: {
      const keys = Math.ceil(bytes / (item.length + 10));
      return `{${Array.from({ length: keys }, (_, i) => `"k${i}":${item}`).join(",")}}`;
    }
    case 3:
      return "[".repeat(bytes / 2) + "]".repeat(bytes / 2);
    case 4:
      return '{"a":'.repeat(bytes / 6) + "0" + "}".repeat(bytes / 6);
    default:
      return oneOf(random, [
        "1e308",
        "4294967295",
        "9007199254740991",
        "-1",
        "30000000",
        "1000000000",
      ]);
  }
}

/** A safetensors file with many tensors, large shapes of nothing, long strings, or a header that has grown as JSON does. */
export function grownHeader(seeds: readonly Uint8Array[], random: Random): Bytes {
  const seed = oneOf(random, seeds);
  const length = Number(new DataView(seed.buffer, seed.byteOffset).getBigUint64(0, true));
  const data = seed.subarray(8 + length);
  const what = random.random();
  if (what < 0.2) return grownBytes(seeds, random);
  if (what < 0.4) return framed(grownJson([seed.subarray(8, 8 + length)], random), data);
  const header = JSON.parse(new TextDecoder().decode(seed.subarray(8, 8 + length)));
  const large = oneOf(random, [1000, 100_000, 30_000_000, 2 ** 31, 2 ** 40]);
  const shape = oneOf(random, [[large, 0], [0, large], [large, 0, large], [0]]);
  const end = data.length;
  if (what < 0.7) {
    const keys = Object.keys(header).filter((key) => key !== "__metadata__");
    const stem = oneOf(random, ["t", "s", "param.", "params/", ...keys]);
    for (let i = Math.ceil(size(random) / 80); i > 0; i--) {
      const key = oneOf(random, [`${stem}${i}`, `s${i}/loss`, `s${i * large}/${stem}`]);
      header[key] = { dtype: "F32", shape, data_offsets: [end, end] };
    }
  } else if (what < 0.85) {
    header[oneOf(random, ["x", "param.ctx", ...Object.keys(header)])] = {
      ...{ dtype: "F32", shape, data_offsets: [end, end] },
    };
  } else {
    const known = header.__metadata__ ?? {};
    header.__metadata__ = {
      ...known,
      [oneOf(random, ["a", "token_rows", "at", ...Object.keys(known)])]: grownText(random),
    };
  }
  return framed(new TextEncoder().encode(JSON.stringify(header)), data);
}

function framed(header: Uint8Array, data: Uint8Array): Bytes {
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(header.length), true);
  return joined(length, header, data);
}

function repeated(part: Uint8Array, bytes: number): Bytes {
  const whole = new Uint8Array(Math.ceil(bytes / part.length) * part.length);
  for (let at = 0; at < whole.length; at += part.length) whole.set(part, at);
  return whole;
}

function joined(...parts: Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
  return whole;
}
