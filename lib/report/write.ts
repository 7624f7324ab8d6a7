/**
 * Writing a report into a folder.
 *
 * @module
 */

import { builtin } from "../builtin.ts";
import { UserError } from "../errors.ts";
import { jsonText } from "./json.ts";
import { tableCsv, tableLatex } from "./latex.ts";
import type { Rendered } from "./report.ts";
import { tableFile } from "./table.ts";

/**
 * Writes `report.md`, `report.html` and `report.json`, and every table as CSV and LaTeX under `tables/`, into `folder`, which
 * is made if it is not there. Each is written beside its name and then renamed, so that no reader ever sees half of one.
 *
 * @returns the paths of the three
 * @throws {UserError} when the folder cannot be written
 * @category Reproduce
 */
export async function writeReport(folder: string, rendered: Rendered): Promise<string[]> {
  const files = [
    ["report.md", rendered.markdown],
    ["report.html", rendered.html],
    ["report.json", jsonText(rendered.json)],
    ...forPapers(rendered),
  ];
  try {
    const { join } = builtin("node:path");
    await Deno.mkdir(join(folder, "tables"), { recursive: true });
    const paths: string[] = [];
    // One after the other, so that where one fails none is under way.
    for (const [name, text] of files as [string, string][]) {
      paths.push(await writeWhole(join(folder, name), text));
    }
    return paths.slice(0, 3);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/\s+/g, " ") : String(error);
    throw new UserError(
      `The report cannot be written to ${folder} (${reason}): choose another --out.`,
    );
  }
}

/** Every table as CSV and as LaTeX, and the bibliography. */
function forPapers({ json, references }: Rendered): [name: string, text: string][] {
  return [
    ...json.tables.flatMap((table): [string, string][] => {
      const name = tableFile(table.id);
      return [[`${name}.csv`, tableCsv(table)], [`${name}.tex`, tableLatex(table)]];
    }),
    ...references === undefined ? [] : [["tables/references.bib", references] as [string, string]],
  ];
}

async function writeWhole(path: string, text: string): Promise<string> {
  const part = `${path}.${crypto.randomUUID()}.part`;
  try {
    await Deno.writeTextFile(part, text);
    await Deno.rename(part, path);
  } catch (error) {
    await Deno.remove(part).catch(() => {});
    throw error;
  }
  return path;
}
