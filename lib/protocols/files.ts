/**
 * Files that are there whole or not at all, on one machine or on a file system that many share.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { UserError } from "../errors.ts";

/** What a folder of results holds, by what each file is named after: a cell's identity. */
export interface Places {
  record: string;
  checkpoint: string;
  failure: string;
  /** Where the cell's locks are. */
  locks: string;
}

/** Where the files of the cell `id` are in the folder of results `out`. */
export function places(out: string, id: string): Places {
  return {
    record: join(out, "records", `${id}.json`),
    checkpoint: join(out, "checkpoints", `${id}.safetensors`),
    failure: join(out, "failed", `${id}.json`),
    locks: join(out, "locks"),
  };
}

/**
 * Writes a text under a temporary name and renames it, so that no reader and no kill ever leaves half of one.
 *
 * @throws {UserError} when the disk is full or the folder cannot be written
 */
export async function writeWhole(path: string, text: string): Promise<void> {
  const part = `${path}.${crypto.randomUUID()}.part`;
  await explained(path, async () => {
    try {
      await Deno.mkdir(dirname(path), { recursive: true });
      await Deno.writeTextFile(part, text);
      await Deno.rename(part, path);
    } catch (error) {
      await Deno.remove(part).catch(() => {});
      throw error;
    }
  });
}

/**
 * What writes `path`, with an error of the system told in one line.
 *
 * @throws {UserError} when the disk is full or the folder cannot be written
 */
export async function explained<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    // The system's errors carry its code (ENOSPC, EROFS, …); others are not about the file.
    if (!(error instanceof Error && "code" in error && typeof error.code === "string")) throw error;
    const [reason] = error.message.replace(/\s+/g, " ").split(/: \w+ '/);
    throw new UserError(
      `${path} cannot be written (${reason}): make room or choose another --out; finished cells are kept.`,
    );
  }
}

/** Removes a file that may not be there. */
export async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** The names of the files in a folder that may not be there. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
