/**
 * Where an npm package's files lie on disk, whether Deno keeps packages in `node_modules` or in its global cache, and
 * whether this module lies on disk itself or was imported from the web.
 *
 * @module
 */
import { builtin } from "../builtin.ts";

/**
 * The path of `file` in the npm package `name`, with forward slashes. Only modules that are loaded have a path in all
 * those cases, so import one of the package's first.
 */
export function packageFile(name: string, file: string): string {
  const inside = new RegExp(`^.*/${name}/(?:\\d[^/]*/)?(?=dist/|index\\.js$)`);
  for (const loaded of Object.keys(builtin("node:module").createRequire("file:///").cache)) {
    const folder = loaded.replaceAll("\\", "/").match(inside)?.[0];
    if (folder !== undefined) return folder + file;
  }
  throw new Error(`no module of ${name} is loaded, so its folder is unknown`);
}
