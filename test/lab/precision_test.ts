/**
 * The precision as a setting of a run: another cell, other features, and said wherever the numbers are. Where native is not
 * built these tests are skipped.
 */
import assert from "node:assert/strict";
import type { RunRecord } from "../../lib/engine/mod.ts";
import { readPlan, run } from "../../lib/lab/mod.ts";
import { readRecord } from "../../lib/protocols/mod.ts";
import { onNative } from "../native.ts";

const experiment = {
  clip: "random",
  entries: ["zero-shot", { method: "coop", training: { epochs: 2, batchSize: 4 } }],
  datasets: ["pocket-tiles"],
  ...{ shots: [1], seeds: [1], protocol: "few-shot" },
};

/** The records of the experiment by method, with what else the folder has. */
async function ran(precision: "fp32" | "bf16", jobs: number) {
  const out = await Deno.makeTempDir();
  const notes: string[] = [];
  const result = await run(experiment, {
    ...{ out, backend: "native", precision, jobs, workers: 0 },
    onEvent: (event) => event.type === "note" && notes.push(event.text),
  });
  assert.equal(result.failed, 0);
  const plan = await readPlan(out);
  const records = new Map<string, RunRecord>();
  for (const { id, cell } of plan.cells) records.set(cell.method, (await readRecord(out, id))!);
  return { out, plan, records, notes: notes.join("\n") };
}

/** What a record says of numbers: all but times, memory and where it was made. */
const numbers = ({ epochs, results, settings }: RunRecord) => ({
  ...{ results, settings, epochs: epochs.map(({ seconds: _, ...epoch }) => epoch) },
});

const features = async (folder: string) =>
  (await Array.fromAsync(Deno.readDir(folder)).catch(() => [])).length;

onNative(
  "bf16 is another cell, with features of its own, and is said beside the numbers",
  async () => {
    const cache = await Deno.makeTempDir();
    const before = Deno.env.get("PLUMBLINE_FEATURES");
    Deno.env.set("PLUMBLINE_FEATURES", cache);
    try {
      const full = await ran("fp32", 1);
      const kept = await features(cache);
      assert.ok(kept > 0);
      const half = await ran("bf16", 1);
      assert.equal(await features(cache), 2 * kept, "none is shared");
      const away = await ran("bf16", 2);
      const again = await ran("fp32", 1);
      assert.equal(await features(cache), 2 * kept);

      const ids = ({ plan }: typeof full) => plan.cells.map(({ id, training }) => [id, training]);
      assert.deepEqual(ids(again), ids(full));
      assert.deepEqual(ids(away), ids(half));
      for (const [i, pair] of ids(half).entries()) {
        for (const [j, id] of pair.entries()) assert.notEqual(id, ids(full)[i]![j]);
      }
      for (const name of ["zero-shot", "coop"]) {
        const [a, b] = [full.records.get(name)!, half.records.get(name)!];
        assert.deepEqual(numbers(again.records.get(name)!), numbers(a), "float32 as before");
        assert.deepEqual(
          numbers(away.records.get(name)!),
          numbers(b),
          "a worker computes the same",
        );
        assert.equal("precision" in a.backend, false);
        assert.equal(b.backend.precision, "bf16");
        assert.match(b.backend.reason, /in bf16/);
        assert.ok(b.deviations.some((text) => /frozen weights in bfloat16/.test(text)));
        assert.ok(!b.deviations.some((text) => /^computed in float32/.test(text)));
        assert.ok(!a.deviations.some((text) => /bfloat16/.test(text)));
      }
      const losses = [full, half].map(({ records }) => records.get("coop")!.epochs.at(-1)!.loss);
      assert.notEqual(losses[0], losses[1]);
      assert.match(half.notes, /Backend: native, .* in bf16/);
      const report = await Deno.readTextFile(`${half.out}/report.md`);
      assert.match(report, /in bf16/);
      assert.match(report, /products with frozen weights in bfloat16/);
      assert.doesNotMatch(await Deno.readTextFile(`${full.out}/report.md`), /bf16|bfloat16/);
    } finally {
      if (before === undefined) Deno.env.delete("PLUMBLINE_FEATURES");
      else Deno.env.set("PLUMBLINE_FEATURES", before);
    }
  },
);

Deno.test("a precision that there is not, and one that a backend has not, are refused in a line", async () => {
  const out = await Deno.makeTempDir();
  const told = (more: object) => run(experiment, { out, backend: "wasm", jobs: 1, ...more });
  await assert.rejects(told({ precision: "fp8" }), {
    name: "UserError",
    message: /precision.*fp8/,
  });
  await assert.rejects(told({ precision: "bf16" }), {
    name: "UserError",
    message: /^--precision bf16 needs the native backend/,
  });
});
