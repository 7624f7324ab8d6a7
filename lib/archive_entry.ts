/** What the readers of tar and zip archives have in common. */

import { UserError } from "./errors.ts";

/** One entry of an archive. */
export interface ArchiveEntry {
  /** Its name as the archive has it. */
  name: string;
  /** `other` is a link, a device, a pipe: nothing a data set needs. */
  kind: "file" | "folder" | "other";
  /** Length in bytes, as the archive says. */
  size: number;
  /** Its content, to be read before the next entry is asked for, or not at all. */
  content(): AsyncIterable<Uint8Array>;
}

/** What is wrong with an archive; the reader of the message is told which archive by {@link extract}. */
export class BadArchive extends UserError {}

/** A name's bytes as text. */
export function entryName(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const name = new TextDecoder().decode(bytes.subarray(0, 200));
    throw new BadArchive(`has a name that is not UTF-8, "${name}"`);
  }
}
