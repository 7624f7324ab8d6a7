/** Torch files are read as PyTorch reads them, and what PyTorch reads is written. */
import assert from "node:assert/strict";
import { readTorch, type TorchTensor, torchTensors, writeTorch } from "../../lib/torch/mod.ts";

const fixtures = decodeURIComponent(new URL("../fixtures/torch/", import.meta.url).pathname);
const truth: Record<string, Record<string, { shape: number[]; values: string[] }>> = JSON.parse(
  await Deno.readTextFile(`${fixtures}truth.json`),
);

const stated = (tensor: TorchTensor) => {
  const { shape, data } = tensor.read();
  return { shape, values: Array.from(data as ArrayLike<number | bigint>, Number) };
};

for (const name of ["zip", "zip4", "legacy", "dassl", "script_state"]) {
  Deno.test(`${name}.pt holds what PyTorch finds in it`, async () => {
    const found = torchTensors(await readTorch(`${fixtures}${name}.pt`));
    const expected = truth[name]!;
    // A scheduler's optimizer keeps its state where Python's objects do, which PyTorch's own dictionaries don't show.
    const paths = [...found.keys()].filter((path) => !path.startsWith("scheduler."));
    assert.deepEqual(paths.sort(), Object.keys(expected).sort());
    for (const path of paths) {
      const { shape, values } = stated(found.get(path)!);
      assert.deepEqual(shape, expected[path]!.shape, path);
      assert.deepEqual(values, expected[path]!.values.map(Number), path);
    }
  });
}

Deno.test("64-bit whole numbers are exact, and half precision is widened", async () => {
  const found = torchTensors(await readTorch(`${fixtures}zip.pt`));
  assert.deepEqual(
    found.get("state_dict.long")!.read().data,
    BigInt64Array.of(2n ** 62n + 1n, -1n),
  );
  assert.equal(found.get("state_dict.bfloat")!.dtype, "BF16");
  assert.deepEqual(
    found.get("state_dict.half")!.readFloats().data,
    Float32Array.of(Math.f16round(0.1), -65504),
  );
});

Deno.test("numbers, texts and lists beside the tensors", async () => {
  for (const name of ["zip", "zip4", "legacy"]) {
    const { value } = await readTorch(`${fixtures}${name}.pt`);
    assert.ok(value instanceof Map);
    const plain = Object.fromEntries([...value].filter(([key]) => key !== "state_dict"));
    const { type: _, ...rest } = plain;
    assert.deepEqual(rest, {
      ...{ epoch: 5, big: 2 ** 40, huge: -(2n ** 70n), rate: 0.5, name: "café", none: null },
      ...{ on: true, list: [1, [2.5, "a"]], tuple: [1, 2, 3, 4], 7: "seven", size: [2, 3, 4] },
    });
  }
});

Deno.test("a TorchScript module's tensors have the names of its state dict", async () => {
  const script = torchTensors(await readTorch(`${fixtures}script.pt`));
  const state = torchTensors(await readTorch(`${fixtures}script_state.pt`));
  assert.deepEqual([...script.keys()].sort(), [...state.keys()].sort());
  for (const [name, tensor] of state) assert.deepEqual(script.get(name)!.read(), tensor.read());
});

Deno.test("what is written is read back, the same bytes twice", async () => {
  const folder = await Deno.makeTempDir();
  const value = {
    state_dict: {
      a: { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
      b: { shape: [], data: BigInt64Array.of(-5n) },
      c: { shape: [0], data: new Float16Array(0) },
      d: { shape: [2], data: Float64Array.of(1 / 3, 1e300) },
      e: { shape: [2], data: Uint8Array.of(0, 255) },
      f: { shape: [1], data: Int32Array.of(-7) },
    },
    ...{ epoch: 50, big: -(2 ** 45), rate: 0.002, name: "café", none: null, list: [true, "x"] },
  };
  await writeTorch(`${folder}/a.pt`, value);
  await writeTorch(`${folder}/b.pt`, value);
  assert.deepEqual(await Deno.readFile(`${folder}/a.pt`), await Deno.readFile(`${folder}/b.pt`));
  const file = await readTorch(`${folder}/a.pt`);
  const found = torchTensors(file);
  for (const [key, { shape, data }] of Object.entries(value.state_dict)) {
    const read = found.get(`state_dict.${key}`)!.read();
    assert.deepEqual(read.shape, shape);
    assert.deepEqual(Array.from(read.data as Float32Array), Array.from(data as Float32Array), key);
  }
  assert.ok(file.value instanceof Map);
  assert.deepEqual(
    [...file.value].slice(1),
    Object.entries(value).slice(1),
  );
  assert.deepEqual([...Deno.readDirSync(folder)].length, 2, "no temporary file stays");
  await Deno.remove(folder, { recursive: true });
});
