import assert from "node:assert/strict";
import { join } from "node:path";
import { type Row, verify, verifyFolder } from "../../lib/cli/verify.ts";
import { nativeCache, nativeFault, nativeFolder } from "../../lib/tensor/native.ts";
import { sharedPath, sharedTest } from "../shared.ts";

const hasNative = nativeFault(nativeFolder("cpu", nativeCache() ?? "")) === undefined;

for (const backend of ["wasm", ...(hasNative ? ["native"] : [])]) {
  sharedTest(`every parity record is followed on ${backend}`, "parity/manifest.json", async () => {
    const rows = await verifyFolder(sharedPath("parity"), { backend });
    assert.ok(rows.length >= 28);
    for (const row of rows) {
      assert.equal(row.verdict, "ok", told(row));
      assert.equal(row.backend, backend);
      assert.ok(row.items > 0, told(row));
      // The copies of some images are left out of the folder; of everything else each array is compared.
      assert.equal(row.notes.length, row.record === "preprocess" ? 1 : 0, row.notes.join());
    }
  });
}

function told({ record, worst, failure }: Row): string {
  return `${record}: ${failure ?? JSON.stringify(worst)}`;
}

/** What a test changes of the folder. */
interface Spoiled {
  folder: string;
  manifest: { classNames: string[]; records: Record<string, unknown>[] };
  write(): Promise<void>;
}

