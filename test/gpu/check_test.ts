/** The GPU's check, as far as a CPU allows: every stage of it runs, and its end is told by what they gave. */

import assert from "node:assert/strict";
import { onGpu, passed, type Results } from "./check.ts";
import { onAdapter } from "./adapter.ts";

const root = new URL("../../", import.meta.url);

onAdapter(
  "the check is rehearsed on the CPU: parity, a counted step, and results that say what they are",
  async () => {
    const out = await Deno.makeTempFile({ suffix: ".json" });
    const { code, stdout, stderr } = await new Deno.Command("bash", {
      args: ["test/gpu/check.sh", "--rehearse", "--out", out],
      cwd: root,
      env: { PATH: `${Deno.execPath().replace(/\/[^/]*$/, "")}:${Deno.env.get("PATH")}` },
    }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr) + new TextDecoder().decode(stdout));
    const results: Results = JSON.parse(await Deno.readTextFile(out));
    assert.ok(results.rehearsal, "what was no check does not pass for one");
    const webgpu = results.backends["webgpu:software"]!;
    assert.ok(!("failed" in webgpu));
    assert.match(webgpu.device, /^GPU \(/);
    assert.ok(!("failed" in webgpu.parity));
    assert.deepEqual([webgpu.parity.records, webgpu.parity.ok], [2, 2]);
    assert.ok(webgpu.parity.worst > 0 && webgpu.parity.worst < 1);
    const step = webgpu.steps["pocket/coop"]!;
    assert.ok(!("failed" in step) && step.secondsPerStep > 0);
    assert.ok(step.traffic!.dispatches > 100 && step.traffic!.reads === 1);
    const half = webgpu.steps["pocket/coop fp16"];
    assert.ok(half && !("failed" in half) && half.secondsPerStep > 0);
    assert.ok(passed(results));
  },
);

Deno.test("a check passes when something computed, all of it within tolerance", () => {
  const parity = (ok: number) => ({ records: 2, ok, worst: 0.3, rows: [] });
  const of = (...backends: Results["backends"][string][]): Results => ({
    ...{ measured: "", rehearsal: false, gpu: "", deno: "", torch: { failed: "" }, seconds: 0 },
    backends: Object.fromEntries(backends.map((backend, i) => [i, backend])),
  });
  const good = { device: "GPU", parity: parity(2), steps: {} };
  const absent = { failed: "native is not set up" };
  assert.ok(passed(of(good, absent)));
  assert.ok(!passed(of(absent)));
  assert.ok(!passed(of(good, { ...good, parity: parity(1) })));
  assert.ok(!passed(of({ ...good, parity: { failed: "the GPU was lost" } })));
  assert.equal(onGpu("GPU (TensorFlow 2.18.1, CUDA)"), "GPU (TensorFlow 2.18.1, CUDA)");
  const cpu = "CPU (TensorFlow 2.18.1, x86_64, 16 threads): the CUDA build found no GPU";
  assert.deepEqual(onGpu(cpu), { failed: `it computes on the ${cpu}` });
});

Deno.test("what is packed for a bare machine is said in the script", async () => {
  const script = await Deno.readTextFile(new URL("check.sh", import.meta.url));
  for (const said of ["--pack FOLDER", "out/gpu", "native --gpu", "libvulkan.so.1"]) {
    assert.ok(script.includes(said), said);
  }
  const { success } = await new Deno.Command("bash", {
    args: ["-n", "test/gpu/check.sh"],
    cwd: root,
  })
    .output();
  assert.ok(success);
});
