/**
 * The notebooks as they are kept: every one runs from top to bottom in a fresh kernel and makes what is kept of it, its
 * cells are of the right types, and its HTML is its own.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { denoPath } from "../../lib/deno_path.ts";
import { executeNotebook } from "../../lib/jupyter/execute.ts";
import { notebookHtml } from "../../lib/jupyter/html.ts";
import { notebookNames, readNotebook, shelf } from "../../lib/jupyter/shelf.ts";
import { differences } from "../../lib/jupyter/stale.ts";
import { hasNative } from "../native.ts";

/** Milliseconds after which a cell counts as hanging. */
const LIMIT = 600_000;

const names = await notebookNames();

for (const name of names) {
  const kept = await readNotebook(name);
  // In wasm training takes other turns, and several times as long.
  const runs = hasNative ||
    !kept.cells.some(({ metadata: { tags = [] } }) => tags.includes("trained"));
  Deno.test({
    name: `${name} runs in a fresh kernel and shows what is kept${
      runs ? "" : " (skipped: it computes natively; deno task native)"
    }`,
    ignore: !runs,
    async fn() {
      const { notebook, failure } = await executeNotebook(kept, { folder: shelf, limit: LIMIT });
      assert.equal(failure, undefined, `cell ${failure?.cell}: ${failure?.traceback.join("\n")}`);
      assert.deepEqual(differences(kept, notebook), [], `deno task notebooks ${name} renews it`);
    },
  });
}

Deno.test("each notebook's HTML is what is kept of the notebook", async () => {
  assert.ok(names.length >= 11, `${names.length} notebooks`);
  for (const name of names) {
    const html = await Deno.readTextFile(join(shelf, "html", `${name}.html`)).catch(() => "");
    const own = html === notebookHtml(await readNotebook(name), name);
    assert.ok(own, `html/${name}.html is stale: deno task notebooks ${name} writes it anew`);
  }
  const files = await Array.fromAsync(Deno.readDir(join(shelf, "html")), ({ name }) => name);
  assert.deepEqual(files.sort(), names.map((name) => `${name}.html`));
});

Deno.test("a notebook names its paper first, then its preset, imports nothing but plumbline, and ends with what was found", async () => {
  for (const name of names) {
    const { cells } = await readNotebook(name);
    const [first, parameters] = cells;
    assert.match(first!.source, /^# .+\n\n/, name);
    assert.deepEqual(parameters!.metadata.tags, ["parameters"], name);
    assert.match(parameters!.source, /^const preset: string = "pocket";/, name);
    const code = cells.filter(({ cell_type }) => cell_type === "code").map(({ source }) => source);
    const imported = [...code.join("\n").matchAll(/\bfrom\s+"([^"]+)"|\bimport\(/g)];
    assert.ok(imported.length > 0, name);
    for (const [, from] of imported) assert.match(from!, /^@plumbline\/plumbline(\/\w+)?$/, name);
    assert.ok(cells.some(({ source }) => /^## What was found$/m.test(source)), name);
    assert.ok(cells.at(-1)!.outputs.length > 0, `${name} ends with an output`);
    for (const { cell_type, source, outputs } of cells) {
      if (cell_type === "code" && /\b(show|console\.log)\(/.test(source)) {
        assert.ok(outputs.length > 0, source);
      }
    }
  }
});

// `deno fmt --check` calls every notebook unformatted that it has not seen before (Deno 2.9.6), so deno.json leaves them out.
Deno.test("the cells of every notebook are formatted", async () => {
  for (const name of names) {
    const text = await Deno.readFile(join(shelf, `${name}.ipynb`));
    const child = new Deno.Command(denoPath(), {
      args: ["fmt", "-q", "--ext", "ipynb", "--line-width", "100", "-"],
      ...{ stdin: "piped", stdout: "piped", stderr: "null" },
    }).spawn();
    const [{ stdout }] = await Promise.all([child.output(), written(child.stdin, text)]);
    assert.ok(new Uint8Array(stdout).toBase64() === text.toBase64(), `${name} is not formatted`);
  }
});

async function written(to: WritableStream<Uint8Array>, bytes: Uint8Array): Promise<void> {
  await ReadableStream.from([bytes]).pipeTo(to);
}

/** The configuration with Deno's own compiler options: cells are written as in a notebook of one's own. */
async function asUsersHaveIt(): Promise<Record<string, unknown>> {
  const root = new URL("../../deno.json", import.meta.url);
  const { imports }: { imports: Record<string, string> } = JSON.parse(
    await Deno.readTextFile(root),
  );
  const absolute = Object.entries(imports).map(([name, at]) =>
    at.startsWith("./") ? [name, new URL(at, root).href] : [name, at]
  );
  return { imports: Object.fromEntries(absolute), nodeModulesDir: "none", lock: false };
}

Deno.test("the cells of every notebook, as one module, are of the right types", async () => {
  const folder = await Deno.makeTempDir();
  const files = await Promise.all(names.map(async (name) => {
    const { cells } = await readNotebook(name);
    const code = cells.filter(({ cell_type }) => cell_type === "code").map(({ source }) => source);
    const file = join(folder, `${name}.ts`);
    await Deno.writeTextFile(file, code.join("\n\n"));
    return file;
  }));
  const config = join(folder, "deno.json");
  await Deno.writeTextFile(config, JSON.stringify(await asUsersHaveIt()));
  const { success, stderr } = await new Deno.Command(denoPath(), {
    args: ["check", "-q", "--config", config, ...files],
    env: { NO_COLOR: "1" },
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
});
