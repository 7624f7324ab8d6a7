/**
 * The picture of the rooms in docs/architecture.md, drawn from the imports that are there: `deno task docs` writes it,
 * and a test fails when it is not what the imports say.
 */
import { join } from "node:path";

const lib = decodeURIComponent(new URL("../lib", import.meta.url).pathname);
const page = new URL("./architecture.md", import.meta.url);

/** Which rooms each room imports, and by how many files. Types alone do not count, what is loaded late does. */
export async function imports(): Promise<Map<string, Map<string, number>>> {
  const found = new Map<string, Map<string, number>>();
  for (const path of await sources(lib)) {
    const [room, inside] = path.split("/") as [string, string?];
    if (inside === undefined) continue;
    const to = found.get(room) ?? new Map<string, number>();
    found.set(room, to);
    const code = (await Deno.readTextFile(join(lib, path))).replace(/\/\*[\s\S]*?\*\//g, "");
    const pattern =
      /(?:^(?:import|export)\s+(?!type\b)[^;'"]*?from\s+|\bawait import\(\s*)"([^"]+)"/gm;
    const rooms = [...code.matchAll(pattern)].map(([, at]) => join(path, "..", at!).split("/"))
      .filter(([other, file]) => file !== undefined && other !== room && other !== "..")
      .map(([other]) => other);
    for (const other of new Set(rooms)) to.set(other!, (to.get(other!) ?? 0) + 1);
  }
  return found;
}

/** Paths of all modules under a folder, from it, sorted. */
async function sources(folder: string, under = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(join(folder, under))) {
    const path = under === "" ? name : `${under}/${name}`;
    if (isDirectory) found.push(...await sources(folder, path));
    else if (name.endsWith(".ts")) found.push(path);
  }
  return found.sort();
}

/**
 * The picture, in Mermaid: an arrow from each room to the rooms it imports, without those that another arrow's room
 * imports too. `cli` and `notebook`, which import nearly all, are left out.
 */
export async function picture(): Promise<string> {
  const all = await imports();
  for (const room of ["cli", "notebook"]) all.delete(room);
  const reaches = (from: string, to: string, seen = new Set<string>()): boolean =>
    [...all.get(from)?.keys() ?? []].some((next) => {
      if (next === to) return true;
      if (seen.has(next)) return false;
      seen.add(next);
      return reaches(next, to, seen);
    });
  const arrows = [...all].flatMap(([from, to]) =>
    [...to.keys()].filter((room) =>
      ![...to.keys()].some((other) => other !== room && reaches(other, room))
    ).map((room) => `  ${from} --> ${room}`)
  ).sort();
  return ["```mermaid", "graph TD", ...arrows, "```"].join("\n");
}

/** The page's text with the picture in its place. */
export function withPicture(text: string, drawn: string): string {
  return text.replace(/```mermaid[\s\S]*?```/, drawn);
}

if (import.meta.main) {
  const text = await Deno.readTextFile(page);
  const drawn = withPicture(text, await picture());
  if (drawn !== text) await Deno.writeTextFile(page, drawn);
}
