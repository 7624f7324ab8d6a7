/** docs/own_experiment.ts as somebody has it: in a folder of their own, with the module imported over HTTP. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { readReport, reportRows } from "../../lib/report/mod.ts";
import { importsFrom, serve } from "../module/registry.ts";

const script = new URL("../../docs/own_experiment.ts", import.meta.url);

Deno.test("25 lines outside the repository run a method of their own beside CoOp and ProGrad, to a report", async () => {
  const text = await Deno.readTextFile(script);
  assert.ok(text.trim().split("\n").length <= 25);
  const { origin } = serve();
  const { host } = new URL(origin);
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(join(folder, "main.ts"), text);
  await Deno.copyFile(new URL("../../deno.lock", import.meta.url), join(folder, "deno.lock"));
  const imports = importsFrom(origin);
  await Deno.writeTextFile(join(folder, "deno.json"), JSON.stringify({ imports }));
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", `--allow-import=${host}`, `--allow-net=${host}`, "--allow-read"],
      ...["--allow-write=out", "--allow-env", "--allow-ffi", "--allow-sys=hostname"],
      ...["main.ts", "out", "1"],
    ],
    cwd: folder,
    env: { NO_COLOR: "1", PLUMBLINE_BACKEND: "wasm" },
  }).output();
  const [printed, said] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)) as [
    string,
    string,
  ];
  assert.equal(code, 0, said);
  assert.match(said, /the method anchored .*: its cells run in this process\./);
  assert.match(said, /^18\/18 base-to-new, anchored on pocket-textures, 4 shots, seed 3$/m);
  // Paired over seeds, with an interval.
  assert.match(printed, /^\| anchored \| CoOp \| .*±.*\[.*\]\) \|/m);
  assert.match(printed, /^n = 3\.$/m);
  assert.match(printed, /^\| ProGrad \| CoOp \| /m);

  const report = await readReport(join(folder, "out"));
  const rows = reportRows(report).filter(({ method }) => method === "anchored");
  assert.equal(rows.length, 2 * 3 * 2, "two sets, three seeds, two halves");
  const cells = report.cells.filter(({ config }) => config.method === "anchored");
  assert.ok(cells.every(({ seconds }) => seconds!.training > 0), "its cost");
  const record = await Deno.readTextFile(join(folder, `out/records/${cells[0]!.id}.json`));
  assert.ok(JSON.parse(record).epochs[0].gradients["gradient/norm"] > 0);
  const markdown = await Deno.readTextFile(join(folder, "out/report.md"));
  assert.match(markdown, /\| Pocket tiles \| anchored \| [\d.]+ ± /);
  assert.match(markdown, /\| anchored \| CoOp \| /);
  assert.match(markdown, /\| anchored \| Pocket tiles \| gradient\/norm \| [\d.]+ ± /);
  await Deno.remove(folder, { recursive: true });
});
