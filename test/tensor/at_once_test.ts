/** Reading from a backend takes turns with computing on WebGPU: nothing of the library reads at once what may lie there. */
import assert from "node:assert/strict";

const lib = new URL("../../lib/", import.meta.url);

/** Who reads at once, and why that may be. */
const allowed: Record<string, string> = {
  "tensor/memory.ts": "defines it",
  "optim/adam.ts":
    "how many steps were taken: made of a number, never an operand, so it stays on the host",
  "methods/tip_adapter.ts": "α and β, likewise",
  "analysis/words.ts": "vectors that were read before, as its parameter says",
};

async function* files(folder: URL): AsyncGenerator<URL> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* files(new URL(`${name}/`, folder));
    else if (name.endsWith(".ts")) yield new URL(name, folder);
  }
}

/** Calls of `readSync` of a tensor, not of a file; and of TensorFlow.js' own. */
const atOnce = /(?<![.\w])readSync\(|\.(data|array|bytes|buffer)Sync\(/;

Deno.test("no file of lib reads a tensor at once but those that say why", async () => {
  const found: string[] = [];
  for await (const file of files(lib)) {
    const code = (await Deno.readTextFile(file)).replace(/\/\*[\s\S]*?\*\//g, "")
      .replace(/\/\/.*$/gm, "");
    if (atOnce.test(code)) found.push(file.href.slice(lib.href.length));
  }
  assert.deepEqual(found.sort(), Object.keys(allowed).sort());
});

Deno.test("the pattern knows a tensor's reading from a file's", () => {
  assert.ok(atOnce.test("const [x] = readSync(y);"));
  assert.ok(atOnce.test("y.dataSync()"));
  assert.ok(!atOnce.test("file.readSync(bytes)"));
});
