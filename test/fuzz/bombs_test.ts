/** Small files that state far more: the most that they can cost. Each is one of a kind; `fuzz proportion` tries the others. */
import assert from "node:assert/strict";
import { crc32, deflateSync, gzipSync } from "node:zlib";
import { framed, parquet } from "./seeds.ts";

/** A WebP picture of one colour, 9458 × 9458 pixels with transparency, in 38 bytes. */
const picture = Uint8Array.fromHex(
  "524946461e000000574542505650384c110000002ff1643c1907508a2ad4a3808188e87f0000",
);

/** A PNG of one bit a pixel and one row. */
function row(width: number): Uint8Array {
  const chunk = (name: string, data: Uint8Array) => {
    const bytes = new Uint8Array(12 + data.length);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, data.length);
    bytes.set(new TextEncoder().encode(name), 4);
    bytes.set(data, 8);
    view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
    return bytes;
  };
  const header = new Uint8Array(13);
  new DataView(header.buffer).setUint32(0, width);
  header.set([0, 0, 0, 1, 1, 0, 0, 0, 0], 4);
  const pixels = deflateSync(new Uint8Array(1 + Math.ceil(width / 8)));
  const mark = Uint8Array.fromHex("89504e470d0a1a0a");
  return joined([
    mark,
    chunk("IHDR", header),
    chunk("IDAT", pixels),
    chunk("IEND", new Uint8Array()),
  ]);
}

/** The Parquet file with 2³² in place of the length at `at`. */
function claiming(at: number): Uint8Array {
  const file = Uint8Array.from(parquet[0]!);
  file.set([0xfe, 0xff, 0xff, 0xff, 0x0f], at);
  return file;
}

/** A gzipped tar archive with so many headers of empty files, or (`zeros`) so many bytes of one file. */
function tar({ headers = 1, zeros = 0, pax = "" }): Uint8Array {
  const header = (name: string, type: string, size: number) => {
    const block = new Uint8Array(512);
    const put = (text: string, at: number) => block.set(new TextEncoder().encode(text), at);
    put(name, 0);
    put(`${size.toString(8).padStart(11, "0")}\0`, 124);
    put("        ", 148);
    put(type, 156);
    const sum = block.reduce((a, b) => a + b, 0);
    put(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    return block;
  };
  const blocks = [];
  if (pax !== "") {
    const data = new Uint8Array(512);
    data.set(new TextEncoder().encode(pax));
    blocks.push(header("x", "x", pax.length), data);
  }
  for (let i = 0; i < headers; i++) blocks.push(header("other/a", "0", zeros));
  return gzipSync(joined([...blocks, new Uint8Array(zeros + 1024)]), { level: 1 });
}

function joined(parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
  return whole;
}

const compact = framed({
  __metadata__: {
    token_rows: JSON.stringify({ total: 1_000_000, ids: [0], seed: 1, size: 1 }),
  },
  "token_embedding.weight": { dtype: "F16", shape: [1, 768], data_offsets: [0, 1536] },
}, 1536);

const entries = (count: number) =>
  framed(
    Object.fromEntries(
      Array.from({ length: count }, (_, i) => [
        `t${i}`,
        { dtype: "U8", shape: [0], data_offsets: [0, 0] },
      ]),
    ),
    0,
  );

const bombs: [what: string, target: string, bytes: Uint8Array, refused: RegExp][] = [
  ["a picture of 38 bytes and 89 million pixels", "images", picture, /made to fill the memory/],
  ["a picture of one row of 80 million pixels", "images", row(80_000_000), /a side of more than/],
  ["a table of 1 KB and billions of values", "parquet", claiming(145), /it takes \d+ MiB/],
  ["a token table of 2 KB and a million rows", "weights", compact, /with its token table, more/],
  [
    "a tensor of thirty million rows of nothing",
    "safetensors",
    framed({ x: { dtype: "F32", shape: [30_000_000, 0], data_offsets: [0, 0] } }, 0),
    /bytes of memory with the shapes of its tensors/,
  ],
  [
    "a trajectory of four billion steps",
    "trajectory",
    framed({ "s4000000000/loss": { dtype: "F32", shape: [1], data_offsets: [0, 4] } }, 4),
    /has a step 4000000000 and 1 tensors/,
  ],
  [
    "a header of 270,000 tensors",
    "safetensors",
    entries(270_000),
    /^$/,
  ],
  ["a header of 1.5 million tensors", "safetensors", entries(1_500_000), /at most 16777216 are/],
  [
    "a metadata string of 15 MB",
    "safetensors",
    framed({ __metadata__: { a: 'b"'.repeat(5_000_000) } }, 0),
    /^$/,
  ],
  ["zeros outside the wanted folder", "wanted", tar({ zeros: 2 ** 26 }), /as a zip bomb does/],
  ["headers outside the wanted folder", "wanted", tar({ headers: 2 ** 16 }), /as a zip bomb does/],
  ["a negative length", "archives", tar({ pax: "12 size=-51\n" }), /an impossible length/],
  [
    "a length in another writing",
    "archives",
    tar({ pax: "12 size=1e9\n" }),
    /an impossible length/,
  ],
];

for (const [what, target, bytes, refused] of bombs) {
  Deno.test(`${what} costs less than 512 MiB and 5 s of the processor`, async () => {
    const file = await Deno.makeTempFile();
    await Deno.writeFile(file, bytes);
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", "-P=fuzz", "--no-prompt", "test/fuzz/open.ts", target, file],
      cwd: decodeURIComponent(new URL("../../", import.meta.url).pathname),
    }).output();
    await Deno.remove(file);
    const said = new TextDecoder().decode(stdout);
    assert.notEqual(said, "", new TextDecoder().decode(stderr));
    const cost = JSON.parse(said);
    assert.match(cost.refused ?? "", refused);
    if (!/^\^\$$/.test(refused.source)) assert.match(cost.refused, /^\w*Error: /);
    assert.ok(cost.mebibytes < 512 && cost.seconds < 5, said);
  });
}
