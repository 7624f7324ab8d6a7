/** Unpacking wheels. fixtures/tensor/wheel.zip was written by CPython 3.11's zipfile. */

import assert from "node:assert/strict";
import { UserError } from "../../lib/errors.ts";
import { unzip } from "../../lib/tensor/zip.ts";

const fixture = new URL("../fixtures/tensor/wheel.zip", import.meta.url);

/** Unpacks everything of the fixture, with its bytes changed, and gives the folder to `look`. */
async function unpacked(
  change: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array,
  look: (unpack: () => Promise<Record<string, number>>, folder: string) => Promise<void>,
) {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeFile(`${folder}/w.zip`, change(await Deno.readFile(fixture)));
    await look(() => unzip(`${folder}/w.zip`, `${folder}/a/b`, () => true), folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The bytes with every `from` replaced by `to`, of the same length. */
function replaced(bytes: Uint8Array, from: string, to: string): Uint8Array {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return Uint8Array.from(text.replaceAll(from, to), (char) => char.charCodeAt(0));
}

Deno.test("files that Python packed come out as they were, stored, deflated and empty", async () => {
  await unpacked((bytes) => bytes, async (unpack, folder) => {
    const sizes = await unpack();
    assert.deepEqual(sizes, {
      "tensorflow/libtensorflow_cc.so.2": 120,
      "tensorflow/libtensorflow_framework.so.2": 9,
      "tensorflow/include/tensorflow/c/c_api.h": 90,
      "tensorflow/include/empty.h": 0,
      "tensorflow/python/big.so": 10,
    });
    const read = (path: string) => Deno.readTextFile(`${folder}/a/b/tensorflow/${path}`);
    assert.equal(await read("libtensorflow_cc.so.2"), "cc ".repeat(40));
    assert.equal(await read("libtensorflow_framework.so.2"), "framework");
    assert.equal(await read("include/tensorflow/c/c_api.h"), "// header\n".repeat(9));
    assert.equal(await read("include/empty.h"), "");
  });
});

Deno.test("only what is wanted is written", async () => {
  await unpacked((bytes) => bytes, async (_unpack, folder) => {
    await unzip(`${folder}/w.zip`, folder, (path) => path.endsWith(".h"));
    assert.deepEqual(Array.from(Deno.readDirSync(`${folder}/tensorflow`), (e) => e.name), [
      "include",
    ]);
  });
});

for (
  const path of ["../../tensorflow/out.so.", "/etc/flow/python/big.so.", "tensorflow/../..\\big.so"]
) {
  const name = path.padEnd(24, "x").slice(0, 24);
  Deno.test(`a file that would land outside is refused: ${name}`, async () => {
    const outside = (bytes: Uint8Array) => replaced(bytes, "tensorflow/python/big.so", name);
    await unpacked(outside, async (unpack, folder) => {
      await assert.rejects(
        unpack(),
        (error: Error) =>
          error instanceof UserError && error.message.includes(JSON.stringify(name)),
      );
      assert.deepEqual(Array.from(Deno.readDirSync(folder), (e) => e.name).sort(), ["a", "w.zip"]);
    });
  });
}

Deno.test("a changed byte, a cut end and a file of another kind are refused in one line", async () => {
  const damages: [RegExp, (bytes: Uint8Array) => Uint8Array][] = [
    [/wrong checksum/, (bytes) => replaced(bytes, "framework", "frameworx")],
    [/no table of contents/, (bytes) => bytes.slice(0, 300)],
    [/cut short/, (bytes) => bytes.slice(200)],
    [/no table of contents/, () => new TextEncoder().encode("<html>not found</html>")],
    [/no table of contents/, () => new Uint8Array()],
  ];
  for (const [why, damage] of damages) {
    await unpacked(damage, async (unpack) => {
      await assert.rejects(unpack(), (error: Error) => {
        assert.ok(error instanceof UserError, String(error));
        assert.match(error.message, why);
        assert.ok(!error.message.includes("\n"));
        return true;
      });
    });
  }
});

Deno.test("a file that unpacks to more than it declares is stopped", async () => {
  const understate = (bytes: Uint8Array) => {
    const changed = bytes.slice();
    const at = changed.findIndex((_, i) =>
      changed[i] === 0x50 && changed[i + 1] === 0x4b && changed[i + 2] === 1
    );
    new DataView(changed.buffer).setUint32(at + 24, 100, true); // of 120
    return changed;
  };
  await unpacked(understate, async (unpack) => {
    await assert.rejects(unpack(), { name: "UserError", message: /too large/ });
  });
});

Deno.test("a name that is a file and a folder is refused in one line", async () => {
  await unpacked((bytes) => bytes, async (unpack, folder) => {
    await Deno.mkdir(`${folder}/a/b/tensorflow`, { recursive: true });
    await Deno.writeTextFile(`${folder}/a/b/tensorflow/include`, "a file");
    await assert.rejects(unpack, (error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /can't be unpacked/);
      return true;
    });
  });
});
