import assert from "node:assert/strict";
import { type Method, method, methods, type Task } from "../../lib/methods/mod.ts";
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

/** A method as the copy has it. */
function inCopy(root: URL, name: string): Pick<Method, "module" | "learner"> {
  const { module, learner } = method(name);
  return { learner, module: new URL(`methods/${module!.split("/").at(-1)}`, root).href };
}

Deno.test("code that computes a method's numbers is in its version; comments and other methods are not", async () => {
  const root = await copy();
  const versions = async () => {
    const of = await codeVersion(root);
    return ["coop", "prograd", "prometar-coop", "kgcoop"].map((name) =>
      of(inCopy(root, name)).hash
    );
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

Deno.test("every method names its module, and each a file of its own or a family's", async () => {
  for (const { name, module } of methods) {
    const text = await Deno.readTextFile(new URL(module!));
    assert.ok(text.includes("import.meta.url"), name);
  }
});

Deno.test("a method of one's own follows its own file, whatever its name begins with, and what that imports", async () => {
  const root = await copy();
  const folder = new URL(`file://${await Deno.makeTempDir()}/`);
  const write = (name: string, text: string) => Deno.writeTextFile(new URL(name, folder), text);
  await write("tethered.ts", `import { pull } from "./pull.ts";\nexport const by = pull;`);
  await write("pull.ts", "export const pull = 1;");
  await write("other.ts", "export const other = 1;");
  const learner = method("coop").learner;
  // Its name would be coop-tethered: by names it was taken for CoOp.
  const own = { learner, module: new URL("tethered.ts", folder).href };
  const version = async () => (await codeVersion(root))(own);
  const first = await version();
  assert.equal(first.of, "module");
  await write("other.ts", "export const other = 2;");
  await edit(new URL("methods/coop.ts", root), (text) => `${text}\nexport const x = 1;`);
  assert.deepEqual(await version(), first, "what it does not import");
  await write("pull.ts", "export const pull = 2;");
  const second = await version();
  assert.notEqual(second.hash, first.hash, "what it imports");
  await write("tethered.ts", `import { pull } from "./pull.ts";\nexport const by = 2 * pull;`);
  assert.notEqual((await version()).hash, second.hash, "its own file");

  await write(
    "tethered.ts",
    `import { lazy } from "@plumbline/plumbline";\nexport const by = lazy;`,
  );
  const whole = await version();
  await edit(new URL("methods/losses.ts", root), (text) => `${text}\nexport const x = 1;`);
  assert.notEqual(
    (await version()).hash,
    whole.hash,
    "the project's pieces, where it imports them",
  );
});

Deno.test("the text of a method's functions stands for one that names no module, and that is said", async () => {
  const of = await codeVersion();
  const one = of({ learner: () => method("coop").learner({} as Task, {}) });
  const two = of({ learner: () => method("vpt").learner({} as Task, {}) });
  assert.equal(one.of, "functions");
  assert.notEqual(one.hash, two.hash);
});

Deno.test("imported from the web, the module's version stands for its sources", async () => {
  const of = await codeVersion(new URL("https://example.org/lib/"));
  const { learner } = method("coop");
  const found = of({ learner, module: "https://example.org/lib/methods/coop.ts" });
  assert.equal(found.of, "release");
  assert.match(found.hash, /^\d+\.\d+\.\d+ npm:@tensorflow\/tfjs-core@/);
});
