/** Where a notebook's results come from. */
import assert from "node:assert/strict";
import { results } from "../../lib/notebook/mod.ts";
import { report, writeReport } from "../../lib/report/mod.ts";
import { record, result } from "../report/records.ts";

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

Deno.test("the papers' experiments say what is to be fetched, in one line, when it is not there", async () => {
  const said: string[] = [];
  const cache = Deno.env.get("XDG_CACHE_HOME");
  Deno.env.set("XDG_CACHE_HOME", await Deno.makeTempDir());
  try {
    await assert.rejects(
      results("paper", { pocket: "pocket/x", paper: "prograd/lambda" }, (line) => said.push(line)),
      /^UserError: .*deno task weights RN50.*deno task data/,
    );
  } finally {
    if (cache === undefined) Deno.env.delete("XDG_CACHE_HOME");
    else Deno.env.set("XDG_CACHE_HOME", cache);
  }
  assert.deepEqual(said, []);
});
