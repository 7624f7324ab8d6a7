/**
 * The version of the code that decides a cell's numbers: a hash of its sources without their comments and blanks, so that
 * a cell is run again when what computes it changed, and not when a sentence did. Of the methods' files only those count
 * that the cell's method is made of.
 *
 * What only chooses what is computed (data sets, recipes, presets) is not in it: what it chooses is in the identity itself.
 * Where the module was imported from the web its sources cannot be listed; there its version stands for them, which a
 * registry never gives twice.
 *
 * @module
 */
import { createHash } from "node:crypto";
import project from "../../deno.json" with { type: "json" };

/** Rooms whose code turns images and settings into numbers. */
const rooms = ["tensor", "random", "optim", "image", "clip", "engine"];

/** The version of the code by method. */
export type CodeVersion = (method: string) => string;

/**
 * Reads the sources.
 *
 * @param lib the folder of the rooms
 */
export async function codeVersion(
  lib: URL = new URL("../", import.meta.url),
): Promise<CodeVersion> {
  const tfjs = project.imports["@tensorflow/tfjs-core"];
  if (lib.protocol !== "file:") return () => `${project.version} ${tfjs}`;
  const common = hash([
    tfjs,
    ...(await Promise.all(rooms.map((room) => sources(new URL(`${room}/`, lib))))).flat(),
    await bare(new URL("protocols/run_cell.ts", lib)),
    await bare(new URL("templates.ts", lib)),
  ]);
  const texts = new Map<string, string>();
  const folder = new URL("methods/", lib);
  for await (const { name } of Deno.readDir(folder)) {
    if (name.endsWith(".ts")) texts.set(name, await bare(new URL(name, folder)));
  }
  return (method) => hash([common, ...closure(fileOf(method, texts), texts)]);
}

/** The file of a method: of its name, or of what its name begins with. */
function fileOf(method: string, texts: ReadonlyMap<string, string>): string {
  const words = method.split("-");
  for (let n = words.length; n > 0; n--) {
    const file = `${words.slice(0, n).join("_")}.ts`;
    if (texts.has(file)) return file;
  }
  return "mod.ts";
}

/** The sources of a file and of all of its folder that it imports, one by one. */
function closure(file: string, texts: ReadonlyMap<string, string>): string[] {
  const found = new Set([file]);
  for (const name of found) {
    for (const [, next] of texts.get(name)!.matchAll(/from\s*"\.\/([\w.]+)"/g)) {
      if (texts.has(next)) found.add(next);
    }
  }
  return [...found].sort().map((name) => `${name}\n${texts.get(name)}`);
}

async function sources(folder: URL): Promise<string[]> {
  const found: string[] = [];
  const entries = await Array.fromAsync(Deno.readDir(folder));
  for (const { name, isDirectory } of entries.sort((a, b) => a.name < b.name ? -1 : 1)) {
    const at = new URL(name, folder);
    if (isDirectory) found.push(...await sources(new URL(`${name}/`, folder)));
    else if (name.endsWith(".ts")) found.push(`${name}\n${await bare(at)}`);
  }
  return found;
}

/** A source without comments and blanks. A URL in a text loses its end, which computes nothing. */
async function bare(file: URL): Promise<string> {
  const text = await Deno.readTextFile(file);
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\/\/.*$/gm, "").replace(/\s+/g, " ");
}

function hash(texts: readonly string[]): string {
  const sha256 = createHash("sha256");
  for (const text of texts) sha256.update(`${text.length} ${text}`);
  return sha256.digest("hex").slice(0, 16);
}
