/**
 * The version of a method of the user's own: the text of its module and of what that imports beside it, and of its
 * functions. A cell is run again when they change. What a notebook's cell defines has no module: there the text of its
 * functions is all that is known.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { CodeVersion } from "../protocols/mod.ts";
import type { AnyMethod } from "./experiments.ts";

/** The version of the code by method, which for methods of the user's own is also theirs. */
export async function versionOf(
  methods: ReadonlyMap<string, AnyMethod>,
  ours: CodeVersion,
): Promise<CodeVersion> {
  const own = new Map<string, string>();
  for (const [name, given] of methods) own.set(name, hash([ours(name), ...await textsOf(given)]));
  return (name) => own.get(name) ?? ours(name);
}

async function textsOf({ module, settings, presets, learner, classBound }: AnyMethod) {
  const functions = [
    learner,
    classBound,
    ...Object.values(presets).map(({ training }) => training),
  ];
  return [
    JSON.stringify([settings, presets]),
    ...functions.map((one) => one?.toString() ?? ""),
    ...module === undefined ? [] : await sources(module),
  ];
}

/** The texts of a module and, on this disk, of those that it imports by relative paths, without comments and blanks. */
async function sources(module: string): Promise<string[]> {
  if (!module.startsWith("file:")) return [module];
  const texts = new Map<string, string>();
  const found = new Set([module]);
  for (const url of found) {
    const text = await Deno.readTextFile(new URL(url)).catch(() => "");
    texts.set(url, bare(text));
    for (const [, next] of text.matchAll(/(?:from|import)\s*\(?\s*"(\.{1,2}\/[^"]+)"/g)) {
      found.add(new URL(next, url).href);
    }
  }
  return [...texts.values()];
}

function bare(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "").replace(/\s+/g, " ")
    .trim();
}

function hash(texts: readonly string[]): string {
  const sha256 = createHash("sha256");
  for (const text of texts) sha256.update(`${text.length} ${text}`);
  return sha256.digest("hex").slice(0, 16);
}
