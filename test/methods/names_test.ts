/** Methods know themselves: no other room has knowledge of a method by its name. */

import assert from "node:assert/strict";
import { methods } from "../../lib/methods/mod.ts";

const lib = new URL("../../lib/", import.meta.url);

/**
 * What names methods because it is about them: recipes, records of published code, papers' templates, one study's arms; and
 * Jupyter, whose kernels talk over what one method is called as well.
 */
const excepted = [
  ...[/^methods\//, /^protocols\/recipes\//, /^parity\//, /^templates\.ts$/],
  ...[/^analysis\/alignment\.ts$/, /^jupyter\//],
];

async function* files(folder: URL): AsyncGenerator<URL> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* files(new URL(`${name}/`, folder));
    else if (name.endsWith(".ts")) yield new URL(name, folder);
  }
}

Deno.test("no file outside of the methods and the recipes names a method", async () => {
  const names = methods.map(({ name }) => name.replaceAll("-", "[-_]"));
  const name = new RegExp(`["'\`](${names.join("|")})["'\`]|method(\\.name)? ===? ["']`);
  const found: string[] = [];
  for await (const file of files(lib)) {
    const path = file.href.slice(lib.href.length);
    if (excepted.some((pattern) => pattern.test(path))) continue;
    const code = (await Deno.readTextFile(file)).replace(/\/\*[\s\S]*?\*\//g, "").replace(
      /\/\/.*$/gm,
      "",
    );
    for (const line of code.split("\n")) if (name.test(line)) found.push(`${path}: ${line.trim()}`);
  }
  assert.deepEqual(found, []);
});

Deno.test("a method is known by the name it gives itself", () => {
  assert.equal(new Set(methods.map(({ name }) => name)).size, methods.length);
});
