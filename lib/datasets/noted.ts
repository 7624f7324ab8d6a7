/**
 * Checksums of files for which none is published: what the first fetch got is noted, and whoever fetches again gets the
 * same or is told.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { readText } from "../bounds.ts";
import { object, record, text } from "../shape.ts";

/** Where they are noted, beside the data sets' folders. */
export function notesOf(root: string): string {
  return join(root, "checksums.json");
}

type Notes = Record<string, { sha256: string; when: string }>;

const shape = record(object({ sha256: text, when: text }));

/** The SHA-256 that an earlier fetch of this file got; undefined where none is noted. */
export async function notedChecksum(root: string, name: string): Promise<string | undefined> {
  const notes = await read(root);
  return Object.hasOwn(notes, name) ? notes[name]!.sha256 : undefined;
}

/** Notes what a fetch got. */
export async function noteChecksum(root: string, name: string, sha256: string): Promise<void> {
  const notes = { ...await read(root), [name]: { sha256, when: new Date().toISOString() } };
  const path = notesOf(root);
  const part = `${path}.${crypto.randomUUID()}.part`;
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(part, `${JSON.stringify(notes, null, 1)}\n`);
  await Deno.rename(part, path);
}

/** All notes; none where the file is missing or damaged. */
async function read(root: string): Promise<Notes> {
  try {
    const notes: unknown = JSON.parse(await readText(notesOf(root)));
    return shape(notes, "") === undefined ? notes as Notes : {};
  } catch {
    return {};
  }
}
