/** Names that others wrote reach no terminal raw. */
import assert from "node:assert/strict";
import { plan } from "../fuzz/seeds.ts";
import { safe } from "../../lib/terminal.ts";

const repository = decodeURIComponent(new URL("../../", import.meta.url).pathname);

Deno.test("lines stay lines; all else that steers a terminal is shown as its code", () => {
  assert.equal(safe("a\nb"), "a\nb");
  assert.equal(
    safe("\x1b]0;x\x07\r\x9b2J\u202eabc\x7f"),
    "\\u001b]0;x\\u0007\\u000d\\u009b2J\\u202eabc\\u007f",
  );
});

Deno.test("a parity folder's names and a plan's cells come out with their control characters escaped", async () => {
  const folder = await Deno.makeTempDir();
  const hostile = "\x1b]0;owned\x07\x1b[2Jname\r\u202e";
  await Deno.writeTextFile(
    `${folder}/manifest.json`,
    JSON.stringify({ records: [{ name: hostile, file: "x.safetensors", kind: hostile }] }),
  );
  const written = JSON.parse(new TextDecoder().decode(plan[0]));
  const cell = { ...written.cells[0].cell, protocol: hostile, method: hostile };
  const cells = [{ ...written.cells[0], id: "c0", cell }];
  await Deno.writeTextFile(`${folder}/plan.json`, JSON.stringify({ ...written, cells }));
  await Deno.mkdir(`${folder}/failed`);
  await Deno.writeTextFile(
    `${folder}/failed/c0.json`,
    JSON.stringify({ schema: 1, id: "c0", cell, error: hostile, at: "" }),
  );
  for (const args of [["verify", folder, "--backend", "cpu"], ["status", folder]]) {
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-prompt", `lib/cli/${args[0]}.ts`, ...args.slice(1)],
      cwd: repository,
      env: { NO_COLOR: "1" },
    }).output();
    const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    assert.match(said, /\\u001b\]0;owned\\u0007/, args[0]);
    // deno-lint-ignore no-control-regex -- these are what must not come
    assert.doesNotMatch(said, /[\0-\x09\x0b-\x1f\x7f-\x9f\u202e]/, args[0]);
  }
});
