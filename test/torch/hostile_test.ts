/** Torch files that ask for more than tensors, state what can't be, or are damaged: one line, nothing run, little memory. */
import assert from "node:assert/strict";
import process from "node:process";
import { UserError } from "../../lib/errors.ts";
import { readTorch, torchTensors } from "../../lib/torch/mod.ts";
import { zipArchive } from "../../lib/torch/zip_write.ts";
import { archived, int, pickle, tensor, text } from "./pickles.ts";

const fixtures = decodeURIComponent(new URL("../fixtures/torch/", import.meta.url).pathname);

async function open(bytes: Uint8Array): Promise<void> {
  const path = await Deno.makeTempFile({ suffix: ".pt" });
  try {
    await Deno.writeFile(path, bytes);
    for (const tensor of torchTensors(await readTorch(path)).values()) tensor.read();
  } finally {
    await Deno.remove(path);
  }
}

const repeated = (byte: number, times: number) => new Uint8Array(times).fill(byte);
const stop = ".";

/** `os.system("touch …")`, by each of the ways in which a pickle calls. */
const proof = `${Deno.makeTempDirSync()}/was-run`;
const calls: Record<string, Uint8Array> = {
  reduce: pickle("cos\nsystem\n", text(`touch ${proof}`), 0x85, 0x52, stop),
  posix: pickle("cposix\nsystem\n", text(`touch ${proof}`), 0x85, 0x52, stop),
  eval: pickle("cbuiltins\neval\n", text("exit()"), 0x85, 0x52, stop),
  getattr: pickle("cbuiltins\ngetattr\n", text("x"), 0x85, 0x52, stop),
  "torch's own loader": pickle("ctorch.storage\n_load_from_bytes\n", text("x"), 0x85, 0x52, stop),
  "by name from the stack": pickle(text("os"), text("system"), 0x93, text("ls"), 0x85, 0x52, stop),
};

for (const [way, bytes] of Object.entries(calls)) {
  Deno.test(`a call (${way}) is refused by its name`, async () => {
    await assert.rejects(
      open(archived(bytes)),
      (error) =>
        error instanceof UserError &&
        /asks for (os\.system|posix\.system|builtins\.\w+|torch\.storage\._load_from_bytes), which is no part/
          .test(error.message) &&
        /nothing in it was run/.test(error.message),
    );
    await assert.rejects(Deno.stat(proof), Deno.errors.NotFound);
  });
}

Deno.test("the old opcodes that call and make instances are not read", async () => {
  for (const code of ["i", "o", "P", "0x82"]) {
    const opcode = code.length > 1 ? 0x82 : code;
    await assert.rejects(open(archived(pickle(0x28, opcode, "os\nsystem\n", stop))), UserError);
  }
});

const wrong: [what: string, bytes: Uint8Array, message: RegExp][] = [
  ["a shape beyond the storage", archived(pickle(tensor({ shape: [5] }), stop)), /more than its/],
  ["an offset beyond it", archived(pickle(tensor({ offset: 1 }), stop)), /more than its storage/],
  [
    "a huge shape of no stride",
    archived(pickle(tensor({ shape: [2 ** 30, 2 ** 30], strides: [0, 0] }), stop)),
    /contiguous/,
  ],
  ["a negative stride", archived(pickle(tensor({ strides: [-1] }), stop)), /no whole numbers/],
  [
    "strides of another rank",
    archived(pickle(tensor({ shape: [2, 2], strides: [1] }), stop)),
    /strides \[1\]/,
  ],
  [
    "100 dimensions",
    archived(pickle(tensor({ shape: Array(100).fill(1), strides: Array(100).fill(1) }), stop)),
    /it has a tensor of shape/,
  ],
  ["a storage of another size", archived(pickle(tensor({ count: 5 }), stop)), /has 16 bytes/],
  ["a storage that is missing", archived(pickle(tensor({ key: "9" }), stop)), /"9" is missing/],
  ["a path for a storage", archived(pickle(tensor({ key: "../0" }), stop)), /is missing/],
  [
    "an unknown type",
    archived(pickle(tensor({ type: "QUInt8Storage" }), stop)),
    /asks for torch\.Q/,
  ],
  ["a stack that is empty", archived(pickle(0x85, stop)), /takes what it never put/],
  ["a mark that is missing", archived(pickle(0x74, stop)), /no mark/],
  ["a memo that is missing", archived(pickle(0x68, 9, stop)), /recalls what/],
  ["no end", archived(pickle(0x4e)), /cut short/],
  ["a text of 4 GiB", archived(pickle(0x58, repeated(255, 4), stop)), /cut short/],
  ["a number of 4 GiB", archived(pickle(0x8b, repeated(255, 4), stop)), /a number in it has/],
  ["protocol 9", archived(Uint8Array.of(0x80, 9, 0x2e)), /protocol 9/],
  ["a list as a key", archived(pickle("}", "]", "N", "s", stop)), /a key that is no text/],
  ["a call of a number", archived(pickle(int(1), 0x29, 0x52, stop)), /nothing to call/],
  [
    "a zip of something else",
    zipArchive([["a/b", new Uint8Array(1)]]),
    /without torch's data\.pkl/,
  ],
  [
    "a file twice",
    zipArchive([["a/data.pkl", pickle("N", stop)], ["a/data.pkl", pickle("N", stop)]]),
    /twice/,
  ],
  ["nothing", new Uint8Array(0), /no file of torch\.save/],
  ["a text", new TextEncoder().encode("version https://git-lfs"), /no file of torch\.save/],
];

