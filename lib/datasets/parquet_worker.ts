/**
 * The thread that reads a Parquet file with hyparquet, a reader without dependencies. It is ended where a file makes it
 * take more than the file can be worth: see parquet.ts.
 *
 * @module
 */

import { parquetMetadataAsync, parquetReadObjects } from "hyparquet";

/** A picture that lies inside of a table, as Hugging Face's data sets have it. */
export interface Embedded {
  bytes: Uint8Array;
  /** The name it had as a file, or "". */
  path: string;
}

/** A field: text; bytes; several values; a picture; or a structure, which is none of these. */
export type Field = string | Uint8Array | string[] | Embedded | { structure: true };

/** What the thread answers: rows, and the names that numbers of a column stand for; or what is wrong with the file. */
export type Answer =
  | { rows: [column: string, value: Field][][]; names: Record<string, string[]> }
  | { wrong: string };

const port = self as unknown as {
  onmessage: (event: MessageEvent<ArrayBuffer>) => void;
  postMessage(answer: Answer): void;
};

port.onmessage = async ({ data: file }) => {
  try {
    const metadata = await parquetMetadataAsync(file);
    // Bytes that are not marked as text may be a picture's.
    const rows: Record<string, unknown>[] = await parquetReadObjects({
      file,
      metadata,
      utf8: false,
    });
    const about = metadata.key_value_metadata?.find(({ key }) => key === "huggingface")?.value;
    port.postMessage({
      rows: rows.map((row) => Object.entries(row).map(([column, value]) => [column, field(value)])),
      names: classNamesIn(about),
    });
  } catch (error) {
    port.postMessage({ wrong: error instanceof Error ? error.message : String(error) });
  }
};

function field(value: unknown): Field {
  if (value === null || value === undefined) return "";
  if (typeof value !== "object") return String(value);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return value;
  if (Array.isArray(value)) {
    const isPlain = value.every((each) => typeof each !== "object" || each === null);
    return isPlain ? value.map((each) => String(each ?? "")) : { structure: true };
  }
  const { bytes, path } = value as { bytes?: unknown; path?: unknown };
  const name = path instanceof Uint8Array ? new TextDecoder().decode(path) : String(path ?? "");
  if (bytes instanceof Uint8Array) return { bytes, path: name };
  return "path" in value && name !== "" ? name : { structure: true };
}

/** The names of class labels that Hugging Face's library writes beside a table. */
function classNamesIn(about: string | undefined): Record<string, string[]> {
  if (about === undefined) return {};
  try {
    const features: Record<string, { names?: unknown }> = JSON.parse(about).info.features;
    return Object.fromEntries(
      Object.entries(features).flatMap(([column, { names }]) =>
        Array.isArray(names) && names.every((name) => typeof name === "string")
          ? [[column, names as string[]]]
          : []
      ),
    );
  } catch {
    return {}; // other metadata under that name
  }
}
