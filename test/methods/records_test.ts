/** The comparators against what their published code computed. */

import assert from "node:assert/strict";
import { readFolder } from "../../lib/parity/manifest.ts";
import { verifyRecord } from "../../lib/parity/record.ts";
import { useBackend } from "../../lib/tensor/mod.ts";
import { publishedPath } from "../published.ts";

Deno.test("KgCoOp, MaPLe, PromptSRC and the linear probe follow their records", async (t) => {
  await useBackend("wasm");
  const folder = await readFolder(publishedPath("comparators"));
  for (const record of folder.records) {
    await t.step(record.name, async () => {
      const { verdict, worst, failure } = await verifyRecord(folder, record, "wasm");
      assert.equal(verdict, "ok", `${failure ?? ""} ${JSON.stringify(worst)}`);
    });
  }
  folder.dispose();
});
