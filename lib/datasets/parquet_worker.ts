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
    port.postMessage({
      rows: rows.map((row) =>
        Object.entries(row).map(([column, value]) => [column, textOf(value, column)])
      ),
    });
  } catch (error) {
    port.postMessage({ wrong: error instanceof Error ? error.message : String(error) });
  }
};

/** The columns that are read as names; what lies in others is not looked at. */
const names = ["path", "label", "split"];

/** A plain value as text. A structure has none: "[object Object]" would be a class. */
function textOf(value: unknown, column: string): string {
  if (value === null || value === undefined) return "";
  if (typeof value !== "object") return String(value);
  if (!names.includes(column)) return "";
  if (value instanceof Date) return value.toISOString();
  throw new Error(
    `its column ${column} holds ${Array.isArray(value) ? "lists" : "structures"}, not texts`,
  );
}
