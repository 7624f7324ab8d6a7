/** Packed tensor files against the files that they were packed from, written by NumPy. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { readPacked } from "../../lib/parity/packed.ts";
import { framed } from "../fuzz/seeds.ts";

/** x of two rows: one exact (1, −2), and one of integers that count halves from the first. */
const header = (packed: unknown) => ({
  __metadata__: { packed: JSON.stringify(packed) },
  "x": { dtype: "U8", shape: [4, 2], data_offsets: [0, 8] },
  "x~": { dtype: "U8", shape: [2, 2], data_offsets: [8, 12] },
  "y": { dtype: "F32", shape: [1], data_offsets: [12, 16] },
});
const right = { x: { dtype: "F32", shape: [2, 2], rows: 2, exact: 1, scales: [0.5] } };

async function written(content: Uint8Array<ArrayBuffer>): Promise<string> {
  const path = join(await Deno.makeTempDir(), "x.safetensors.gz");
  const zipped = new Blob([content]).stream().pipeThrough(new CompressionStream("gzip"));
  await Deno.writeFile(path, await new Response(zipped).bytes());
  return path;
}

function file(packed: unknown): Uint8Array<ArrayBuffer> {
  const bytes = framed(header(packed), 16) as Uint8Array<ArrayBuffer>;
  // 1 is 3f 80 00 00, −2 is c0 00 00 00; 3 is 00 03, −1 is ff ff; 4 is 00 00 80 40 as it is stored.
  bytes.set(
    [0x3f, 0xc0, 0x80, 0, 0, 0, 0, 0, 0, 0xff, 3, 0xff, 0, 0, 0x80, 0x40],
    bytes.length - 16,
  );
  return bytes;
}

Deno.test("exact rows come back in their bits, rounded ones from the first row on", async () => {
  const found = await readPacked(await written(file(right)));
  assert.deepEqual(found.keys, ["x", "y"]);
  assert.deepEqual(found.shape("x"), [2, 2]);
  assert.equal(found.dtype("x"), "F32");
  assert.deepEqual([...found.readFloats("x").data], [1, -2, 2.5, -2.5]);
  assert.deepEqual([...found.readFloats("y").data], [4]);
});

const wrong: [string, unknown][] = [
  ["more rows than are held", { x: { ...right.x, exact: 2, rows: 3 } }],
  ["another shape", { x: { ...right.x, shape: [2, 3] } }],
  ["rounded integers", { x: { ...right.x, dtype: "I32" } }],
  ["a type that is none", { x: { ...right.x, dtype: "F8" } }],
  ["a scale that is no number", { x: { ...right.x, scales: ["1"] } }],
  ["a tensor that is not there", { ...right, z: right.x }],
  ["nothing", { x: null }],
];
for (const [what, packed] of wrong) {
  Deno.test(`metadata with ${what} are refused in one line`, async () => {
    await assert.rejects(readPacked(await written(file(packed))), {
      name: "UserError",
      message: /x\.safetensors\.gz says of its packed tensors what can't be: fetch it again\.$/,
    });
  });
}

Deno.test("a file that is cut, and one that unpacks without end, are refused", async () => {
  const path = await written(file(right));
  await Deno.truncate(path, 60);
  await assert.rejects(readPacked(path), { name: "UserError", message: /no whole gzip file/ });
  const bomb = await written(new Uint8Array(200 * 2 ** 20));
  await assert.rejects(readPacked(bomb), { name: "UserError", message: /made to fill the memory/ });
});
