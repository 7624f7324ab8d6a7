/**
 * Hashes of image files, so that a cell's identity holds what its images show and not where they lie. A file is read
 * again when its size or time of change is another than when it was hashed.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { readText, readWhole } from "../bounds.ts";
import { writeWhole } from "./files.ts";

/** What is remembered of a file: size in bytes, time of change in milliseconds, SHA-256. */
type Known = [size: number, changed: number, sha256: string];

/** Bytes of an image file at most. */
const LARGEST = 512 * 2 ** 20;

/** Files read at a time. */
const LANES = 16;

/**
 * SHA-256 by path, of the files that are there.
 *
 * @param memory the file that remembers hashes from run to run
 * @param sound whether a file that is read is what it should be; one that is not is not remembered
 */
export async function hashImages(
  paths: Iterable<string>,
  memory: string,
  sound: (path: string, bytes: Uint8Array) => boolean = () => true,
): Promise<Map<string, string>> {
  const known = await remembered(memory);
  const hashes = new Map<string, string>();
  const waiting = [...new Set(paths)];
  const look = looker();
  let read = 0;
  const lane = async () => {
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      const info = await look(path);
      if (!info) continue;
      const changed = info.mtime?.getTime() ?? 0;
      const before = known.get(path);
      const same = before?.[0] === info.size && before[1] === changed;
      const bytes = same ? undefined : await readWhole(path, LARGEST);
      const hash = bytes ? sha256(bytes) : before![2];
      if (bytes && sound(path, bytes)) {
        known.set(path, [info.size, changed, hash]);
        read++;
      }
      hashes.set(path, hash);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  if (read > 0) await writeWhole(memory, JSON.stringify(Object.fromEntries(known)));
  return hashes;
}

/** Milliseconds that files are looked at without letting anything else run, and how many more for each. */
const AT_ONCE = 20;
const EACH = 0.05;

/**
 * Says what the file system knows of a file. A look at a disk of this machine takes a tenth of what it takes to have another
 * thread look; where files are slow to answer, as on a network, several are asked at a time.
 */
function looker(): (
  path: string,
) => Promise<Deno.FileInfo | undefined> | Deno.FileInfo | undefined {
  let [looks, spent] = [0, 0];
  return (path) => {
    if (spent > AT_ONCE + EACH * looks) return Deno.stat(path).catch(() => undefined);
    const begun = performance.now();
    try {
      return Deno.statSync(path);
    } catch {
      return undefined;
    } finally {
      spent += performance.now() - begun;
      looks++;
    }
  };
}

/** What an earlier run left; nothing where the file is missing, damaged or another. */
async function remembered(memory: string): Promise<Map<string, Known>> {
  try {
    const entries = Object.entries(JSON.parse(await readText(memory)));
    return new Map(entries.filter((entry): entry is [string, Known] => isKnown(entry[1])));
  } catch {
    return new Map();
  }
}

function isKnown(value: unknown): value is Known {
  return Array.isArray(value) && typeof value[2] === "string";
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
