import assert from "node:assert/strict";
import { stripLibrary } from "../../lib/tensor/elf.ts";

const [HEADER, ENTRY, LOADED, SYMBOLS] = [64, 56, 300, 100];

/** A library of one part, loaded whole, with symbols and a table of sections after it. */
function library(): Uint8Array<ArrayBuffer> {
  const bytes = Uint8Array.from({ length: LOADED + SYMBOLS }, (_, i) => i % 251);
  bytes.fill(0, 0, HEADER + ENTRY);
  bytes.set(new TextEncoder().encode("\x7fELF\x02\x01\x01"));
  const view = new DataView(bytes.buffer);
  view.setBigUint64(32, BigInt(HEADER), true); // where program headers are
  view.setBigUint64(40, BigInt(LOADED + 40), true); // where sections are
  view.setUint16(54, ENTRY, true);
  view.setUint16(56, 1, true);
  view.setUint16(60, 2, true); // sections
  view.setUint16(62, 1, true);
  view.setUint32(HEADER, 1, true); // to be loaded
  view.setBigUint64(HEADER + 32, BigInt(LOADED), true);
  return bytes;
}

async function stripped(bytes: Uint8Array): Promise<Uint8Array> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, bytes);
    const size = stripLibrary(path);
    const left = await Deno.readFile(path);
    assert.equal(size, left.length);
    return left;
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("a stripped library is what is loaded of it, and names no sections", async () => {
  const left = await stripped(library());
  const expected = library().subarray(0, LOADED);
  const view = new DataView(expected.buffer);
  view.setBigUint64(40, 0n, true);
  view.setUint32(60, 0, true);
  assert.deepEqual(left, expected);
  assert.deepEqual(await stripped(left), left);
});

Deno.test("what is no library is left as it is", async () => {
  for (const text of ["", "MZ", "x".repeat(500)]) {
    const bytes = new TextEncoder().encode(text);
    assert.deepEqual(await stripped(bytes), bytes);
  }
});
