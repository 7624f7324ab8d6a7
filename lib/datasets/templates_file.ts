/**
 * A file of prompt templates, one a line.
 *
 * @module
 */

import { resolve } from "node:path";
import { UserError } from "../errors.ts";
import { checkTemplate } from "../templates.ts";
import { linesOf, readText } from "./text_file.ts";

/**
 * Reads a file of templates, one a line, `{}` where the class name goes.
 *
 * @throws {UserError} if there is no such file, it has none, or a line has no place for the name, or two
 */
export async function readTemplates(file: string): Promise<string[]> {
  const templates = linesOf(await readText(file, "file of templates")).map((t) =>
    t.normalize("NFC")
  );
  if (templates.length === 0) {
    throw new UserError(
      `${resolve(file)} has no templates: write one a line, such as "a photo of a {}."`,
    );
  }
  templates.forEach((template, i) => checkTemplate(template, `in line ${i + 1} of ${file}`));
  return templates;
}
