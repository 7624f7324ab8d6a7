import assert from "node:assert/strict";
import { status } from "../../lib/cli/status.ts";
import { openClaims } from "../../lib/protocols/mod.ts";
import { madeResults } from "./made_results.ts";

Deno.test("status tells cells done, running, failed and left, from the files alone", async () => {
  const out = await madeResults([
    { cell: { seed: 1 }, accuracy: [80, 60] },
    { cell: { seed: 2 } },
    { cell: { seed: 3 } },
    { cell: { seed: 4 } },
  ]);
  const text = async () => {
    let said = "";
    const code = await status([out], (line) => said += line);
    return { code, lines: said.split("\n") };
  };
  assert.deepEqual(await text(), {
    code: 0,
    lines: ["1 of 4 cells done, 0 running, 0 failed, 3 left."],
  });

  using claims = openClaims(out);
  const claim = await claims.claim("t1");
  assert.ok(claim);
  claim.note("epoch 2/10, loss 1.234");
  const failed = { schema: 1, id: "c2", cell: {}, error: "the loss is NaN", at: "" };
  await Deno.mkdir(`${out}/failed`);
  await Deno.writeTextFile(`${out}/failed/c2.json`, JSON.stringify(failed));
  for (let waited = 0; waited < 150 && !(await text()).lines.join().includes("1.234"); waited++) {
    await new Promise((resolve) => setTimeout(resolve, 100)); // until the lock's next beat
  }
  assert.deepEqual(await text(), {
    code: 1,
    lines: [
      "1 of 4 cells done, 1 running, 1 failed, 1 left.",
      `  running: base-to-new, coop on eurosat, 16 shots, seed 2, epoch 2/10, loss 1.234 (process ${Deno.pid} on ${Deno.hostname()})`,
      "  failed: base-to-new, coop on eurosat, 16 shots, seed 3: the loss is NaN",
    ],
  });
  await claim.release(true);
  assert.equal((await text()).lines[0], "1 of 4 cells done, 0 running, 1 failed, 2 left.");
});

Deno.test("a dead holder's cell is left, not running", async () => {
  const out = await madeResults([{ cell: {} }]);
  await Deno.mkdir(`${out}/locks`);
  const lock = { host: Deno.hostname(), pid: 1, beat: 9, note: "" };
  await Deno.writeTextFile(`${out}/locks/c0.0.json`, JSON.stringify(lock));
  let said = "";
  await status([out], (line) => said += line);
  assert.equal(said, "0 of 1 cells done, 0 running, 0 failed, 1 left.");
});

Deno.test("status of no folder of results is one line", async () => {
  await assert.rejects(status(["/nowhere"], () => {}), /there is no \/nowhere\/plan\.json/);
});
