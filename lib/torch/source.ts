/** A file's bytes by their place: what is not asked for is never in memory. */

import { UserError } from "../errors.ts";

/** Bytes that are read by their place. */
export interface Source {
  /** What to call it in a message: its path. */
  name: string;
  /** Its length in bytes. */
  size: number;
  /** A copy of `length` bytes from `offset` on, which lie in it. */
  range(offset: number, length: number): Uint8Array<ArrayBuffer>;
}

/** The file at `path`, opened for each reading, so that no handle stays open. */
export function fileSource(path: string): Source {
  return {
    name: path,
    size: fileSize(path),
    range(offset, length) {
      using file = Deno.openSync(path);
      file.seekSync(offset, Deno.SeekMode.Start);
      const bytes = new Uint8Array(length);
      for (let filled = 0; filled < length;) {
        const got = file.readSync(bytes.subarray(filled));
        if (got === null) throw new UserError(`${path} became shorter while it was read.`);
        filled += got;
      }
      return bytes;
    },
  };
}

function fileSize(path: string): number {
  try {
    const info = Deno.statSync(path);
    if (info.isFile) return info.size;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new UserError(`There is no file ${path}; check the path.`);
  }
  throw new UserError(`${path} is no file; name a checkpoint that torch.save wrote.`);
}

/** Bytes read at a time. */
const WINDOW = 65_536;

/** Reads a part of a source from its start to its end. */
export class Cursor {
  /** Where it reads. */
  readonly source: Source;
  /** The next byte. */
  at: number;
  /** The byte after its last. */
  readonly end: number;
  #window = new Uint8Array(0);
  #from = 0;

  /** From `at` up to `end`, which lies in the source. */
  constructor(source: Source, at: number, end: number) {
    this.source = source;
    this.at = at;
    this.end = end;
  }

  /** The next `count` bytes; not to be kept, as they may share the window's memory. */
  bytes(count: number): Uint8Array {
    if (count > this.end - this.at) {
      throw new UserError(
        `${this.source.name} is cut short: it ends within a value; fetch it again.`,
      );
    }
    const start = this.at - this.#from;
    this.at += count;
    if (start >= 0 && start + count <= this.#window.length) {
      return this.#window.subarray(start, start + count);
    }
    this.#from = this.at - count;
    this.#window = this.source.range(
      this.#from,
      Math.max(count, Math.min(WINDOW, this.end - this.#from)),
    );
    return this.#window.subarray(0, count);
  }

  /** The next `count` bytes as numbers are read from them, little-endian or not. */
  view(count: number): DataView {
    const bytes = this.bytes(count);
    return new DataView(bytes.buffer, bytes.byteOffset, count);
  }

  /** The text up to the next line end, which is not part of it. */
  line(): string {
    let text = "";
    for (let code = this.bytes(1)[0]!; code !== 10; code = this.bytes(1)[0]!) {
      if (text.length >= 1000) {
        throw new UserError(`${this.source.name} is damaged: a name in it has no end.`);
      }
      text += String.fromCharCode(code);
    }
    return text;
  }
}
