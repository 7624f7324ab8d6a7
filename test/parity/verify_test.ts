import assert from "node:assert/strict";
import { join } from "node:path";
import { verify } from "../../lib/cli/verify.ts";
import { evidence, type ParityRow, verifyFolder } from "../../lib/parity/mod.ts";
import { hasNative } from "../native.ts";
import { writeSeededClip } from "../cli/seeded_clip.ts";

const backends = ["wasm", ...(hasNative ? ["native"] : [])];

/** Records of the second set. */
const further =
  /^(adapters_start|clap_|clipadapter_|crossmodal_|lasp_|lppp_|mma_|mmrl_|rpo_|taskres_|tcp_|tipadapter|zslp_)/;

for (const backend of backends) {
  Deno.test(`the published code's records are followed on ${backend}`, async () => {
    const rows = await verifyFolder(undefined, { backend });
    assert.ok(rows.length >= 64);
    for (const row of rows) {
      assert.equal(row.verdict, "ok", told(row));
      assert.equal(row.backend, backend);
      assert.ok(row.items > 0, told(row));
      if (further.test(row.record)) continue; // some of what these hold is not observed here
      assert.deepEqual(row.notes, [], "everything that a record holds is compared");
    }
  });
}

Deno.test("the records and their page take at most 12 MB", async () => {
  let bytes = 0;
  for (const folder of evidence()) {
    for await (const { name, isFile } of Deno.readDir(folder)) {
      if (isFile) bytes += (await Deno.stat(join(folder, name))).size;
    }
  }
  assert.ok(bytes > 5e6 && bytes <= 12e6, `${bytes} bytes`);
});

function told({ record, worst, failure }: ParityRow): string {
  return `${record}: ${failure ?? JSON.stringify(worst)}`;
}

for (const backend of backends) {
  Deno.test(`settings that the parity records lack are followed on ${backend}`, async () => {
    const { folder } = await copied();
    const rows = await verifyFolder(folder, { backend });
    assert.equal(rows.length, 8);
    for (const row of rows) {
      assert.equal(row.verdict, "ok", told(row));
      assert.deepEqual(row.notes, []);
    }
  });
}

/** A copy of the fixture, to be spoiled. */
interface Copy {
  folder: string;
  manifest: { classNames: string[]; records: Record<string, unknown>[] };
  write(): Promise<void>;
}

const root = await Deno.makeTempDir();
await writeSeededClip(root);
globalThis.addEventListener("unload", () => Deno.removeSync(root, { recursive: true }));

/** The records alone: weights and inputs lie in the folder above. */
async function copied(): Promise<Copy> {
  const folder = await Deno.makeTempDir({ dir: root });
  const fixture = new URL("../fixtures/parity/", import.meta.url);
  for await (const { name } of Deno.readDir(fixture)) {
    await Deno.writeFile(join(folder, name), await Deno.readFile(new URL(name, fixture)));
  }
  const path = join(folder, "manifest.json");
  const manifest = JSON.parse(await Deno.readTextFile(path));
  return { folder, manifest, write: () => Deno.writeTextFile(path, JSON.stringify(manifest)) };
}

/** The same with two records: CoOp's, which tests spoil, and VPT's, which is to go on. */
function spoiledTest(name: string, test: (copy: Copy) => Promise<void>): void {
  Deno.test(name, async () => {
    const copy = await copied();
    const two = ["coop_words5_front", "vpt_shallow"];
    copy.manifest.records = copy.manifest.records.filter((record) =>
      two.includes(String(record.name))
    );
    await copy.write();
    await test(copy);
  });
}

const verdicts = async (folder: string) =>
  (await verifyFolder(folder, { backend: "wasm" })).map(({ verdict }) => verdict);

spoiledTest("weights and inputs may lie in the folder above", async ({ folder }) => {
  assert.deepEqual(await verdicts(folder), ["ok", "ok"]);
  const said: string[] = [];
  assert.equal(await verify([folder, "--backend", "wasm"], (line) => said.push(line)), 0);
  assert.match(said.join("\n"), /^coop_words5_front +2 .* 1e-4 +wasm .* ok$/m);
  assert.match(said.join("\n"), /All 2 records are within tolerance/);
});

spoiledTest("a number changed by a thousandth is out, and the exit code 1", async (spoiled) => {
  const path = join(spoiled.folder, "coop_words5_front.safetensors");
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
  const [row] = await verifyFolder(spoiled.folder, { backend: "wasm" }) as [ParityRow];
  assert.equal(row.verdict, "out");
  assert.equal(row.worst?.what, "gradient/text.0 at step 0");
  assert.ok(Math.abs(row.worst.error - 1e-3) < 2e-5, told(row));
  const said: string[] = [];
  assert.equal(await verify([spoiled.folder, "--backend", "wasm"], (line) => said.push(line)), 1);
  assert.match(said.join("\n"), /1 of 2 records are out of tolerance/);
});

spoiledTest("a setting changed is out", async ({ folder, manifest, write }) => {
  Object.assign(manifest.records[0]!.settings as object, { classTokenPosition: "middle" });
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
  ["a batch larger than the inputs'", { batchSize: 9 }, /takes 9 images a batch/],
  ["an unknown kind", { kind: "film" }, /neither trajectory nor data/],
  ["an unknown data record", { kind: "data", name: "aura" }, /No check knows the data record aura/],
];
for (const [what, change, failure] of unrunnable) {
  spoiledTest(`${what} fails in one line, and the other records go on`, async (spoiled) => {
    Object.assign(
      spoiled.manifest.records[0]!,
      change,
      "kind" in change ? { tensors: undefined } : {},
    );
    await spoiled.write();
    const [first, second] = await verifyFolder(spoiled.folder, { backend: "wasm" }) as [
      ParityRow,
      ParityRow,
    ];
    assert.equal(first.verdict, "failed");
    assert.match(first.failure!, failure);
    assert.ok(!first.failure!.includes("\n"));
    assert.equal(second.verdict, "ok");
  });
}

spoiledTest("a truncated record fails in one line", async ({ folder }) => {
  await Deno.truncate(join(folder, "coop_words5_front.safetensors"), 9000);
  assert.deepEqual(await verdicts(folder), ["failed", "ok"]);
});

spoiledTest(
  "--only takes the records with that in their name, and says what it meant",
  async (spoiled) => {
    const rows = await verifyFolder(spoiled.folder, { backend: "wasm", only: ["shallow"] });
    assert.deepEqual(rows.map(({ record }) => record), ["vpt_shallow"]);
    await assert.rejects(verifyFolder(spoiled.folder, { only: ["vpt_shalow"] }), {
      name: "UserError",
      message: "No record is called vpt_shalow: did you mean vpt_shallow?",
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
