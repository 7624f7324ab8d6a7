/** Whole cells on WebGPU, from a command line to records, beside the same on wasm. */

import assert from "node:assert/strict";
import type { RunRecord } from "../../lib/engine/mod.ts";
import { onAdapter } from "./adapter.ts";

/** Two gradients through one pass, and second derivatives; `methods_test.ts` has more. */
const METHODS = ["prograd", "prometar"];

onAdapter("a command's cells end on WebGPU as they end on wasm", async () => {
  const folder = await Deno.makeTempDir();
  const [wasm, webgpu] = [await records(folder, "wasm"), await records(folder, "webgpu")];
  for (const name of METHODS) {
    const [expected, found] = [wasm, webgpu].map((of) =>
      of.find(({ cell }) => cell.method === name)!
    ) as [RunRecord, RunRecord];
    assert.equal(found.backend.name, "webgpu");
    const losses = [expected, found].map(({ epochs }) => epochs.map(({ loss }) => loss));
    assert.ok(losses[0]!.length > 0);
    losses[0]!.forEach((loss, i) => assert.ok(Math.abs(losses[1]![i]! - loss) < 1e-4 * loss, name));
    for (const [i, { classes, metrics }] of expected.results.entries()) {
      const own = found.results[i]!.metrics;
      assert.equal(own.n, metrics.n);
      assert.ok(Math.abs(own.accuracy - metrics.accuracy) <= 1, `${name} on ${classes}`);
      const apart = Math.abs(own.calibrationError - metrics.calibrationError);
      assert.ok(apart < 0.05, `${name} on ${classes}: probabilities differ by ${apart} points`);
    }
  }
});

/** Runs `reproduce` as a user does, and reads what it wrote. */
async function records(folder: string, backend: string): Promise<RunRecord[]> {
  const out = `${folder}/${backend}`;
  const data = `pocket-tiles=${folder}/pictures`;
  const args = ["--backend", backend, "--clip", "random", "--data", data, "--out", out];
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-P=reproduce", "--no-prompt", "lib/cli/reproduce.ts", ...args],
      ...["--methods", METHODS.join(), "--epochs", "1", "--seeds", "1", "--shots", "4"],
    ],
    cwd: new URL("../../", import.meta.url),
    env: { NO_COLOR: "1", PLUMBLINE_FEATURES: "off", PLUMBLINE_SOFTWARE_GPU: "1" },
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  const found: RunRecord[] = [];
  for await (const { name } of Deno.readDir(`${out}/records`)) {
    found.push(JSON.parse(await Deno.readTextFile(`${out}/records/${name}`)));
  }
  return found;
}
