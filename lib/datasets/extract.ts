/**
 * Unpacks an archive without trusting it: nothing is written outside the target, nothing but files and folders, no name twice, no more
 * than a data set can hold; and the target is there whole or not at all.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { UserError } from "../errors.ts";
import { type ArchiveEntry, BadArchive } from "../archive_entry.ts";
import type { Unpack } from "./dataset.ts";
import { staysInside } from "./split.ts";
import { tarEntries } from "./tar.ts";
import { zipEntries } from "../zip.ts";

/** How an archive is unpacked. */
export interface ExtractOptions {
  /** Called as files are written: how many so far. */
  progress?: (files: number) => void;
  /** The most that may come out of each byte that went in; pictures, already compressed, stay near 1. */
  ratio?: number;
  /** The most bytes that may come out whatever went in. */
  most?: number;
}

/** No data set has more files; each costs something on disk even when empty. */
const MOST_FILES = 4_000_000;

/** Small archives of text may unpack to more than the ratio allows. */
const ALLOWANCE = 16 * 2 ** 20;

/**
 * Unpacks a zip, tar or tar.gz archive, by its first bytes, into the folder `to`, which must not exist or be empty.
 *
 * @throws {UserError} if the archive is damaged, hostile or lacks the folder; then `to` is as it was
 */
export async function extract(
  archive: string,
  to: string,
  { folder, inner }: Unpack,
  { progress = () => {}, ratio = 20, most = 2 ** 41 }: ExtractOptions = {},
): Promise<void> {
  const staging = `${to}.unpacking`;
  const unpack = async (path: string, folder: string, to: string) => {
    const limit = Math.min(most, ratio * (await Deno.stat(path)).size + ALLOWANCE);
    await writeEntries(path, folder, to, limit, progress);
  };
  await remove(staging);
  try {
    if (inner === undefined) {
      await unpack(archive, folder, `${staging}/whole`);
    } else {
      await unpack(archive, dirname(inner) === "." ? "" : dirname(inner), `${staging}/outer`);
      const path = join(staging, "outer", inner.split("/").at(-1)!);
      if (!await exists(path)) throw new BadArchive(`holds no ${inner}`);
      await unpack(path, folder, `${staging}/whole`);
    }
    await Deno.mkdir(dirname(to), { recursive: true });
    await Deno.rename(`${staging}/whole`, to);
  } catch (error) {
    if (!(error instanceof BadArchive)) throw error;
    throw new UserError(
      `${archive} ${error.message}: nothing was unpacked; fetch it again from another address.`,
    );
  } finally {
    await remove(staging);
  }
}

/** Writes the entries under `folder` to `to`; every entry is checked, also those that are not wanted. */
async function writeEntries(
  path: string,
  folder: string,
  to: string,
  limit: number,
  progress: (files: number) => void,
): Promise<void> {
  using file = await Deno.open(path);
  let files = 0;
  const count = counter(limit);
  const made = new Set<string>();
  for await (const entry of entries(file, count)) {
    const name = checkedName(entry);
    const wanted = under(folder, name);
    if (wanted === undefined || entry.kind !== "file") continue;
    const target = join(to, wanted);
    if (new TextEncoder().encode(target).length > LONGEST_PATH) throw tooLong(name);
    if (!made.has(dirname(target))) await makeFolder(dirname(target), name);
    made.add(dirname(target));
    using output = await create(target, name);
    for await (const chunk of entry.content()) {
      if (entry.counts) count(chunk.length);
      for (let at = 0; at < chunk.length;) at += await output.write(chunk.subarray(at));
    }
    if (++files > MOST_FILES) throw new BadArchive(`holds more than ${MOST_FILES} files`);
    progress(files);
  }
  if (files === 0) throw new BadArchive(`holds no ${folder === "" ? "files" : `folder ${folder}`}`);
}

/** The entries of an archive of any of the three formats. */
async function* entries(
  file: Deno.FsFile,
  count: Count,
): AsyncGenerator<ArchiveEntry & { counts?: true }> {
  const head = new Uint8Array(4);
  await file.read(head);
  await file.seek(0, Deno.SeekMode.Start);
  if (head[0] === 0x50 && head[1] === 0x4b) {
    // Of a zip archive only what is wanted is unpacked.
    for await (const entry of zipEntries(file)) yield { ...entry, counts: true };
    return;
  }
  const stream = file.readable.values({ preventCancel: true });
  yield* tarEntries(
    counted(head[0] === 0x1f && head[1] === 0x8b ? gunzipped(stream) : stream, count),
  );
}

/** Counts bytes that come out of an archive. */
type Count = (bytes: number) => void;

function counter(limit: number): Count {
  let bytes = 0;
  return (more) => {
    bytes += more;
    if (bytes > limit) {
      throw new BadArchive(`unpacks to more than ${limit} bytes, as a zip bomb does`);
    }
  };
}

/** Of a tar archive all is unpacked to find what is wanted, so all of it counts: headers, zeros, other folders. */
async function* counted(
  stream: AsyncIterable<Uint8Array>,
  count: Count,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream) {
    count(chunk.length);
    yield chunk;
  }
}

async function* gunzipped(
  stream: AsyncIterable<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* ReadableStream.from(stream).pipeThrough(new DecompressionStream("gzip"));
  } catch (error) {
    if (error instanceof TypeError) throw new BadArchive("is damaged or cut short");
    throw error;
  }
}

/** The entry's name without "./" and doubled or final slashes. */
function checkedName({ name, kind }: ArchiveEntry): string {
  if (name !== "" && !staysInside(name)) {
    throw new BadArchive(`has the entry "${name}", which leaves the folder`);
  }
  if (kind === "other") {
    throw new BadArchive(`has the entry "${name}", which is a link or a device`);
  }
  if (name.length > LONGEST_PATH) throw tooLong(name);
  const parts = name.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.length > 64 || parts.some((part) => new TextEncoder().encode(part).length > 255)) {
    throw tooLong(name);
  }
  if (parts.length === 0 && kind === "file") {
    throw new BadArchive(`has a file whose name is ${JSON.stringify(name)}`);
  }
  return parts.join("/");
}

/** Bytes of a path that every system takes. */
const LONGEST_PATH = 4000;

function tooLong(name: string): BadArchive {
  return new BadArchive(`has the entry "${name.slice(0, 80)}…", whose name is too long`);
}

/** `name` relative to `folder`, if it lies in it. */
function under(folder: string, name: string): string | undefined {
  if (folder === "") return name;
  return name.startsWith(`${folder}/`) ? name.slice(folder.length + 1) : undefined;
}

async function makeFolder(path: string, name: string): Promise<void> {
  try {
    await Deno.mkdir(path, { recursive: true });
  } catch (error) {
    if (
      !(error instanceof Deno.errors.AlreadyExists || error instanceof Deno.errors.NotADirectory)
    ) throw error;
    throw new BadArchive(`has "${name}" both as a file and as a folder`);
  }
}

async function create(path: string, name: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path, { write: true, createNew: true });
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) {
      throw new BadArchive(`has the entry "${name}" twice`);
    }
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then((info) => info.isFile, () => false);
}

async function remove(path: string): Promise<void> {
  await Deno.remove(path, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}
