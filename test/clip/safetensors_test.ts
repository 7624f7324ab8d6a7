import assert from "node:assert/strict";
import { parseSafetensors, readSafetensors } from "../../lib/clip/safetensors.ts";
import { writeSafetensors } from "../../lib/clip/safetensors_write.ts";

const fixture = (name: string) => new URL(`../fixtures/clip/${name}`, import.meta.url).pathname;

/** Bytes of a file with this header and as many zero bytes of data. */
function file(header: unknown, dataBytes: number): Uint8Array {
  const json = new TextEncoder().encode(
    typeof header === "string" ? header : JSON.stringify(header),
  );
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

const tensor = (shape: unknown, from: number, to: number, dtype = "F32") => ({
  dtype,
  shape,
  data_offsets: [from, to],
});

Deno.test("a file written by Python's safetensors is read in every element type", async () => {
  const stored = await readSafetensors(fixture("python.safetensors"));
  assert.equal(stored.metadata.get("made by"), "safetensors 0.8.0 (Python)");
  const data = (key: string) => stored.read(key).data;
  assert.deepEqual(data("i64"), BigInt64Array.of(-9007199254740993n, 7n));
  assert.deepEqual(data("f64"), Float64Array.of(Math.PI, -0));
  assert.deepEqual(data("f32"), Float32Array.of(-1, -0.6, -0.2, 0.2, 0.6, 1));
  assert.deepEqual(data("i32"), Int32Array.of(-3, 4));
  // 6e-8 rounds to the smallest half, 2^-24.
  assert.deepEqual(data("f16"), Float32Array.of(1, -2.5, 65504, 2 ** -24));
  assert.deepEqual(data("bf16"), Float32Array.of(1, -3.140625, 3.3895313892515355e38));
  assert.deepEqual(data("u8"), Uint8Array.of(0, 255, 7));
  assert.deepEqual(data("bool"), Uint8Array.of(1, 0));
  assert.deepEqual(stored.read("scalar"), { shape: [], data: Float32Array.of(2.5) });
  assert.deepEqual(stored.read("empty"), { shape: [0, 4], data: new Float32Array() });
  assert.deepEqual(stored.shape("f32"), [2, 3]);
  assert.equal(stored.dtype("bf16"), "BF16");
  assert.deepEqual(stored.readFloats("i32"), { shape: [2, 1], data: Float32Array.of(-3, 4) });
  assert.deepEqual(stored.readFloats("bool").data, Float32Array.of(1, 0));
  assert.throws(() => stored.read("f33"), { name: "UserError", message: /has no tensor f33; / });
});

Deno.test("what is written is byte for byte what Python's safetensors writes", async () => {
  const path = `${await Deno.makeTempDir()}/w.safetensors`;
  await writeSafetensors(path, {
    b: { shape: [1, 2], data: Float32Array.of(0.5, -1) },
    a: { shape: [3], data: Float64Array.of(1, 2, 3) },
    n: { shape: [1], data: BigInt64Array.of(5n) },
    i: { shape: [2], data: Int32Array.of(1, 2) },
    ä: { shape: [1], data: Uint8Array.of(9) },
  }, { metadata: { step: "3" } });
  assert.deepEqual(
    await Deno.readFile(path),
    await Deno.readFile(fixture("python_written.safetensors")),
  );
});

Deno.test("tensors survive a round trip, under any name, and nothing temporary stays", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/w.safetensors`;
  const values = Float32Array.of(-0, 1e-45, 3.4e38, Math.fround(0.1));
  const keys = ["__proto__", "constructor", 'quo"te\\', "0", "a.b"];
  const tensors = Object.fromEntries(keys.map((key) => [key, { shape: [2, 2], data: values }]));
  await writeSafetensors(path, tensors);
  await writeSafetensors(path, tensors); // over an existing file
  for (
    const stored of [await readSafetensors(path), parseSafetensors(await Deno.readFile(path), "m")]
  ) {
    assert.deepEqual([...stored.keys].sort(), [...keys].sort());
    for (const key of keys) assert.deepEqual(stored.read(key), { shape: [2, 2], data: values });
    assert.throws(() => stored.shape("toString"), { name: "UserError" });
  }
  assert.deepEqual([...Deno.readDirSync(folder)].map((e) => e.name), ["w.safetensors"]);
});

Deno.test("half precision is rounded to nearest, and refused where a value does not fit", async () => {
  const path = `${await Deno.makeTempDir()}/h.safetensors`;
  const data = Float32Array.of(0.1, 2049, -65504, NaN, Infinity);
  await writeSafetensors(path, { x: { shape: [5], data } }, { half: true });
  const stored = await readSafetensors(path);
  assert.equal(stored.dtype("x"), "F16");
  assert.deepEqual(
    stored.read("x").data,
    Float32Array.of(0.0999755859375, 2048, -65504, NaN, Infinity),
  );
  await assert.rejects(
    writeSafetensors(path, { x: { shape: [1], data: Float32Array.of(70000) } }, { half: true }),
    { name: "UserError", message: /^x has the value 70000 at 0, beyond half precision's 65504/ },
  );
  await assert.rejects(writeSafetensors(path, { x: { shape: [3], data: Float32Array.of(1) } }), {
    name: "UserError",
    message: /^x has shape \[3\] but 1 elements; /,
  });
  assert.equal((await readSafetensors(path)).dtype("x"), "F16", "the old file stays");
});

Deno.test("a header that lies is refused with what is wrong, before anything is read", () => {
  const entry = (value: unknown) => ({ x: value });
  const cases: [what: RegExp, header: unknown, dataBytes: number][] = [
    [/is not valid JSON/, "{", 0],
    [/is not valid JSON/, '{"x":\xff', 0],
    [/is no JSON object/, "[]", 0],
    [/x is described by no object/, entry(1), 0],
    [/x has type "F8", not one of/, entry(tensor([1], 0, 4, "F8")), 4],
    [
      /x is stored in F8_E4M3, floats of 8 bits, which are not read: save/,
      entry(tensor([4], 0, 4, "F8_E4M3")),
      4,
    ],
    [/x has type "toString", not one of/, entry(tensor([1], 0, 4, "toString")), 4],
    [/x has type undefined/, entry({ __proto__: null }), 4],
    [/x has shape \[-1\], not a list of sizes/, entry(tensor([-1], 0, 4)), 4],
    [/x has shape \[1.5\], not a list/, entry(tensor([1.5], 0, 6)), 6],
    [/x has shape "4", not a list/, entry(tensor("4", 0, 4)), 4],
    [/x lies at \[4,0\], which is no range/, entry(tensor([0], 4, 0)), 4],
    [/x has shape \[3\] of F32, 12 bytes, but a place of 8/, entry(tensor([3], 0, 8)), 8],
    [/x has shape .* bytes, but a place of 8/, entry(tensor([2 ** 40, 2 ** 40], 0, 8)), 8],
    [/y starts at byte \d+, inside the tensor before/, {
      x: tensor([2], 0, 8),
      y: tensor([2], 4, 12),
    }, 12],
    [/y starts at byte \d+, after a gap/, { x: tensor([1], 0, 4), y: tensor([1], 8, 12) }, 12],
    [/x starts at byte \d+, after a gap/, entry(tensor([1], 4, 8)), 8],
    [/4 bytes follow the last tensor/, entry(tensor([1], 0, 4)), 8],
    [/ends after \d+ bytes of \d+: it is truncated/, entry(tensor([4], 0, 16)), 12],
    [/its metadata is no object/, { __metadata__: [] }, 0],
    [/metadata "a" is no string/, { __metadata__: { a: 1 } }, 0],
    [
      /has the key "x" twice/,
      '{"x":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"\\u0078":{}}',
      0,
    ],
    [
      /has the key "dtype" twice/,
      '{"x":{"dtype":"U8","dtype":"F32","shape":[],"data_offsets":[0,4]}}',
      4,
    ],
  ];
  for (const [message, header, dataBytes] of cases) {
    assert.throws(() => parseSafetensors(file(header, dataBytes), "lie.safetensors"), {
      name: "UserError",
      message: new RegExp(`^lie\\.safetensors.*${message.source}`),
    });
  }
});

Deno.test("a header key named __proto__ is a key like any other", () => {
  const json = '{"__proto__":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}';
  assert.deepEqual(parseSafetensors(file(json, 2), "p").keys, ["__proto__"]);
  assert.equal(({} as { dtype?: string }).dtype, undefined);
});

Deno.test("files that are too short, oversized or something else are refused by name", async () => {
  const folder = await Deno.makeTempDir();
  const whole = await Deno.readFile(fixture("python.safetensors"));
  const oversized = new Uint8Array(16).fill(0x7f);
  const legacyPickle = Uint8Array.from([0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20]);
  const zip = new TextEncoder().encode("PK\x03\x04" + " ".repeat(40) + "archive/data.pkl");
  const cases: [name: string, bytes: Uint8Array, message: RegExp][] = [
    ["none", new Uint8Array(), /none has only 0 bytes/],
    [
      "cut",
      whole.slice(0, 100),
      /cut ends after 100 bytes, inside its header of 640: it is truncated/,
    ],
    [
      "cut2",
      whole.slice(0, -1),
      /cut2 ends after 734 bytes of 735: it is truncated; fetch it again/,
    ],
    ["big", oversized, /big announces a header of \d+ bytes \(at most 16777216/],
    [
      "lfs",
      new TextEncoder().encode("version https://git-lfs.github.com/spec/v1\n"),
      /git lfs pull$/,
    ],
    ["w.bin", legacyPickle, /w\.bin is a file of PyTorch's, not safetensors: /],
    ["z.pt", zip, /z\.pt is a file of PyTorch's, .* by its path \(--clip, loadClip\)/],
  ];
  for (const [name, bytes, message] of cases) {
    await Deno.writeFile(`${folder}/${name}`, bytes);
    await assert.rejects(readSafetensors(`${folder}/${name}`), { name: "UserError", message });
  }
  await assert.rejects(readSafetensors(`${folder}/absent`), {
    name: "UserError",
    message: /no file/,
  });
  await assert.rejects(readSafetensors(folder), { name: "UserError", message: /is no file/ });
});
