/**
 * Reads the rows of a Parquet file with hyparquet, a reader without dependencies.
 *
 * @module
 */

import { parquetReadObjects } from "hyparquet";
import { UserError } from "../errors.ts";
import type { Row } from "./own_table.ts";

/**
 * The rows of a Parquet file by column, their values as text.
 *
 * @param where the file's name, for messages
 * @throws {UserError} if it is no Parquet file, or compressed otherwise than by Snappy
 */
export async function parquetRows(bytes: Uint8Array<ArrayBuffer>, where: string): Promise<Row[]> {
  try {
    const rows: Record<string, unknown>[] = await parquetReadObjects({ file: bytes.buffer });
    return rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([column, value]) => [column, value == null ? "" : String(value)]),
      )
    );
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new UserError(
      `${where} cannot be read as Parquet (${reason}): write it with Snappy compression, or as CSV.`,
    );
  }
}
