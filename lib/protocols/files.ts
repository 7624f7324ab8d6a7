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
  /** The file of the cell's trained prompts. */
  prompts: string;
  failure: string;
  /** Where the cell's locks are. */
  locks: string;
}

/** Where the files of the cell `id` are in the folder of results `out`. */
export function places(out: string, id: string): Places {
  return {
    record: join(out, "records", `${id}.json`),
    checkpoint: join(out, "checkpoints", `${id}.safetensors`),
    prompts: join(out, "prompts", `${id}.safetensors`),
    failure: join(out, "failed", `${id}.json`),
    locks: join(out, "locks"),
  };
}

/**
 * Writes a text under a temporary name and renames it, so that no reader, no kill and no loss of power ever leaves half of
 * one: it is on the disk before it has its name.
 *
 * @throws {UserError} when the disk is full or the folder cannot be written
 */
export async function writeWhole(path: string, text: string): Promise<void> {
  const part = `${path}.${crypto.randomUUID()}.part`;
  await explained(path, async () => {
    try {
      await Deno.mkdir(dirname(path), { recursive: true });
      {
        using file = await Deno.open(part, { createNew: true, write: true });
        await writeAll(file, new TextEncoder().encode(text));
        await file.sync();
      }
      await Deno.rename(part, path);
    } catch (error) {
      await Deno.remove(part).catch(() => {});
      throw error;
    }
  });
  await syncFolder(dirname(path));
}

/** Writes all bytes where the file stands. */
export async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}

/** Sees to it that the names in a folder are on the disk, where the system can. */
async function syncFolder(path: string): Promise<void> {
  try {
    using folder = await Deno.open(path);
    await folder.sync();
  } catch {
    // Windows opens no folders, and some shared file systems sync none: the names are safe there in their own way.
  }
}

/**
 * What writes `path`, with an error of the system told in one line.
 *
 * @throws {UserError} when the disk is full or the folder cannot be written
 */
export async function explained<T>(
  path: string,
  write: () => Promise<T>,
  done: "written" | "removed" = "written",
): Promise<T> {
  try {
    return await write();
  } catch (error) {
    // The system's errors carry its code (ENOSPC, EROFS, …); others are not about the file.
    if (!(error instanceof Error && "code" in error && typeof error.code === "string")) throw error;
    const [reason] = error.message.replace(/\s+/g, " ").split(/: \w+ '/);
    throw new UserError(
      `${path} cannot be ${done} (${reason}): ${remedy(error.code)}; finished cells are kept.`,
    );
  }
}

function remedy(code: string): string {
  if (/^(ENOSPC|EDQUOT)$/.test(code)) return "make room or choose another --out";
  if (/^(EROFS|EACCES|EPERM)$/.test(code)) return "allow it or choose another --out";
  return "move away what is in its place, or choose another --out";
}

/**
 * Sees to it that a file can be put at `path`: before hours of work, not after them.
 *
 * @throws {UserError} when a folder or something else is in its place
 */
export async function checkPlace(path: string): Promise<void> {
  const found = await Deno.lstat(path).catch(() => undefined);
  if (!found || found.isFile || found.isSymlink) return;
  throw new UserError(`${path} is no file, but should become one: move it away.`);
}

/**
 * Removes a file that may not be there.
 *
 * @throws {UserError} when the folder cannot be written
 */
export async function removeIfThere(path: string): Promise<void> {
  await explained(path, async () => {
    try {
      await Deno.remove(path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }, "removed");
}

/**
 * The names of the files in a folder that may not be there.
 *
 * @throws {UserError} when something else is in its place
 */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      if (!await Deno.lstat(folder).then(({ isSymlink }) => isSymlink, () => false)) return [];
      throw new UserError(`${folder} is a link that leads nowhere: remove it, or make its folder.`);
    }
    if (!(error instanceof Error && "code" in error && typeof error.code === "string")) throw error;
    const [reason] = error.message.split(/: \w+ '/);
    throw new UserError(
      `${folder} cannot be listed (${reason}): it must be a folder; move away what is in its place.`,
    );
  }
}
