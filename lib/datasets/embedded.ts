/**
 * Pictures that lie inside of a table, written out as files, so that everything that reads pictures reads them.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { basename, dirname, join, resolve } from "node:path";
import { UserError } from "../errors.ts";
import { isFolder } from "./layout.ts";
import type { Row } from "./own_table.ts";
import type { Embedded, Field } from "./parquet_worker.ts";
import { kindOfBytes } from "./picture_files.ts";

/**
 * Writes the pictures of a table into a folder named by what they are, unless it is there: whole or not at all.
 *
 * @param scratch the folder that it goes into; `NAME.pictures` beside the table where absent
 * @returns a path for each row, and what was done; undefined for a table without pictures inside
 * @throws {UserError} for pictures of kinds that are not read, rows without one, and a folder that can't be written
 */
export async function writeEmbedded(
  rows: readonly Row[],
  file: string,
  scratch?: string,
): Promise<{ paths: string[]; said: string } | undefined> {
  const column = Object.keys(rows[0]!).find((name) => isPicture(rows[0]![name]!));
  if (column === undefined) return undefined;
  const pictures = rows.map((row, i) => {
    const bytes = bytesOf(row[column]!);
    const kind = bytes && kindOfBytes(bytes.subarray(0, 16));
    if (kind === "read") return bytes!;
    throw new UserError(
      `row ${i + 1} of ${file} has ${
        bytes === undefined ? "no picture" : "a picture of a kind that is not read"
      } in its column ${column}: give JPEG, PNG or WebP pictures, or leave the row out.`,
    );
  });
  const hash = createHash("sha256");
  for (const bytes of pictures) hash.update(`${bytes.length} `).update(bytes);
  const into = !scratch ? `${file}.pictures` : resolve(scratch, "pictures");
  const folder = join(into, `${basename(file)}-${hash.digest("hex").slice(0, 16)}`);
  const names = pictures.map((bytes, i) => `${String(i).padStart(7, "0")}.${ending(bytes)}`);
  if (!await isFolder(folder)) await write(folder, names, pictures);
  return {
    paths: names.map((name) => join(folder, name)),
    said: `${pictures.length} pictures inside of ${basename(file)} were written to ${
      basename(dirname(folder))
    }/${basename(folder)}`,
  };
}

function isPicture(value: Field): boolean {
  const bytes = bytesOf(value);
  return bytes !== undefined && kindOfBytes(bytes.subarray(0, 16)) !== "others";
}

function bytesOf(value: Field): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  return typeof value === "object" && "bytes" in value ? (value as Embedded).bytes : undefined;
}

function ending(bytes: Uint8Array): string {
  return bytes[0] === 0xff ? "jpg" : bytes[0] === 0x89 ? "png" : "webp";
}

async function write(folder: string, names: string[], pictures: Uint8Array[]): Promise<void> {
  const part = `${folder}.${crypto.randomUUID()}.part`;
  try {
    await Deno.mkdir(part, { recursive: true });
    for (const [i, name] of names.entries()) await Deno.writeFile(join(part, name), pictures[i]!);
    await Deno.rename(part, folder);
  } catch (error) {
    await Deno.remove(part, { recursive: true }).catch(() => {});
    if (await isFolder(folder)) return; // another process was first
    const denied = error instanceof Deno.errors.PermissionDenied ||
      /EROFS|Read-only/i.test(String(error));
    if (!denied) throw error;
    throw new UserError(
      `the pictures of a table cannot be written to ${
        dirname(folder)
      }: give yourself write permission on it.`,
    );
  }
}
