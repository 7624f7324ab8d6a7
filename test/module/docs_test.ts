/** Every public symbol is documented, and its page is built. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { nameUsages } from "../../docs/usage.ts";
import { denoPath } from "../../lib/deno_path.ts";

const root = decodeURIComponent(new URL("../../", import.meta.url).pathname);

const { exports }: { exports: Record<string, string> } = JSON.parse(
  Deno.readTextFileSync(join(root, "deno.json")),
);

async function doc(...args: string[]): Promise<string> {
  const { stdout, stderr } = await new Deno.Command(denoPath(), {
    args: ["doc", ...args],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  return [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("\n");
}

Deno.test("every public symbol has its comment, and names public types only", async () => {
  const said = await doc("--lint", ...Object.values(exports));
  // deno-lint-ignore no-control-regex -- colours
  const plain = said.replaceAll(/\x1b\[[0-9;]*m/g, "");
  const faults = [...plain.matchAll(/error\[([\w-]+)\]: (.*)\n\s*--> (.*)/g)]
    .map(([, kind, what, where]) => `${kind} ${what} ${where!.replace(root, "")}`)
    // Our Tensor is TensorFlow.js's, which is not ours to document.
    .filter((fault) =>
      !/^private-type-ref public type 'Tensor' .*lib\/tensor\/tape\.ts/.test(fault)
    );
  assert.deepEqual(faults, []);
  assert.match(plain, /Checked|documentation lint error/, plain);
});

Deno.test("the pages of all symbols are built, the front page with an example for each purpose", async () => {
  const out = await Deno.makeTempDir();
  await doc("--html", "--name=@plumbline/plumbline", `--output=${out}`, "mod.ts");
  const index = await Deno.readTextFile(join(out, "index.html"));
  for (const purpose of ["Load", "Predict", "Train", "Evaluate", "Reproduce", "Extend"]) {
    assert.match(index, new RegExp(`${purpose}: `), purpose);
  }
  const parts = Object.values(exports).filter((path) => path !== "./mod.ts");
  await doc("--html", "--name=@plumbline/plumbline", `--output=${out}/parts`, ...parts);
  assert.ok([...Deno.readDirSync(join(out, "parts"))].length > parts.length);
  await nameUsages(out);
  const page = (path: string) => Deno.readTextFile(join(out, path));
  const usage = (html: string) => /import \{ \w+ \} from &quot;(.*?)&quot;/.exec(html)?.[1];
  assert.equal(usage(await page("~/train.html")), "@plumbline/plumbline");
  assert.equal(usage(await page("parts/results/~/signed.html")), "@plumbline/plumbline/results");
  await Deno.remove(out, { recursive: true });
});
