/** deno task notebooks: its arguments. */
import assert from "node:assert/strict";
import { notebooks } from "../../lib/cli/notebooks.ts";
import { chosenNotebooks, notebookNames } from "../../lib/jupyter/shelf.ts";

Deno.test("notebooks are asked for by number, name or file; all when none is", async () => {
  const first = ["01_quickstart"];
  for (const word of ["01", "01_quickstart", "notebooks/01_quickstart.ipynb"]) {
    assert.deepEqual(await chosenNotebooks([word]), first);
  }
  assert.deepEqual(await chosenNotebooks([]), await notebookNames());
  await assert.rejects(chosenNotebooks(["01_quikstart"]), /did you mean 01_quickstart\?/);
});

Deno.test("a notebook that fails is told with its cell and traceback, ends with 1, and is not written", async () => {
  const said: string[] = [];
  const out = await Deno.makeTempDir();
  const code = await notebooks(
    ["04", "--preset", "/nowhere", "--out", out],
    (line) => said.push(line),
  );
  assert.equal(code, 1);
  assert.match(
    said.join("\n"),
    /^04_prometar_base_to_new, cell 3:\n.*there is no \/nowhere\/report\.json/,
  );
  assert.deepEqual(await Array.fromAsync(Deno.readDir(out)), []);
});

Deno.test("the HTML of what is kept is written without running it", async () => {
  const out = await Deno.makeTempDir();
  assert.equal(await notebooks(["04", "--export", "--out", out], () => {}), 0);
  const page = await Deno.readTextFile(`${out}/html/04_prometar_base_to_new.html`);
  assert.match(page, /<h1>ProMetaR: base-to-new generalization<\/h1>/);
  assert.deepEqual(await Array.fromAsync(Deno.readDir(out), ({ name }) => name), ["html"]);
});