/** A folder with copies of CoOp's and the modulation's records; weights and inputs lie in the folder above. */
async function spoiling(test: (spoiled: Spoiled) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    const folder = join(root, "records");
    await Deno.mkdir(folder);
    for (const file of ["vit_tiny.safetensors", "inputs.safetensors"]) {
      await Deno.symlink(sharedPath(`parity/${file}`), join(root, file));
    }
    const whole = JSON.parse(await Deno.readTextFile(sharedPath("parity/manifest.json")));
    const named = (name: string) =>
      whole.records.find((record: { name: string }) => record.name === name);
    const records = [named("coop_vit_m4_end"), named("templates")];
    for (const { file } of records) {
      await Deno.writeFile(
        join(folder, file),
        await Deno.readFile(sharedPath(`parity/${file}`)),
      );
    }
    const manifest = { classNames: whole.classNames, records };
    const write = () => Deno.writeTextFile(join(folder, "manifest.json"), JSON.stringify(manifest));
    await write();
    await test({ folder, manifest, write });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

function spoiledTest(name: string, test: (spoiled: Spoiled) => Promise<void>): void {
  sharedTest(name, "parity/manifest.json", () => spoiling(test));
}

const verdicts = async (folder: string) =>
  (await verifyFolder(folder, { backend: "wasm" })).map(({ verdict }) => verdict);

spoiledTest("weights and inputs may lie in the folder above", async ({ folder }) => {
  assert.deepEqual(await verdicts(folder), ["ok", "ok"]);
  const said: string[] = [];
  assert.equal(await verify([folder, "--backend", "wasm"], (line) => said.push(line)), 0);
  assert.match(said.join("\n"), /^coop_vit_m4_end +5 .* 1e-4 +wasm .* ok$/m);
  assert.match(said.join("\n"), /All 2 records are within tolerance/);
});

spoiledTest("a number changed by a thousandth is out, and the exit code 1", async (spoiled) => {
  const path = join(spoiled.folder, "coop_vit_m4_end.safetensors");
  const bytes = await Deno.readFile(path);
  const view = new DataView(bytes.buffer);
  const length = Number(view.getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  const at = 8 + length + header["grad.ctx"].data_offsets[0];
  const largest = Array.from({ length: 256 }, (_, i) => at + 4 * i)
    .reduce((a, b) =>
      Math.abs(view.getFloat32(b, true)) > Math.abs(view.getFloat32(a, true)) ? b : a
    );
  view.setFloat32(largest, view.getFloat32(largest, true) * 1.001, true);
  await Deno.writeFile(path, bytes);
  const [row] = await verifyFolder(spoiled.folder, { backend: "wasm" });
  assert.equal(row.verdict, "out");
  assert.equal(row.worst?.what, "gradient/text.0 at step 0");
  assert.ok(Math.abs(row.worst.error - 1e-3) < 2e-5, told(row));
  const said: string[] = [];
  assert.equal(await verify([spoiled.folder, "--backend", "wasm"], (line) => said.push(line)), 1);
  assert.match(said.join("\n"), /1 of 2 records are out of tolerance/);
});

spoiledTest("a setting changed is out", async ({ folder, manifest, write }) => {
  Object.assign(manifest.records[0].settings as object, { classTokenPosition: "front" });
  await write();
  assert.deepEqual(await verdicts(folder), ["out", "ok"]);
});

const unrunnable: [name: string, change: Record<string, unknown>, failure: RegExp][] = [
  ["a missing file", { file: "gone.safetensors" }, /^gone\.safetensors, which .* is not beside it/],
  [
    "a file outside the folder",
    { file: "../vit_tiny.safetensors" },
    /must be a name in the folder/,
  ],
  ["weights outside the folder", { weights: "../../etc/x" }, /must be a name in the folder/],
  ["no file", { file: undefined }, /names the file undefined/],
  ["an unknown method", { method: "cop" }, /^there is no method cop: did you mean coop\?/],
  ["a method that learns nothing", { method: "zero-shot" }, /learns nothing/],
  ["a value that the method refuses", { settings: { classTokenPosition: "top" } }, /"top"/],
  ["an unknown kind", { kind: "film" }, /neither trajectory nor data/],
  ["an unknown data record", { kind: "data", name: "aura" }, /No check knows the data record aura/],
];
for (const [what, change, failure] of unrunnable) {
  spoiledTest(`${what} fails in one line, and the other records go on`, async (spoiled) => {
    Object.assign(
      spoiled.manifest.records[0],
      change,
      "kind" in change ? { tensors: undefined } : {},
    );
    await spoiled.write();
    const [first, second] = await verifyFolder(spoiled.folder, { backend: "wasm" });
    assert.equal(first.verdict, "failed");
    assert.match(first.failure!, failure);
    assert.ok(!first.failure!.includes("\n"));
    assert.equal(second.verdict, "ok");
  });
}

spoiledTest("a truncated record fails in one line", async ({ folder }) => {
  await Deno.truncate(join(folder, "coop_vit_m4_end.safetensors"), 9000);
  assert.deepEqual(await verdicts(folder), ["failed", "ok"]);
});

spoiledTest(
  "--only takes the records with that in their name, and says what it meant",
  async (spoiled) => {
    const rows = await verifyFolder(spoiled.folder, { backend: "wasm", only: ["templ"] });
    assert.deepEqual(rows.map(({ record }) => record), ["templates"]);
    await assert.rejects(verifyFolder(spoiled.folder, { only: ["templatse"] }), {
      name: "UserError",
      message: "No record is called templatse: did you mean templates?",
    });
  },
);

Deno.test("a folder without a manifest, or with one that is none, is refused in one line", async () => {
  const folder = await Deno.makeTempDir();
  const refused = async (message: RegExp) =>
    await assert.rejects(verifyFolder(folder), (error: Error) => {
      assert.equal(error.name, "UserError");
      assert.match(error.message, message);
      assert.ok(!error.message.includes("\n"));
      return true;
    });
  const write = (text: string) => Deno.writeTextFile(join(folder, "manifest.json"), text);
  await refused(/^There is no .*manifest\.json: name a folder of parity records\.$/);
  await write("{ records: [");
  await refused(/manifest\.json is not JSON \(/);
  for (const wrong of ["null", "[]", '{"records":{}}', '{"records":[{"file":"x"}]}']) {
    await write(wrong);
    await refused(/has no list of named records/);
  }
  await Deno.remove(folder, { recursive: true });
});
