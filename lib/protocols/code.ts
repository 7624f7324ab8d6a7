/**
 * The version of the code that decides a cell's numbers: a hash of its sources without their comments and blanks, so that
 * a cell is run again when what computes it changed, and not when a sentence did. Of the methods' code that counts which a
 * method is made of: the module that it names and whatever that imports, in this project or in another's files. What a
 * package of a registry holds is told by the version in its name.
 *
 * What only chooses what is computed (data sets, recipes, presets) is not in it: what it chooses is in the identity itself.
 * Where this project was imported from the web its sources cannot be listed; there its version stands for them, which a
 * registry never gives twice.
 *
 * @module
 */
import { createHash } from "node:crypto";
import project from "../../deno.json" with { type: "json" };
import type { CodeRecord } from "../engine/mod.ts";
import type { Method } from "../methods/mod.ts";

/** Rooms whose code turns images and settings into numbers. */
const rooms = ["tensor", "random", "optim", "image", "clip", "engine"];

/** The version of a method's code. */
export type CodeVersion = (method: Pick<Method, "module" | "learner">) => CodeRecord;

/**
 * Reads what all methods share; a method's own sources are read when they are asked for, once.
 *
 * @param lib the folder of the rooms
 */
export async function codeVersion(
  lib: URL = new URL("../", import.meta.url),
): Promise<CodeVersion> {
  const tfjs = project.imports["@tensorflow/tfjs-core"];
  const released = lib.protocol !== "file:";
  const common = released ? `${project.version} ${tfjs}` : hash([
    tfjs,
    ...(await Promise.all(rooms.map((room) => sources(new URL(`${room}/`, lib))))).flat(),
    bare(new URL("protocols/run_cell.ts", lib)),
    bare(new URL("templates.ts", lib)),
  ]);
  const known = new Map<string, CodeRecord>();
  return ({ module, learner }) => {
    const key = module ?? String(learner);
    const found = known.get(key) ?? version();
    known.set(key, found);
    return found;

    function version(): CodeRecord {
      if (module === undefined) return { hash: hash([common, key]), of: "functions" };
      const start = new URL(module);
      if (start.protocol === "file:") {
        return { hash: hash([common, ...closure(start, lib)]), of: "module" };
      }
      return { hash: released ? common : hash([common, module]), of: "release" };
    }
  };
}

/**
 * The texts of a module and of all that it imports, file by file. Of this project's files the methods' count; its other
 * rooms are in every version, or decide no numbers. Whoever imports the project as a whole has all methods at hand.
 */
function closure(start: URL, lib: URL): string[] {
  const methods = new URL("methods/", lib);
  const entrances = [new URL("../mod.ts", lib), new URL("methods/mod.ts", lib)].map(String);
  const found = new Map<string, string>();
  const queue = [start];
  for (const file of queue) {
    if (found.has(file.href)) continue;
    const text = bare(file);
    found.set(file.href, text);
    for (const specifier of imports(text)) {
      const next = resolved(specifier, file, entrances);
      if (next?.protocol !== "file:") continue; // a release's version is in all that it computes
      if (entrances.includes(next.href) && file.href.startsWith(methods.href)) continue;
      if (next.href === entrances[0]) queue.push(new URL(entrances[1]!));
      else if (!next.href.startsWith(lib.href) || next.href.startsWith(methods.href)) {
        queue.push(next);
      }
    }
  }
  const own = new URL(".", start).href;
  const short = (file: string) =>
    file.startsWith(methods.href) ? file.slice(lib.href.length) : relative(own, file);
  return [...found].map(([file, text]) => `${short(file)}\n${text}`).sort();
}

/** A file as seen from a folder, so that a version does not depend on where either lies. */
function relative(folder: string, file: string): string {
  const [from, to] = [folder.split("/"), file.split("/")];
  let same = 0;
  while (same < from.length - 1 && from[same] === to[same]) same++;
  return "../".repeat(from.length - 1 - same) + to.slice(same).join("/");
}

/** What a source imports, as it is written there. */
function imports(text: string): string[] {
  return [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*["']([^"']+)["']/g)].map(([, name]) =>
    name!
  );
}

/** The file that a specifier means; undefined where it is none of ours to read, and its name has its version. */
function resolved(specifier: string, from: URL, [entrance]: string[]): URL | undefined {
  if (`${specifier}/`.startsWith(`${project.name}/`)) return new URL(entrance!);
  if (!/^(\.{0,2}\/|file:)/.test(specifier)) return undefined;
  return new URL(specifier, from);
}

async function sources(folder: URL): Promise<string[]> {
  const found: string[] = [];
  const entries = await Array.fromAsync(Deno.readDir(folder));
  for (const { name, isDirectory } of entries.sort((a, b) => a.name < b.name ? -1 : 1)) {
    const at = new URL(name, folder);
    if (isDirectory) found.push(...await sources(new URL(`${name}/`, folder)));
    else if (name.endsWith(".ts")) found.push(`${name}\n${bare(at)}`);
  }
  return found;
}

/** A source without comments and blanks; none where there is no such file. */
function bare(file: URL): string {
  const text = textOf(file);
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(?<![:/])\/\/.*$/gm, "");
  return code.replace(/\s+/g, " ").trim();
}

function textOf(file: URL): string {
  try {
    return Deno.readTextFileSync(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

function hash(texts: readonly string[]): string {
  const sha256 = createHash("sha256");
  for (const text of texts) sha256.update(`${text.length} ${text}`);
  return sha256.digest("hex").slice(0, 16);
}
