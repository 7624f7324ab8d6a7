/** Where a notebook's results come from. */
import assert from "node:assert/strict";
import { denoPath } from "../../lib/deno_path.ts";
import { results } from "../../lib/notebook/mod.ts";
import { report, writeReport } from "../../lib/report/mod.ts";
import { record, result } from "../report/records.ts";

const configPath = decodeURIComponent(new URL("../../deno.json", import.meta.url).pathname);
const ids = { pocket: "pocket/base-to-new", paper: "prometar/base-to-new" };

/** A folder of results with one experiment. */
async function folderOf(experiment: string): Promise<string> {
  const out = await Deno.makeTempDir();
  const run = { ...record({}, [result("eurosat", "new", 50)]), id: "0123456789abcdef" };
  await writeReport(
    out,
    report([run], {
      headline: "Made up",
      command: "deno task reproduce",
      experiments: [{
        ...{ id: experiment, title: "t", protocol: "base-to-new", about: "a", command: "c" },
        cells: [run.id],
      }],
    }),
  );
  return out;
}

Deno.test("a folder of results is read by either name of the experiment", async () => {
  for (const id of Object.values(ids)) {
    const rows = await results(await folderOf(id), ids);
    assert.deepEqual(rows.map(({ accuracy }) => accuracy), [50]);
  }
});

Deno.test("a folder without the experiment, or without a report, is an error that says so", async () => {
  await assert.rejects(
    results(await folderOf("pocket/few-shot"), ids),
    /^UserError: the report has no experiment pocket\/base-to-new/,
  );
  await assert.rejects(results("/nowhere", ids), /^UserError: there is no \/nowhere\/report\.json/);
});

Deno.test("a row says how its method was set", async () => {
  const [row] = await results(await folderOf(ids.pocket), ids);
  assert.equal(row!.preset, "paper");
  assert.equal(typeof row!.settings, "object");
});

Deno.test("the papers' experiments say what is to be fetched, in one line, when it is not there", async () => {
  const code = `const { results } = await import(${
    JSON.stringify(new URL("../../lib/notebook/mod.ts", import.meta.url).href)
  });
    await results("paper", { pocket: "pocket/x", paper: "prograd/lambda" });`;
  // In a process of its own: tests beside this one need the cache that there is.
  const { success, stdout, stderr } = await new Deno.Command(denoPath(), {
    args: ["eval", "-q", "--config", configPath, code],
    env: { XDG_CACHE_HOME: await Deno.makeTempDir(), NO_COLOR: "1" },
  }).output();
  assert.ok(!success);
  assert.equal(new TextDecoder().decode(stdout), "");
  assert.match(
    new TextDecoder().decode(stderr),
    /UserError: .*deno task weights RN50.*deno task data/,
  );
});
