/**
 * Reads CSV (RFC 4180): a header, commas, quoted fields that may hold commas, quotes and line ends.
 *
 * @module
 */

import { UserError } from "../errors.ts";
import type { Row } from "./own_table.ts";

/**
 * The rows of a CSV text by column.
 *
 * @param where the file's name, for messages
 * @throws {UserError} for a row with more or fewer fields than the header, or a quote that is not closed
 */
export function csvRows(text: string, where: string): Row[] {
  const [header, ...records] = csvRecords(text.replace(/^\uFEFF/, ""), where);
  const columns = (header ?? []).map((name) => name.trim());
  return records.map((record, i) => {
    if (record.length !== columns.length) {
      throw new UserError(
        `row ${
          i + 1
        } of ${where} has ${record.length} fields, the header ${columns.length}: put quotes around a field with a comma.`,
      );
    }
    return Object.fromEntries(columns.map((column, j) => [column, record[j]]));
  });
}

function csvRecords(text: string, where: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  // A field (quoted or not) and what ends it: a comma, a line end, or the end of the text.
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  while (field.lastIndex < text.length) {
    const at = field.lastIndex;
    const found = field.exec(text);
    if (!found) {
      const line = text.slice(0, at).split("\n").length;
      throw new UserError(
        `${where} has a quote out of place in line ${line}: close it, or write it twice within quotes.`,
      );
    }
    const [, quoted, plain, end] = found;
    record.push(quoted === undefined ? plain.trim() : quoted.replaceAll('""', '"'));
    if (end === "," && field.lastIndex < text.length) continue;
    if (end === ",") record.push("");
    if (record.length > 1 || record[0] !== "") records.push(record);
    record = [];
  }
  return records;
}
