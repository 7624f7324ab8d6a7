import assert from "node:assert/strict";
import { codeVersion } from "../../lib/protocols/mod.ts";

const lib = new URL("../../lib/", import.meta.url);

/** A copy of the sources. */
async function copy(): Promise<URL> {
  const root = new URL(`file://${await Deno.makeTempDir()}/`);
  const walk = async (from: URL, to: URL) => {
    await Deno.mkdir(to, { recursive: true });
    for await (const { name, isDirectory } of Deno.readDir(from)) {
      if (isDirectory) await walk(new URL(`${name}/`, from), new URL(`${name}/`, to));
      else if (name.endsWith(".ts")) await Deno.copyFile(new URL(name, from), new URL(name, to));
    }
  };
  for (const room of ["tensor", "random", "optim", "image", "clip", "engine", "methods"]) {
    await walk(new URL(`${room}/`, lib), new URL(`${room}/`, root));
  }
  await walk(new URL("protocols/", lib), new URL("protocols/", root));
  await Deno.copyFile(new URL("templates.ts", lib), new URL("templates.ts", root));
  return root;
}

async function edit(file: URL, change: (text: string) => string): Promise<void> {
  const text = await Deno.readTextFile(file);
  const changed = change(text);
  assert.notEqual(changed, text);
  await Deno.writeTextFile(file, changed);
}

Deno.test("code that computes a method's numbers is in its version; comments and other methods are not", async () => {
  const root = await copy();
  const versions = async () => {
    const of = await codeVersion(root);
    return ["coop", "prograd", "prometar-coop", "kgcoop"].map(of);
  };
  const before = await versions();
  assert.equal(new Set(before).size, 4);
  assert.deepEqual(await versions(), before);

  await edit(
    new URL("methods/prograd.ts", root),
    (text) => `/** Another word. */\n${text}\n\n// x`,
  );
  assert.deepEqual(await versions(), before, "a comment");

  await edit(new URL("methods/projection.ts", root), (text) => `${text}\nexport const x = 1;`);
  const [coop, prograd, meta, kgcoop] = await versions();
  assert.deepEqual([coop, meta, kgcoop], [before[0], before[2], before[3]]);
  assert.notEqual(prograd, before[1], "what ProGrad imports");

  await edit(new URL("tensor/tape.ts", root), (text) => `${text}\nexport const x = 1;`);
  const after = await versions();
  assert.ok(after.every((version, i) => version !== [coop, prograd, meta, kgcoop][i]));
});

Deno.test("imported from the web, the module's version stands for its sources", async () => {
  const of = await codeVersion(new URL("https://example.org/lib/"));
  assert.match(of("coop"), /^\d+\.\d+\.\d+ npm:@tensorflow\/tfjs-core@/);
});
