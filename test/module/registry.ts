/**
 * The published files over HTTP, as JSR serves them: bare specifiers rewritten to the `npm:` ones that deno.json maps
 * them to, and nothing that `publish` leaves out.
 */
import { join } from "node:path";

const root = decodeURIComponent(new URL("../../", import.meta.url).pathname);

interface Project {
  exports: Record<string, string>;
  imports: Record<string, string>;
  publish: { include: string[] };
}

/** The project's configuration. */
export const project: Project = JSON.parse(Deno.readTextFileSync(join(root, "deno.json")));

/** Whether a file is published, by the names at the top that `publish.include` lists. */
export function isPublished(path: string): boolean {
  const top = path.split("/")[0];
  return project.publish.include.some((name) =>
    name === top || (name.startsWith("*") && top === path && top.endsWith(name.slice(1)))
  );
}

/** An import map for those who have the module and its sub-paths from `origin`. */
export function importsFrom(origin: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(project.exports).map(([name, path]) => [
      `@plumbline/plumbline${name.slice(1)}`,
      `${origin}${path.slice(1)}`,
    ]),
  );
}

/** A module's text as JSR serves it. */
export function unfurled(source: string): string {
  const bare = /(\bfrom\s*|\bimport\s*\(?\s*)"([^"./][^":]*)"/g;
  return source.replace(bare, (whole, before: string, specifier: string) => {
    const name = Object.keys(project.imports).filter((known) =>
      specifier === known || specifier.startsWith(`${known}/`)
    ).sort((a, b) =>
      b.length - a.length
    )[0];
    const target = name && project.imports[name];
    return target?.startsWith("npm:")
      ? `${before}"${target}${specifier.slice(name!.length)}"`
      : whole;
  });
}

/** Serves the published files until the process ends. */
export function serve(): { origin: string; requested: string[] } {
  const requested: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const path = decodeURIComponent(new URL(request.url).pathname).slice(1);
    requested.push(path);
    if (path.includes("..") || !isPublished(path)) return new Response(null, { status: 404 });
    try {
      const file = join(root, path);
      if (path.endsWith(".ts")) {
        const headers = { "content-type": "text/typescript" };
        return new Response(unfurled(await Deno.readTextFile(file)), { headers });
      }
      const type = path.endsWith(".json") ? "application/json" : "application/octet-stream";
      return new Response(await Deno.readFile(file), { headers: { "content-type": type } });
    } catch {
      return new Response(null, { status: 404 });
    }
  });
  server.unref();
  return {
    origin: `http://127.0.0.1:${server.addr.port}`,
    requested,
  };
}
