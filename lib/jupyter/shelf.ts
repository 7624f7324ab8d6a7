/**
 * The project's notebooks: where they are, and by what names they are called.
 *
 * @module
 */
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { readText } from "../bounds.ts";
import { nearest, UserError } from "../errors.ts";
import { type Notebook, parseNotebook } from "./ipynb.ts";

/** The folder of the notebooks. */
export const shelf: string = fileURLToPath(new URL("../../notebooks", import.meta.url));

/** The notebooks' names, `01_quickstart` and so on, in their order. */
export async function notebookNames(): Promise<string[]> {
  const files = await Array.fromAsync(Deno.readDir(shelf), ({ name }) => name);
  return files.filter((name) => name.endsWith(".ipynb")).map((name) => basename(name, ".ipynb"))
    .sort();
}

/**
 * The notebooks that are asked for: by name, file or number; all when none is.
 *
 * @throws {UserError} for a name that none has
 */
export async function chosenNotebooks(asked: readonly string[]): Promise<string[]> {
  const names = await notebookNames();
  if (asked.length === 0) return names;
  return asked.map((word) => {
    const called = basename(word, ".ipynb");
    const found = names.find((name) => name === called || name.split("_")[0] === called);
    if (found) return found;
    const near = nearest(called, names);
    throw new UserError(
      `there is no notebook ${word}: ${near ? `did you mean ${near}?` : names.join(", ")}`,
    );
  });
}

/** The notebook of a name. */
export async function readNotebook(name: string): Promise<Notebook> {
  const path = join(shelf, `${name}.ipynb`);
  return parseNotebook(await readText(path), path);
}
