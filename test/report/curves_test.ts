/** Event files are what TensorBoard reads: bytes of a record made by its own writer, and RFC 3720's checksums. */
import assert from "node:assert/strict";
import { tensorboardCurves } from "../../lib/report/curves.ts";
import { crc32c, record } from "../../lib/report/tfrecord.ts";

Deno.test("checksums are those of RFC 3720, appendix B.4", () => {
  assert.equal(crc32c(new Uint8Array(32)), 0x8a9136aa);
  assert.equal(crc32c(new Uint8Array(32).fill(0xff)), 0x62a8ab43);
  assert.equal(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e);
});

Deno.test("a record is as TensorBoard's own writer makes it", () => {
  assert.equal(
    record(new TextEncoder().encode("plumbline")).toHex(),
    "090000000000000037f97139706c756d626c696e65e31843fd",
  );
});

Deno.test("an epoch's event is as TensorBoard's own classes serialise it", async () => {
  const log = tensorboardCurves(`${await Deno.makeTempDir()}/coop`);
  log.add({ epoch: 299, rate: 0.002, loss: 1.5, accuracy: 62.5, seconds: 3 });
  const bytes = await Deno.readFile(log.path);
  const view = new DataView(bytes.buffer);
  const first = Number(view.getBigUint64(0, true));
  const at = 12 + first + 4;
  const length = Number(view.getBigUint64(at, true));
  assert.equal(bytes.length, at + 12 + length + 4);
  const event = bytes.slice(at + 12, at + 12 + length);
  event.fill(0, 1, 9); // the time
  assert.equal(
    event.toHex(),
    "09000000000000000010ac022a3d0a110a0a747261696e2f6c6f7373150000c03f0a150a0e747261696e2f61636375726163791500007a420a110a0a747261696e2f72617465156f12033b",
  );
});