for (const [what, bytes, message] of wrong) {
  Deno.test(`${what} is told in one line`, async () => {
    await assert.rejects(
      open(bytes),
      (error) => error instanceof UserError && message.test(error.message),
      `not ${message}`,
    );
  });
}

/** Each is small, and makes a careless reader recurse or allocate. */
const bombs: [what: string, bytes: Uint8Array][] = [
  ["lists, ten million deep", archived(pickle(repeated(0x5d, 1e7), repeated(0x61, 1e7 - 1), stop))],
  ["dictionaries in one another", archived(pickle(...nested(2000), stop))],
  [
    "a dictionary that names the one before twice, sixty times",
    archived(pickle(...doubled(60), stop)),
  ],
  ["20 MB of nothing", archived(pickle(repeated(0x4e, 2e7), stop))],
  ["copies of a list of pairs", archived(pickle(copies(), stop))],
];

function* nested(depth: number) {
  for (let i = 0; i < depth; i++) yield* ["}", text("a")];
  yield "N";
  for (let i = 0; i < depth; i++) yield "s";
}

function* doubled(times: number) {
  yield* ["}", 0x71, 0];
  for (let i = 0; i < times; i++) {
    yield* ["}", 0x28, text("a"), 0x68, i, text("b"), 0x68, i, "u", 0x71, i + 1];
  }
}

function copies() {
  const pairs = repeated(0x4b, 4 * 65_536); // BININT1 of two numbers' places, NONE TUPLE2
  for (let i = 0; i < 65_536; i++) pairs.set([0x4b, i % 256, 0x4e, 0x86], 4 * i);
  const calls = new Uint8Array(5 * 10_000);
  for (let i = 0; i < 10_000; i++) calls.set([0x68, 0, 0x68, 1, 0x52], 5 * i);
  return pickle("ccollections\nOrderedDict\n", 0x71, 0, "]", 0x28, pairs, "e", 0x85, 0x71, 1, calls)
    .subarray(2);
}

for (const [what, bytes] of bombs) {
  Deno.test(`${what}: refused within bounds`, async () => {
    const before = process.resourceUsage().maxRSS;
    await assert.rejects(open(bytes), UserError);
    const mebibytes = (process.resourceUsage().maxRSS - before) / 1024;
    assert.ok(mebibytes < 500, `${mebibytes} MiB`);
  });
}

Deno.test("a file cut anywhere, or with any one byte changed, is refused or whole", async () => {
  for (const name of ["script_state", "legacy"]) {
    const whole = await Deno.readFile(`${fixtures}${name}.pt`);
    for (let at = 0; at < whole.length; at += 41) {
      await assert.rejects(open(whole.subarray(0, at)), UserError, `${name} cut at ${at}`);
      const changed = Uint8Array.from(whole);
      changed[at]! ^= 0xff;
      await open(changed).catch((error) =>
        assert.ok(error instanceof UserError, `${at}: ${error}`)
      );
    }
  }
});
