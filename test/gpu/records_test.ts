/**
 * WebGPU against the published code's records, on whatever adapter there is: a GPU, or Mesa's software adapter, which has the
 * same rules and rounds as they do, and no GPU's speed.
 */

import assert from "node:assert/strict";
import { verifyFolder } from "../../lib/parity/mod.ts";
import { useBackend } from "../../lib/tensor/mod.ts";

/** `webgpu` takes a GPU alone; this takes what there is. */
const BACKEND = "webgpu:software";
const available = await useBackend(BACKEND).then(() => true, () => false);

Deno.test({
  name: `the published code's records are followed on WebGPU${
    available ? "" : " (skipped: no adapter is here)"
  }`,
  ignore: !available,
  async fn() {
    const rows = await verifyFolder(undefined, { backend: BACKEND });
    assert.ok(rows.length >= 64);
    for (const { record, verdict, backend, items, worst, failure } of rows) {
      assert.equal(verdict, "ok", `${record}: ${failure ?? JSON.stringify(worst)}`);
      assert.equal(backend, "webgpu");
      assert.ok(items > 0, record);
    }
  },
});
