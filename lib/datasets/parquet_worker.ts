/**
 * The thread that reads a Parquet file with hyparquet, a reader without dependencies. It is ended where a file makes it
 * take more than the file can be worth: see parquet.ts.
 *
 * @module
 */

import { parquetReadObjects } from "hyparquet";

/** What the thread answers: rows with their values as text, or what is wrong with the file. */
export type Answer = { rows: [column: string, value: string][][] } | { wrong: string };

const port = self as unknown as {
  onmessage: (event: MessageEvent<ArrayBuffer>) => void;
  postMessage(answer: Answer): void;
};

port.onmessage = async ({ data: file }) => {
  try {
    const rows: Record<string, unknown>[] = await parquetReadObjects({ file });
    const text = (value: unknown) => value == null ? "" : String(value);
    port.postMessage({
      rows: rows.map((row) => Object.entries(row).map(([column, value]) => [column, text(value)])),
    });
  } catch (error) {
    port.postMessage({ wrong: error instanceof Error ? error.message : String(error) });
  }
};
