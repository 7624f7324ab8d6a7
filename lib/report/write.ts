/**
 * Writing a report into a folder.
 *
 * @module
 */

import { builtin } from "../builtin.ts";
import { UserError } from "../errors.ts";
import { jsonText } from "./json.ts";
import type { Rendered } from "./report.ts";

/**
 * Writes `report.md`, `report.html` and `report.json` into `folder`, which is made if it is not there. Each is written
 * beside its name and then renamed, so that no reader ever sees half of one.
 *
 * @returns the paths
 * @throws {UserError} when the folder cannot be written
 * @category Reproduce
 */
export async function writeReport(folder: string, rendered: Rendered): Promise<string[]> {
  const files = [
    ["report.md", rendered.markdown],
    ["report.html", rendered.html],
    ["report.json", jsonText(rendered.json)],
  ];
  try {
    await Deno.mkdir(folder, { recursive: true });
    return await Promise.all(
      files.map(([name, text]) => writeWhole(builtin("node:path").join(folder, name), text)),
    );
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/\s+/g, " ") : String(error);
    throw new UserError(
      `The report cannot be written to ${folder} (${reason}): choose another --out.`,
    );
  }
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
