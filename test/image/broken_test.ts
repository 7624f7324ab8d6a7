/** Files that are not what they should be: one line each, that names the file. */

import assert from "node:assert/strict";
import { decodeImage } from "../../lib/image/mod.ts";
import { UserError } from "../../lib/errors.ts";
import { fixtures } from "./records.ts";

/** The message of decoding `bytes`, which must be a single line and name the file. */
async function refusal(source: Uint8Array | string, name = "photo.jpg"): Promise<string> {
  const error = await decodeImage(source, name).then(() => undefined, (error) => error);
  assert.ok(error instanceof UserError, `${name}: ${error ?? "was decoded"}`);
  assert.ok(error.message.startsWith(name) && !error.message.includes("\n"), error.message);
  return error.message;
}

const bytesOf = (file: string) => Deno.readFileSync(fixtures + file);

Deno.test("files cut short anywhere are refused", async () => {
  for (const file of ["baseline.jpg", "progressive.jpg", "rgb.png", "rgb.webp", "cmyk.jpg"]) {
    const bytes = bytesOf(file);
    for (const part of [0.1, 0.5, 0.9]) {
      const cut = bytes.subarray(0, Math.trunc(bytes.length * part));
      assert.match(await refusal(cut, file), /is damaged or cut short \(.+\): fetch it again/);
    }
  }
  const { length } = bytesOf("baseline.jpg");
  await refusal(bytesOf("baseline.jpg").subarray(0, length - 2));
});

Deno.test("a PNG whose checksum is wrong is refused", async () => {
  const bytes = bytesOf("rgb.png");
  bytes[bytes.length - 20]! ^= 1;
  assert.match(await refusal(bytes), /damaged/);
});

Deno.test("text, nothing, other formats and folders are refused for what they are", async () => {
  assert.match(await refusal(new TextEncoder().encode("<html>not here</html>")), /not a JPEG, PNG/);
  assert.match(
    await refusal(new TextEncoder().encode("GIF89a\x01\x00\x01\x00")),
    /not a JPEG, PNG/,
  );
  assert.match(await refusal(new TextEncoder().encode("<svg xmlns='…'/>")), /not a JPEG, PNG/);
  assert.match(await refusal(new Uint8Array()), /is empty/);
  assert.match(await refusal(fixtures, fixtures), /is not a file/);
  const absent = `${fixtures}absent.jpg`;
  assert.match(await refusal(absent, absent), /does not exist/);
});

Deno.test("a header that claims a huge image is refused before anything is allocated", async () => {
  const bytes = bytesOf("rgb.png");
  const header = new DataView(bytes.buffer);
  header.setUint32(16, 100_000);
  header.setUint32(20, 100_000);
  header.setUint32(29, crc32(bytes.subarray(12, 29)));
  assert.match(await refusal(bytes), /more than 89478485 pixels by its header/);
});

Deno.test("a 16-bit grey PNG, which Pillow turns white, is refused", async () => {
  assert.match(await refusal(bytesOf("l_16bit.png")), /16-bit grey PNG.*convert it to 8 bits/);
});

/** PNG's checksum (ISO 3309), one bit at a time. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
