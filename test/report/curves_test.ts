/** Event files are what TensorBoard reads: bytes of a record made by its own writer, and RFC 3720's checksums. */
import assert from "node:assert/strict";
import { csvCurves, tensorboardCurves } from "../../lib/report/curves.ts";
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

Deno.test("what was asked for in between is columns and scalars more, where an epoch has it", async () => {
  const folder = await Deno.makeTempDir();
  const epoch = { rate: 0.002, loss: 1.5, accuracy: 62.5, seconds: 3 };
  const asked = { accuracy: { test: 50, new: 25.5 }, seconds: 1 };
  const csv = csvCurves(`${folder}/coop.csv`, ["test", "new"]);
  const board = tensorboardCurves(`${folder}/coop`);
  for (const log of [csv, board]) {
    log.add({ ...epoch, epoch: 0 });
    log.add({ ...epoch, epoch: 1, asked });
  }
  assert.equal(
    await Deno.readTextFile(csv.path),
    "epoch,rate,loss,accuracy,seconds,accuracy_test,accuracy_new\n" +
      "1,0.002,1.5,62.5,3,,\n2,0.002,1.5,62.5,3,50,25.5\n",
  );
  const text = new TextDecoder("latin1").decode(await Deno.readFile(board.path));
  for (const tag of ["test/accuracy", "new/accuracy"]) assert.equal(text.split(tag).length, 2);
});
