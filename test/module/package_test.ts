/** What is published, and what a reader of the repository finds: whole, of one version, and within JSR's limits. */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { denoPath } from "../../lib/deno_path.ts";
import { figures } from "../../docs/readme_figure.ts";
import { isPublished, project } from "./registry.ts";

const root = decodeURIComponent(new URL("../../", import.meta.url).pathname);
const read = (path: string) => Deno.readTextFileSync(join(root, path));

/** Paths of all files below a folder. */
function filesOf(folder: string): string[] {
  return [...Deno.readDirSync(join(root, folder))].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesOf(join(folder, name)) : [join(folder, name)]
  );
}

// https://jsr.io/docs/quotas-and-limits: 20 MB for all files together. Of ours none needs a fifth of that.
Deno.test("the package is under JSR's limits", () => {
  const files = ["lib", "data"].flatMap(filesOf).filter(isPublished);
  const sizes = files.map((path) => Deno.statSync(join(root, path)).size);
  assert.ok(files.includes("data/pocket/pocket.safetensors"));
  // 20 MiB, of a file and of all (jsr-io/jsr, api/src/tarball.rs)
  assert.ok(sizes.reduce((a, b) => a + b) < 20e6);
});

Deno.test("deno publish finds nothing wrong, slow types included", async () => {
  const { code, stdout, stderr } = await new Deno.Command(denoPath(), {
    args: ["publish", "--dry-run", "--allow-dirty"],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  const said = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("\n");
  assert.equal(code, 0, said);
  const warnings = [...said.matchAll(/^warning\[([\w-]+)\].*\n\s*--> .*?\/(lib\/\S+?):/gim)];
  assert.equal(warnings.length, said.match(/^warning/gim)?.length ?? 0, said);
  // A worker imports the module that a user's own method names: nobody can know it beforehand.
  const own = ["unanalyzable-dynamic-import", "lib/lab/travel.ts"];
  assert.deepEqual(warnings.filter(([, what, where]) => what !== own[0] || where !== own[1]), []);
});

Deno.test("one version stands in deno.json, CITATION.cff and at the top of the changelog", () => {
  const { version } = JSON.parse(read("deno.json"));
  assert.equal(read("CITATION.cff").match(/^version: (.*)$/m)?.[1], version);
  assert.equal(read("CHANGELOG.md").match(/^## (\d\S*)/m)?.[1], version);
});

const pages = [
  ...["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "THIRD_PARTY.md"],
  ...["architecture", "dependencies", "extending", "permissions", "report", "methods"]
    .map((name) => `docs/${name}.md`),
];

Deno.test("what the pages link to is there", () => {
  const missing = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\(([^)#\s]+)[^)]*\)|(?:src|srcset)="([^"]+)"/g)]
      .map(([, link, image]) => link ?? image)
      .filter((link) => !/^[a-z]+:/.test(link!))
      .filter((link) => {
        try {
          return !Deno.statSync(join(root, dirname(page), link!));
        } catch {
          return true;
        }
      })
      .map((link) => `${page}: ${link}`)
  );
  assert.deepEqual(missing, []);
});

Deno.test("README.md and CONTRIBUTING.md name every task, and no other", () => {
  const tasks = Object.keys(JSON.parse(read("deno.json")).tasks);
  const said = read("README.md") + read("CONTRIBUTING.md");
  const table = [...read("README.md").matchAll(/^\| (`[^|]*) \|/gm)]
    .flatMap(([, cell]) => [...cell!.matchAll(/`([\w:]+)[^`]*`/g)].map(([, name]) => name));
  assert.ok(table.length > 12);
  assert.deepEqual(table.filter((name) => !tasks.includes(name!)), []);
  assert.deepEqual(tasks.filter((name) => !new RegExp(`[\`\\s]${name}\\b`).test(said)), []);
  const run = [...said.matchAll(/deno task ([\w:]+)/g)].map(([, name]) => name);
  assert.deepEqual(run.filter((name) => !tasks.includes(name!)), []);
});

Deno.test("every package that is imported is in the table of dependencies, with its version", () => {
  const page = read("docs/dependencies.md");
  const missing = Object.values(project.imports).flatMap((target) => {
    const [, name, version] = /^npm:(.*)@(.*)$/.exec(target) ?? [];
    return name &&
        !(page.includes(name.replace("@tensorflow/tfjs-backend", "")) && page.includes(version!))
      ? [target]
      : [];
  });
  assert.deepEqual(missing, []);
});

Deno.test("README.md's figure is what data/pocket/report.json says: deno task docs draws it", async () => {
  for (const [path, svg] of await figures()) assert.equal(await Deno.readTextFile(path), svg);
});
