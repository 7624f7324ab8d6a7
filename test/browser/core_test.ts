/** What computes loads where there is neither Deno nor node. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { plainSha256, sha256 } from "../../lib/sha256.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

interface Dependency {
  specifier: string;
  code?: { specifier?: string };
  isDynamic?: boolean;
}

/** Every import that is followed when `entry` is loaded, with the file that has it. */
async function importedAtLoad(entry: string): Promise<{ from: string; to: string }[]> {
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", entry],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  assert.ok(success);
  const { roots, modules }: {
    roots: string[];
    modules: { specifier: string; dependencies?: Dependency[] }[];
  } = JSON.parse(new TextDecoder().decode(stdout));
  const known = new Map(modules.map((module) => [module.specifier, module]));
  const found: { from: string; to: string }[] = [];
  const reached = new Set(roots);
  for (const file of reached) {
    for (const { specifier, code, isDynamic } of known.get(file)?.dependencies ?? []) {
      if (code === undefined || isDynamic) continue;
      found.push({ from: file.slice(file.indexOf(root) + root.length), to: specifier });
      if (code.specifier?.startsWith("file:")) reached.add(code.specifier);
    }
  }
  return found;
}

for (const entry of ["core.ts", "lib/report/mod.ts"]) {
  Deno.test(`${entry} imports nothing of node's when it is loaded`, async () => {
    const all = await importedAtLoad(entry);
    assert.ok(all.length > 100, "the imports are found");
    assert.deepEqual(all.filter(({ to }) => /^node:|^sharp$|tfjs-node/.test(to)), []);
  });
}

Deno.test("core.ts needs no packages but those that run in browsers", async () => {
  const packages = (await importedAtLoad("core.ts"))
    .map(({ to }) => to).filter((to) => !to.startsWith("."));
  assert.deepEqual([...new Set(packages)].sort(), [
    "@huggingface/tokenizers",
    "@tensorflow/tfjs-core",
    "he",
  ]);
});

Deno.test("core.ts asks Deno for nothing while it loads; without node's modules it says so", async () => {
  const code = `
    const asked = [];
    const get = (deno, name) => {
      if (/\\/lib\\/|core\\.ts/.test(new Error().stack)) asked.push(name);
      return deno[name];
    };
    Object.defineProperty(globalThis, "Deno", { value: new Proxy(Deno, { get }) });
    const core = await import("./core.ts");
    const loaded = [...asked];
    core.useBackend("wasm").catch(() => {}); // what it asks shows that asking is seen
    const { builtin } = await import("./lib/builtin.ts");
    delete globalThis.process;
    let said = "";
    try { builtin("node:path") } catch (error) { said = error.message }
    console.log(JSON.stringify([loaded, asked, said]));`;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", code],
    cwd: root,
  }).output();
  const text = new TextDecoder().decode(stdout);
  assert.ok(text.startsWith("["), new TextDecoder().decode(stderr));
  const [loaded, asked, said] = JSON.parse(text);
  assert.deepEqual(loaded, []);
  assert.ok(asked.includes("permissions"));
  assert.match(said, /not a browser: run it under Deno/);
});

Deno.test("the browser's SHA-256 is node's, for every length around the blocks and in parts", () => {
  const bytes = Uint8Array.from({ length: 300 }, (_, i) => (i * 89 + 7) & 255);
  for (let length = 0; length <= 300; length++) {
    const some = bytes.subarray(0, length);
    const expected = createHash("sha256").update(some).digest("hex");
    assert.equal(plainSha256(some), expected, `${length}`);
    assert.equal(plainSha256(some.subarray(0, length >> 1), some.subarray(length >> 1)), expected);
  }
  assert.equal(plainSha256("é", bytes), sha256("é", bytes));
});
