/**
 * What reading a file may cost: memory and work in proportion to its bytes. Every reader of a file that others may have
 * written takes its bound from here, and `deno task fuzz` holds each to it.
 *
 * @module
 */
import { UserError } from "./errors.ts";

/** Bytes of memory that a reader may take for each byte of a file. */
export const PER_BYTE = 64;

/** Bytes of memory that it may take besides: small files may unpack well. */
export const ALLOWANCE = 64 * 2 ** 20;

/** No file that is read whole as text (a record, a plan, a report, a notebook, a table) has more bytes. */
export const LONGEST_TEXT = 256 * 2 ** 20;

/** What is left of what a file may cost. */
export interface Budget {
  /**
   * Takes so many bytes of memory off it, before they are allocated.
   *
   * @param what they are for, as the message says it: `its token table`
   * @throws {UserError} when more is asked for than the file is worth
   */
  take(bytes: number, what: string): void;
}

/**
 * What a file of so many bytes may cost its reader: {@linkcode PER_BYTE} bytes of memory for each of its own, and
 * {@linkcode ALLOWANCE}.
 *
 * @example
 * ```ts
 * import { budget } from "./bounds.ts";
 * import assert from "node:assert/strict";
 * const left = budget(1000, "a.safetensors");
 * left.take(1e6, "its tensors");
 * assert.throws(() => left.take(1e9, "its token table"), /a\.safetensors .* its token table/);
 * ```
 *
 * @param where the file's name, for messages
 */
export function budget(fileBytes: number, where: string): Budget {
  const most = ALLOWANCE + PER_BYTE * fileBytes;
  let left = most;
  return {
    take(bytes, what) {
      left -= bytes;
      if (left >= 0) return;
      throw new UserError(
        `${where} has ${fileBytes} bytes and asks for ${
          most - left
        } bytes of memory with ${what}, more than ${most}: ` +
          "it is damaged, or made to fill the memory; fetch or make it again.",
      );
    },
  };
}

/**
 * How many elements a shape stands for in a bound: the product of its sizes, where a size of 0 counts as 1. A shape of
 * [30000000, 0] holds nothing and costs thirty million rows.
 */
export function extent(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * Math.max(1, size), 1);
}

/**
 * The bytes of a file that is read whole.
 *
 * @param most bytes
 * @throws {UserError} when it is no file (a folder, a pipe, a device: reading one may never end), or larger
 * @throws {Deno.errors.NotFound} when there is none, and the system's other errors
 */
export async function readWhole(
  path: string,
  most: number = LONGEST_TEXT,
): Promise<Uint8Array<ArrayBuffer>> {
  check(await Deno.stat(path), path, most);
  return await Deno.readFile(path);
}

/** The same, without waiting. */
export function readWholeSync(
  path: string,
  most: number = LONGEST_TEXT,
): Uint8Array<ArrayBuffer> {
  check(Deno.statSync(path), path, most);
  return Deno.readFileSync(path);
}

/** The text of a file that is read whole, as UTF-8, without a byte order mark; fails as {@linkcode readWhole} does. */
export async function readText(path: string, most?: number): Promise<string> {
  return new TextDecoder().decode(await readWhole(path, most));
}

function check({ isFile, size }: Deno.FileInfo, path: string, most: number): void {
  if (!isFile) {
    throw new UserError(
      `${path} is no file but a folder, a pipe or a device: name a file, or move it away.`,
    );
  }
  if (size > most) {
    throw new UserError(
      `${path} has ${size} bytes, more than the ${most} that are read of such a file.`,
    );
  }
}
