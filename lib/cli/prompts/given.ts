/**
 * What `train`, `predict` and `evaluate` are told alike: one data set, and files of pictures.
 *
 * @module
 */
import { join } from "node:path";
import { baseNew, dataset, type LoadedDataset, readTemplates } from "../../datasets/mod.ts";
import { printable, UserError } from "../../errors.ts";
import type { Values } from "../options.ts";
import { parseData, readingOf } from "../reproduce/data_given.ts";
import type { readingOptions } from "../reproduce/options.ts";

/**
 * The data set of `--data`, read as the options say.
 *
 * @param say is told what was assumed of it
 */
export async function loadGiven(
  data: string,
  options: Partial<Values<typeof readingOptions>> = {},
  say: (line: string) => void = () => {},
): Promise<LoadedDataset> {
  const { templates: file } = options;
  const templates = file === undefined ? undefined : await readTemplates(file);
  const [{ spec, root }] = parseData([data], readingOf(options, { templates }));
  const loaded = await dataset(spec).load(root ?? "");
  const { title, assumed = [] } = loaded;
  if (assumed.length > 0) say(printable(`${title}: ${assumed.join("; ")}.`));
  return loaded;
}

/** The part of a data set's classes that is asked for. */
export function partOf(data: LoadedDataset, classes: "all" | "base" | "new"): LoadedDataset {
  return classes === "all" ? data : baseNew(data)[classes];
}

/** What is looked for in a folder: what can be read. */
const pictures = /\.(jpe?g|jfif|png|webp)$/i;

/**
 * The picture files that paths name: files as they are, folders by all pictures in them, at any depth, in order.
 *
 * @throws {UserError} when there is nothing at a path, or no picture in a folder
 */
export async function picturesAt(paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    if (!(await isFolder(path))) found.push(path);
    else {
      const inside = (await below(path)).sort();
      if (inside.length === 0) {
        throw new UserError(
          `${path} has no JPEG, PNG or WebP pictures; name pictures or a folder of them.`,
        );
      }
      found.push(...inside);
    }
  }
  return found;
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new UserError(`There is no picture ${path}; check the path.`);
  }
}

async function below(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory, isFile } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) found.push(...await below(path));
    else if (isFile && pictures.test(name)) found.push(path);
  }
  return found;
}

/** Lines of standard input, without blank ones. */
export async function pathsFromInput(input: ReadableStream<Uint8Array>): Promise<string[]> {
  const text = await new Response(input).text();
  return text.split(/\r?\n/).filter((line) => line.trim() !== "");
}
