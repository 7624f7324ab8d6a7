/**
 * Reads the rows of a Parquet file in a thread that is watched: a file of a kilobyte may state runs of a billion values,
 * and its reader (hyparquet 1.31) unpacks them.
 *
 * @module
 */

import { UserError } from "../errors.ts";
import type { Answer, Field } from "./parquet_worker.ts";

/** Bytes of memory that reading may take, besides so many for each of the file's. */
const MEMORY = 384 * 2 ** 20;
const MEMORY_PER_BYTE = 64;

/** Milliseconds that reading may take, besides one for each kilobyte. */
const TIME = 60_000;

/** A Parquet file's rows by column, and the names that numbers of a column stand for, where the file says them. */
export interface ParquetTable {
  rows: Record<string, Field>[];
  names: Record<string, string[]>;
}

/**
 * The rows of a Parquet file.
 *
 * @param where the file's name, for messages
 * @throws {UserError} if it is no Parquet file, compressed otherwise than by Snappy, or unpacks to far more than it holds
 */
export async function readParquet(
  bytes: Uint8Array<ArrayBuffer>,
  where: string,
): Promise<ParquetTable> {
  const answer = await answerOf(bytes);
  if ("rows" in answer) {
    return { rows: answer.rows.map((row) => Object.fromEntries(row)), names: answer.names };
  }
  throw new UserError(
    `${where} cannot be read as Parquet (${answer.wrong.split("\n")[0]}): ` +
      "write it with Snappy compression, or as CSV.",
  );
}

async function answerOf(bytes: Uint8Array<ArrayBuffer>): Promise<Answer> {
  const worker = new Worker(new URL("./parquet_worker.ts", import.meta.url), { type: "module" });
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const { rss: before } = Deno.memoryUsage();
  const begun = performance.now();
  const watch = setInterval(() => {
    const taken = Deno.memoryUsage().rss - before;
    if (taken > MEMORY + MEMORY_PER_BYTE * bytes.length) {
      resolve({
        wrong: `it takes ${Math.round(taken / 2 ** 20)} MiB to unpack ${bytes.length} bytes`,
      });
    }
    if (performance.now() - begun > TIME + bytes.length / 1000) {
      resolve({ wrong: `it is not unpacked after ${TIME / 1000} s` });
    }
  }, 10);
  worker.onmessage = ({ data }: MessageEvent<Answer>) => resolve(data);
  worker.onerror = (event) => {
    event.preventDefault();
    resolve({ wrong: event.message });
  };
  const file = bytes.slice().buffer;
  worker.postMessage(file, [file]);
  try {
    return await promise;
  } finally {
    clearInterval(watch);
    worker.terminate();
  }
}
