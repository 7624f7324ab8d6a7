/**
 * Features of frozen image towers, kept on disk from run to run: a chunk of images is encoded once for the same weights,
 * backend, file contents and views.
 *
 * A chunk is kept as a whole, since how images are batched shows in the last bits: with a cache and without, numbers are
 * the same. Each file has its own checksum and is written under another name first, so that any number of processes may
 * share a folder, and what a killed one left, or a bad disk made of it, is computed again.
 *
 * @module
 */
import { readWhole } from "../bounds.ts";
import { builtin } from "../builtin.ts";
import { sha256 } from "../sha256.ts";
import { userCache } from "../user_cache.ts";
import { type Clip, clipIdentity } from "../clip/mod.ts";
import type { ImageJob } from "../image/mod.ts";

/** Chunks of features by key. */
export interface FeatureCache {
  /** `count` numbers, or undefined where they are not there or damaged. */
  read(key: string, count: number): Promise<Float32Array | undefined>;
  /** Keeps them if the disk lets it: a cache that can't be written is none. */
  write(key: string, numbers: Float32Array): Promise<void>;
}

/** Counts changes of decoding, resizing and encoding that change features. */
const RECIPE = 1;

/** Most bytes that a cache takes on disk: the test images of all fifteen data sets, for several CLIPs. */
const LIMIT = 2 ** 31;

/** Bytes of an image file at most. */
const LARGEST = 512 * 2 ** 20;

/** Bytes of a SHA-256, which each file begins with. */
const CHECKSUM = 32;

/**
 * The user's cache: in `plumbline/features` of the user's cache folder, or in the folder that `PLUMBLINE_FEATURES` names;
 * none where that is `off`, or where the environment names no home.
 */
export function userFeatures(): FeatureCache | undefined {
  const folder = userFolder();
  return folder === undefined ? undefined : openFeatureCache(folder);
}

function userFolder(): string | undefined {
  const named = Deno.env.get("PLUMBLINE_FEATURES");
  if (named) return named === "off" ? undefined : named;
  return userCache("features");
}

/**
 * Opens the cache in `folder`, which need not be there; of more than `limit` bytes what was used least lately goes.
 *
 * @example
 * ```ts
 * import { openFeatureCache } from "@plumbline/plumbline/engine";
 * import assert from "node:assert/strict";
 * const cache = openFeatureCache(`${await Deno.makeTempDir()}/features`);
 * const key = "0".repeat(64);
 * await cache.write(key, Float32Array.of(1, 2));
 * assert.deepEqual(await cache.read(key, 2), Float32Array.of(1, 2));
 * assert.equal(await cache.read(key, 3), undefined); // not what is asked for
 * ```
 */
export function openFeatureCache(folder: string, limit: number = LIMIT): FeatureCache {
  let written = limit; // so that the first write looks at what others left
  return {
    async read(key, count) {
      const path = `${folder}/${key}`;
      try {
        const bytes = await readWhole(path, CHECKSUM + 4 * count);
        const numbers = bytes.slice(CHECKSUM);
        if (numbers.length !== 4 * count || !isChecksum(bytes.subarray(0, CHECKSUM), numbers)) {
          return undefined;
        }
        const now = new Date();
        await Deno.utime(path, now, now).catch(() => {});
        return new Float32Array(numbers.buffer);
      } catch {
        return undefined;
      }
    },
    async write(key, numbers) {
      const temporary = `${folder}/${crypto.randomUUID()}.tmp`;
      try {
        await Deno.mkdir(folder, { recursive: true });
        const bytes = new Uint8Array(CHECKSUM + numbers.byteLength);
        bytes.set(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength), CHECKSUM);
        bytes.set(checksum(bytes.subarray(CHECKSUM)));
        await Deno.writeFile(temporary, bytes);
        await Deno.rename(temporary, `${folder}/${key}`);
        written += bytes.length;
        if (written < limit / 8) return;
        written = 0;
        await shrink(folder, limit);
      } catch {
        await Deno.remove(temporary).catch(() => {});
      }
    },
  };
}

/** What the features of a chunk depend on, as a file name. Undefined where a file can't be read. */
export async function chunkKey(
  clip: Clip,
  backend: string,
  jobs: ImageJob[],
  hashOf: (path: string) => Promise<string>,
): Promise<string | undefined> {
  const hash = builtin("node:crypto").createHash("sha256").update(
    JSON.stringify([RECIPE, clipIdentity(clip), backend]),
  );
  try {
    for (const { path, draws } of jobs) {
      hash.update(JSON.stringify([await hashOf(path), draws ?? "centre"]));
    }
  } catch {
    return undefined;
  }
  return hash.digest("hex");
}

/** SHA-256 of files, each read once. */
export function fileHashes(): (path: string) => Promise<string> {
  const known = new Map<string, Promise<string>>();
  const hashed = async (path: string) => sha256(await readWhole(path, LARGEST));
  return (path) => {
    const hash = known.get(path) ?? hashed(path);
    known.set(path, hash);
    return hash;
  };
}

function checksum(bytes: Uint8Array): Uint8Array {
  return builtin("node:crypto").createHash("sha256").update(bytes).digest();
}

function isChecksum(expected: Uint8Array, bytes: Uint8Array): boolean {
  const found = checksum(bytes);
  return expected.length === CHECKSUM && expected.every((byte, i) => byte === found[i]);
}

/** Deletes what was used least lately until three quarters of the limit are left, and what killed processes left. */
async function shrink(folder: string, limit: number): Promise<void> {
  const files: { path: string; size: number; used: number }[] = [];
  for await (const { name, isFile } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    const info = isFile ? await Deno.stat(path).catch(() => undefined) : undefined;
    if (!info) continue;
    const used = info.mtime?.getTime() ?? 0;
    if (/^[0-9a-f]{64}$/.test(name)) files.push({ path, size: info.size, used });
    else if (name.endsWith(".tmp") && Date.now() - used > A_DAY) await remove(path);
  }
  let total = files.reduce((sum, { size }) => sum + size, 0);
  if (total <= limit) return;
  for (const { path, size } of files.sort((a, b) => a.used - b.used)) {
    if (total <= 0.75 * limit) break;
    await remove(path);
    total -= size;
  }
}

const A_DAY = 24 * 3600 * 1000;

/** Another process may have been faster. */
async function remove(path: string): Promise<void> {
  await Deno.remove(path).catch(() => {});
}
