/** Seeded damage: what a disk, a network or an enemy could make of a file. */
import type { Random } from "../../lib/random/mod.ts";

/** A whole number from 0 below `n`. */
export function below(random: Random, n: number): number {
  return Math.floor(random.random() * n);
}

function oneOf<T>(random: Random, list: readonly T[]): T {
  return list[below(random, list.length)]!;
}

/** One to eight small damages to the bytes of one of `seeds`. */
export function mutatedBytes(
  seeds: readonly Uint8Array[],
  random: Random,
): Uint8Array<ArrayBuffer> {
  let bytes = Uint8Array.from(oneOf(random, seeds));
  for (let left = 1 + below(random, 8); left > 0; left--) {
    bytes = oneOf(random, damages)(bytes, random, oneOf(random, seeds));
  }
  return bytes;
}

type Bytes = Uint8Array<ArrayBuffer>;
type Damage = (bytes: Bytes, random: Random, other: Uint8Array) => Bytes;

/** Lengths and counts that break careless arithmetic. */
const borders = [0, 1, 7, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

const damages: Damage[] = [
  (bytes, random) => changed(bytes, random, 1, (at) => bytes[at]! ^= 1 << below(random, 8)),
  (bytes, random) => changed(bytes, random, 1, (at) => bytes[at] = below(random, 256)),
  (bytes, random) =>
    changed(bytes, random, 2, (at) => {
      new DataView(bytes.buffer).setUint16(at, oneOf(random, borders), random.random() < 0.5);
    }),
  (bytes, random) =>
    changed(bytes, random, 4, (at) => {
      new DataView(bytes.buffer).setUint32(at, oneOf(random, borders), random.random() < 0.5);
    }),
  (bytes, random) =>
    changed(bytes, random, 8, (at) => {
      const wide = BigInt(oneOf(random, borders)) << BigInt(below(random, 33));
      new DataView(bytes.buffer).setBigUint64(at, wide, random.random() < 0.5);
    }),
  (bytes, random) => bytes.slice(0, below(random, bytes.length + 1)),
  (bytes, random) => {
    const [from, to] = range(bytes.length, random);
    return joined(bytes.subarray(0, from), bytes.subarray(to));
  },
  (bytes, random) => {
    const [from, to] = range(bytes.length, random);
    return joined(
      bytes.subarray(0, to),
      bytes.subarray(from, Math.min(to, from + 4096)),
      bytes.subarray(to),
    );
  },
  (bytes, random, other) => {
    const [from, to] = range(other.length, random);
    const at = below(random, bytes.length + 1);
    return joined(
      bytes.subarray(0, at),
      other.subarray(from, Math.min(to, from + 4096)),
      bytes.subarray(at),
    );
  },
];

function changed(bytes: Bytes, random: Random, width: number, change: (at: number) => void): Bytes {
  if (bytes.length >= width) change(below(random, bytes.length - width + 1));
  return bytes;
}

function range(length: number, random: Random): [from: number, to: number] {
  const [a, b] = [below(random, length + 1), below(random, length + 1)];
  return [Math.min(a, b), Math.max(a, b)];
}

function joined(...parts: Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
  return whole;
}

/** Values that a file has no business to hold where it holds them. */
const hostile: readonly unknown[] = [
  ...[null, true, -1, 0, 0.5, 1e308, 2 ** 53, "", "x", "a".repeat(5000), [], {}, [[]], [null]],
  ...[
    "__proto__",
    "constructor",
    "../../escaped",
    "/etc/passwd",
    "a\0b",
    "a\nb",
    "\u202eabc",
    "\ud800",
  ],
  ...["<script>alert(1)</script>", "]]>", "{}", "%s%n", "NaN", "C:\\x"],
  JSON.parse(`{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}`),
  JSON.parse("[".repeat(2000) + "]".repeat(2000)),
];

const hostileKeys = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "length",
  "",
];

/** JSON text whose values or keys were changed, or (one time in four) whose bytes were. */
export function mutatedJson(seeds: readonly Uint8Array[], random: Random): Uint8Array<ArrayBuffer> {
  if (random.random() < 0.25) return mutatedBytes(seeds, random);
  let value: unknown = JSON.parse(new TextDecoder().decode(oneOf(random, seeds)));
  for (let left = 1 + below(random, 4); left > 0; left--) value = changedValue(value, random);
  return new TextEncoder().encode(JSON.stringify(value));
}

/** A safetensors file whose header says otherwise, or (every other time) whose bytes were changed. */
export function mutatedHeader(seeds: readonly Uint8Array[], random: Random): Bytes {
  if (random.random() < 0.5) return mutatedBytes(seeds, random);
  const seed = oneOf(random, seeds);
  const length = Number(new DataView(seed.buffer, seed.byteOffset).getBigUint64(0, true));
  const header = mutatedJson([seed.subarray(8, 8 + length)], random);
  const size = new Uint8Array(8);
  new DataView(size.buffer).setBigUint64(0, BigInt(header.length), true);
  return joined(size, header, seed.subarray(8 + length));
}

/** The value with one of its parts, at any depth, made something else. */
export function changedValue(value: unknown, random: Random): unknown {
  const stop = random.random() < 0.15;
  if (stop || typeof value !== "object" || value === null) return oneOf(random, hostile);
  const keys = Object.keys(value);
  if (keys.length === 0) return oneOf(random, hostile);
  const key = oneOf(random, keys);
  const at = Object.entries(value).map(([k, v]): [string, unknown] => [k, v]);
  const place = keys.indexOf(key);
  const what = random.random();
  if (what < 0.7) at[place]![1] = changedValue(at[place]![1], random);
  else if (what < 0.8) at.splice(place, 1);
  else if (what < 0.9) at.push(at[place]!);
  else at[place]![0] = oneOf(random, hostileKeys);
  return Array.isArray(value) ? at.map(([, v]) => v) : Object.fromEntries(at);
}
