/** What methods are held to: the list in the package is that of the records in the repository. */
import assert from "node:assert/strict";
import { evidenceOf, linesUrl, methods } from "../../lib/methods/mod.ts";
import { evidence } from "../../lib/parity/mod.ts";
import { readFolder } from "../../lib/parity/manifest.ts";

const listed = methods.flatMap(({ name }) =>
  (evidenceOf(name)?.records ?? []).map((record) => ({ method: name, ...record }))
);

Deno.test("every trajectory of the published code is listed under its method, with its file", async () => {
  const root = new URL("../../", import.meta.url);
  const names = new Set(listed.map(({ name }) => name));
  for (const path of evidence()) {
    using folder = await opened(path);
    const trajectories = folder.records.filter(({ kind }) => kind === "trajectory");
    assert.deepEqual(
      trajectories.filter(({ name }) => !names.has(name)).map(({ name }) => name),
      [],
      path,
    );
  }
  for (const { file } of listed) assert.ok(Deno.statSync(new URL(file, root)).isFile, file);
});

Deno.test("every listed record is one of a manifest, whose source is a repository of the published lines", async () => {
  const known = new Map<string, string>();
  for (const path of evidence()) {
    using folder = await opened(path);
    for (const { name, source } of folder.records) known.set(name, source?.repository ?? "");
  }
  for (const { method, name } of listed) {
    const repositories = evidenceOf(method)!.code.map(({ repository }) => repository);
    assert.ok(
      repositories.some((repository) => known.get(name)?.includes(repository)),
      `${name}: ${known.get(name)}, not ${repositories}`,
    );
  }
});

Deno.test("published lines are whole addresses", () => {
  const lines = methods.flatMap(({ name }) => evidenceOf(name)?.code ?? []);
  assert.ok(lines.length > 60);
  for (const at of lines) {
    assert.match(
      linesUrl(at),
      /^https:\/\/github\.com\/[\w.-]+\/[\w.-]+\/blob\/[0-9a-f]{40}\/[\w./-]+\.py#L\d+-L\d+$/,
    );
    assert.ok(at.lines[0]! > 0 && at.lines[0]! < at.lines[1]!, at.what);
  }
  assert.equal(evidenceOf("toString"), undefined);
});

async function opened(path: string) {
  const folder = await readFolder(path);
  return { ...folder, [Symbol.dispose]: () => folder.dispose() };
}
