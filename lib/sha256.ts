/**
 * SHA-256 (FIPS 180-4) of texts and bytes that are in memory, at once and not as a promise. Node's where there is one; in a
 * browser its own, since what a browser has answers later, and on secure pages alone.
 *
 * @module
 */
import { builtin, hasBuiltins } from "./builtin.ts";

/**
 * The hash of parts one after another, in hexadecimal; texts as UTF-8.
 *
 * @example
 * ```ts
 * import { sha256 } from "./sha256.ts";
 * import assert from "node:assert/strict";
 * const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"; // FIPS 180-4's example
 * assert.equal(sha256("abc"), abc);
 * assert.equal(sha256("a", new Uint8Array([98, 99])), abc);
 * ```
 */
export function sha256(...parts: (string | Uint8Array)[]): string {
  if (!hasBuiltins()) return plainSha256(...parts);
  const hash = builtin("node:crypto").createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}

/** The same in plain JavaScript: what runs in a browser. */
export function plainSha256(...parts: (string | Uint8Array)[]): string {
  const state = Uint32Array.from(roots(8, 1 / 2));
  const { blocks, count } = padded(parts);
  const words = new Uint32Array(64);
  for (let block = 0; block < count; block++) compress(state, words, blocks, block * 64);
  return Array.from(state, (word) => word.toString(16).padStart(8, "0")).join("");
}

/** All bytes, a 1 bit, zeros, and the length in bits, in whole blocks of 64 bytes (FIPS 180-4, 5.1.1). */
function padded(parts: (string | Uint8Array)[]): { blocks: DataView; count: number } {
  const pieces = parts.map((part) =>
    typeof part === "string" ? new TextEncoder().encode(part) : part
  );
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const count = Math.ceil((length + 9) / 64);
  const bytes = new Uint8Array(64 * count);
  pieces.reduce((at, piece) => (bytes.set(piece, at), at + piece.length), 0);
  bytes[length] = 0x80;
  const blocks = new DataView(bytes.buffer);
  blocks.setBigUint64(64 * count - 8, 8n * BigInt(length));
  return { blocks, count };
}

type Words = [number, number, number, number, number, number, number, number];

/** One block into the state (FIPS 180-4, 6.2.2). */
function compress(state: Uint32Array, words: Uint32Array, blocks: DataView, at: number): void {
  for (let t = 0; t < 16; t++) words[t] = blocks.getUint32(at + 4 * t);
  for (let t = 16; t < 64; t++) {
    const [early, late] = [words[t - 15]!, words[t - 2]!];
    const s0 = turn(early, 7) ^ turn(early, 18) ^ (early >>> 3);
    const s1 = turn(late, 17) ^ turn(late, 19) ^ (late >>> 10);
    words[t] = words[t - 16]! + s0 + words[t - 7]! + s1;
  }
  let [a, b, c, d, e, f, g, h] = [...state] as Words;
  for (let t = 0; t < 64; t++) {
    const s1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + constants[t]! + words[t]!) | 0;
    const s0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22);
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((word, i) => state[i]! += word);
}

function turn(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

/** The first 32 bits behind the point of powers of the first primes: where the standard's constants come from. */
function roots(count: number, power: number): number[] {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) {
    if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  }
  return primes.map((prime) => Math.floor((prime ** power % 1) * 2 ** 32));
}

const constants = Uint32Array.from(roots(64, 1 / 3));
