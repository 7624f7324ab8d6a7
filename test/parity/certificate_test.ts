/** Certificates: written, held to their folder, and told from changed ones. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { certificate } from "../../lib/cli/certificate.ts";
import { madeResults } from "../cli/made_results.ts";

const out = await madeResults([
  { cell: { method: "coop", seed: 1 }, accuracy: [80, 70] },
  { cell: { method: "coop", seed: 2 }, accuracy: [81, 71] },
  { cell: { method: "my-own", seed: 1 }, accuracy: [82, 72] },
]);
const path = join(out, "certificate.json");
globalThis.addEventListener("unload", () => Deno.removeSync(out, { recursive: true }));

async function said(...args: string[]): Promise<{ code: number; text: string }> {
  const lines: string[] = [];
  const code = await certificate([out, ...args], (line) => lines.push(line));
  return { code, text: lines.join("\n") };
}

Deno.test("a certificate says what is behind each record, and holds its folder to it", async () => {
  const made = await said("--backend", "wasm");
  assert.equal(made.code, 0, made.text);
  assert.match(made.text, /^coop: 5 of 5 records of its published code are followed$/m);
  assert.match(made.text, /^my-own: no record of published code$/m);
  const held = JSON.parse(await Deno.readTextFile(path));
  assert.equal(held.records.length, 3);
  assert.deepEqual(
    held.records.map(({ results }: { results: { accuracy: number }[] }) =>
      results.map(({ accuracy }) => accuracy)
    ),
    [[80, 70], [81, 71], [82, 72]],
  );
  assert.equal(held.parity.coop[0].source.repository, "KaiyangZhou/CoOp");
  assert.match(held.parity.coop[0].sha256, /^[0-9a-f]{64}$/);
  const checked = await said("--check");
  assert.deepEqual(checked.code, 0, checked.text);
  assert.match(checked.text, /^3 records are as certified .*: [0-9a-f]{64}$/);
});

Deno.test("a changed record, a missing one, one more and a changed certificate are told", async () => {
  const text = await Deno.readTextFile(path);
  const record = join(out, "records/c1.json");
  const before = await Deno.readTextFile(record);
  await Deno.writeTextFile(record, before.replace('"seed": 2', '"seed": 3').replace("81", "91"));
  assert.deepEqual(await said("--check"), { code: 1, text: "records/c1.json was changed" });
  await Deno.rename(record, join(out, "records/c9.json"));
  assert.deepEqual(await said("--check"), {
    code: 1,
    text: "records/c1.json is not there\nrecords/c9.json is not in the certificate",
  });
  await Deno.remove(join(out, "records/c9.json"));
  await Deno.writeTextFile(record, before);
  await Deno.writeTextFile(path, text.replace('"accuracy": 80', '"accuracy": 90'));
  assert.deepEqual(await said("--check"), {
    code: 1,
    text: "the certificate was changed: its hash is another",
  });
  for (const wrong of ["null", "{}", '{"records":[{"file":"../x"}],"sha256":"","parity":{}}']) {
    await Deno.writeTextFile(path, wrong);
    await assert.rejects(said("--check"), { name: "UserError", message: /is no certificate/ });
  }
  await Deno.writeTextFile(path, text);
});

Deno.test("a damaged record and a folder without any are refused in one line", async () => {
  const record = join(out, "records/c1.json");
  const before = await Deno.readTextFile(record);
  await Deno.writeTextFile(record, before.slice(0, -20));
  await assert.rejects(said("--backend", "wasm"), {
    name: "UserError",
    message: /c1\.json is damaged/,
  });
  await Deno.writeTextFile(record, before);
  const empty = await Deno.makeTempDir();
  await assert.rejects(certificate([empty], () => {}), {
    name: "UserError",
    message: /has no records/,
  });
  await assert.rejects(certificate([empty, "--check"], () => {}), {
    name: "UserError",
    message: /There is no .*certificate\.json/,
  });
  await Deno.remove(empty);
});
