/**
 * Where an npm package's files lie on disk, whether Deno keeps packages in `node_modules` or in its global cache.
 *
 * @module
 */
import { createRequire } from "node:module";

/**
 * The path of `file` in the npm package `name`, with forward slashes. With a `node_modules` folder resolution gives it
 * directly; with the global cache only modules that are loaded have a path, so import one of the package's first.
 */
export function packageFile(name: string, file: string): string {
  const url = import.meta.resolve(`${name}/package.json`);
  if (url.startsWith("file:")) {
    return plain(decodeURIComponent(new URL(file, url).pathname).replace(/^\/(?=[A-Za-z]:)/, ""));
  }
  const inside = new RegExp(`^.*/${name}/(?:\\d[^/]*/)?(?=dist/|index\\.js$)`);
  for (const loaded of Object.keys(createRequire(import.meta.url).cache)) {
    const folder = plain(loaded).match(inside)?.[0];
    if (folder !== undefined) return folder + file;
  }
  throw new Error(`no module of ${name} is loaded, so its folder is unknown`);
}

function plain(path: string): string {
  return path.replaceAll("\\", "/");
}
