/**
 * The usage lines of the pages that `deno doc --html` builds: of local files it knows no package, so that they say
 * `from "."` and `from "results"`. `deno task docs` puts the name in that people import by.
 */
import { join } from "node:path";
import project from "../deno.json" with { type: "json" };

/** Paths below the package's name, without their `./`. */
const subPaths = new Set(Object.keys(project.exports).map((path) => path.slice(2)));

/** A page with the package's name in its usage lines. */
export function named(html: string): string {
  return html.replace(
    /(\bfrom (?:&quot;|"))(\.|[\w/]+)(?=&quot;|")/g,
    (whole, before: string, module: string) => {
      if (module === ".") return `${before}${project.name}`;
      const path = module.split("/").at(-1)!.replace(/_mod$/, "");
      return subPaths.has(path) ? `${before}${project.name}/${path}` : whole;
    },
  );
}

/** Puts the name into every page of a folder. */
export async function nameUsages(folder: string): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) await nameUsages(path);
    else if (name.endsWith(".html")) {
      const html = await Deno.readTextFile(path);
      const text = named(html);
      if (text !== html) await Deno.writeTextFile(path, text);
    }
  }
}

if (import.meta.main) await nameUsages("out/docs");
