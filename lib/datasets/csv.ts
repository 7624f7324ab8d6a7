/**
 * Reads tables as text (RFC 4180): a header, a delimiter (comma, semicolon or tab), quoted fields that may hold it, quotes and
 * line ends. One pass, so that time and memory are in proportion to the text.
 *
 * @module
 */

import { UserError } from "../errors.ts";
import type { Row } from "./own_table.ts";

/**
 * The rows of a table by column.
 *
 * @param where the file's name, for messages
 * @throws {UserError} for a row with more or fewer fields than the header, a column named twice, or a quote that is not closed
 */
export function csvRows(text: string, where: string): Row[] {
  // Excel writes the delimiter into a line of its own.
  const [, told] = /^sep=([,;\t|])(?:\r\n|\n|\r)/.exec(text) ?? [];
  const body = told ? text.slice(text.search(/[\r\n]/)).replace(/^\r?\n|^\r/, "") : text;
  const records = csvRecords(body, told ?? delimiterOf(body), where);
  const columns = records.next().value?.map((name) => name.trim()) ?? [];
  const once = new Set<string>();
  const twice = columns.find((column) => once.size === once.add(column).size);
  if (twice !== undefined) {
    throw new UserError(`${where} has the column "${twice}" twice: rename one of the two.`);
  }
  const rows: Row[] = [];
  for (const record of records) {
    if (record.length !== columns.length) {
      throw new UserError(
        `row ${
          rows.length + 1
        } of ${where} has ${record.length} fields, the header ${columns.length}: put quotes around a field with a comma.`,
      );
    }
    rows.push(Object.fromEntries(columns.map((column, j) => [column, record[j]!])));
  }
  return rows;
}

/** What stands most often outside of quotes in the first line. */
function delimiterOf(text: string): string {
  const end = text.search(/[\r\n]/);
  const header = (end < 0 ? text : text.slice(0, end)).replace(/"[^"]*"/g, "");
  const count = (mark: string) => header.split(mark).length;
  return [",", ";", "\t"].reduce((best, mark) => count(mark) > count(best) ? mark : best);
}

function* csvRecords(
  text: string,
  delimiter: string,
  where: string,
): Generator<string[], undefined> {
  let record: string[] = [];
  let at = 0;
  const misplaced = () => {
    const line = text.slice(0, at).split(/\r\n|[\n\r]/).length;
    return new UserError(
      `${where} has a quote out of place in line ${line}: close it, or write it twice within quotes.`,
    );
  };
  const isEnd = (character: string) => character === "\n" || character === "\r";
  while (at < text.length) {
    let field: string;
    if (text[at] === '"') {
      let close = text.indexOf('"', at + 1);
      while (close >= 0 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
      if (close < 0) throw misplaced();
      field = text.slice(at + 1, close).replaceAll('""', '"');
      at = close + 1;
      if (at < text.length && text[at] !== delimiter && !isEnd(text[at]!)) throw misplaced();
    } else {
      const start = at;
      while (at < text.length && text[at] !== delimiter && !isEnd(text[at]!)) {
        if (text[at] === '"') throw misplaced();
        at++;
      }
      field = text.slice(start, at).trim();
    }
    record.push(field);
    if (at < text.length && text[at] === delimiter) {
      at++;
      if (at < text.length) continue;
      record.push("");
    } else if (text[at] === "\r" && text[at + 1] === "\n") at += 2;
    else at++;
    if (record.length > 1 || record[0] !== "") yield record;
    record = [];
  }
}
