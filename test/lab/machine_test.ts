/** What is measured of the machine: that it is of this machine, and leaves nothing behind. */
import assert from "node:assert/strict";
import { halfIsFaster, measureMachine } from "../../lib/lab/machine.ts";
import { memory, useBackend } from "../../lib/tensor/mod.ts";
import { onNative } from "../native.ts";

onNative("whether bfloat16 is faster is measured anew, and leaves no tensor behind", async () => {
  await useBackend("native", "bf16");
  const before = memory().tensors;
  assert.equal(typeof await halfIsFaster(), "boolean");
  assert.equal(memory().tensors, before);
  const { rate, overhead, doubles } = await measureMachine();
  assert.ok(rate > 1e8 && overhead > 0 && overhead < 1e-2, `${rate} ${overhead}`);
  assert.ok(doubles! > 1e8 && doubles! < rate, `${doubles} of ${rate}`);
  assert.equal(memory().tensors, before);
  await useBackend("native");
});
