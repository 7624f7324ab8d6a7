/**
 * WebGPU against the published code's records: first and second derivatives, and every step of every method. Mesa's
 * software adapter has a GPU's rules and roundings, and not its speed.
 */

import assert from "node:assert/strict";
import { verifyFolder } from "../../lib/parity/mod.ts";
import { BACKEND, onAdapter } from "./adapter.ts";

onAdapter("the published code's records are followed on WebGPU", async () => {
  const rows = await verifyFolder(undefined, { backend: BACKEND });
  assert.ok(rows.length >= 64);
  for (const { record, verdict, backend, items, worst, failure } of rows) {
    assert.equal(verdict, "ok", `${record}: ${failure ?? JSON.stringify(worst)}`);
    assert.equal(backend, "webgpu");
    assert.ok(items > 0, record);
  }
});
