import assert from "node:assert/strict";
import { Random } from "../../lib/random/mod.ts";
import { countFiles, ended, quick, small, start } from "./commands.ts";

Deno.test("killed at twenty random moments and started again, it ends with the same tables and predictions", async () => {
  const folder = await Deno.makeTempDir();
  const run = (out: string) =>
    start("reproduce", [
      ...[...small, "--epochs", "4", "--seeds", "1", "--shots", "2", "--jobs", "1"],
      ...["--methods", "zero-shot,promptsrc,coop,prometar", "--out", `${folder}/${out}`],
    ]);
  const whole = await ended(run("whole"));
  assert.equal(whole.code, 0, whole.lines.join("\n"));
  const { cells } = JSON.parse(await Deno.readTextFile(`${folder}/whole/plan.json`));
  const checkpoints = `${folder}/killed/checkpoints`;
  const random = new Random(7);
  let resumed = 0;
  for (let kills = 0; kills < 20; kills++) {
    const running = run("killed");
    const ending = ended(running);
    if (kills % 2 === 0) await patience(1500 * random.random()); // wherever it is just then
    else resumed += await written(checkpoints, ending) ? 1 : 0;
    await patience(150 * random.random());
    try {
      running.kill("SIGKILL");
    } catch {
      // It was done before.
    }
    await ending;
  }
  assert.ok(resumed > 0, "a kill left a checkpoint to go on from");
  const last = await ended(run("killed"));
  assert.equal(last.code, 0, last.lines.join("\n"));
  for (const { id } of cells) {
    const [a, b] = ["whole", "killed"].map((out) =>
      JSON.parse(Deno.readTextFileSync(`${folder}/${out}/records/${id}.json`))
    );
    assert.deepEqual(b.results, a.results);
    assert.deepEqual(b.epochs.map(curve), a.epochs.map(curve));
  }
  const [tables, tablesToo] = ["whole", "killed"].map((out) =>
    JSON.parse(Deno.readTextFileSync(`${folder}/${out}/report.json`)).tables[0]
  );
  assert.equal(tables.id, "base-to-new");
  assert.deepEqual(tablesToo, tables);
  assert.deepEqual(leftovers(`${folder}/killed`), []);
});

const patience = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

/** Waits for a checkpoint to be written, or for the end. */
async function written(folder: string, ending: Promise<unknown>): Promise<boolean> {
  let over = false;
  ending.then(() => over = true);
  const begun = Date.now();
  while (!over) {
    for (const file of names(folder).filter((name) => name.endsWith(".safetensors"))) {
      const { mtime } = Deno.statSync(`${folder}/${file}`);
      if (mtime && mtime.getTime() > begun) return true;
    }
    await patience(5);
  }
  return false;
}

const curve = ({ loss, accuracy }: { loss: number; accuracy: number }) => [loss, accuracy];

/** Files that a kill left half written. */
function leftovers(out: string): string[] {
  return ["records", "checkpoints", "failed", "locks"].flatMap((folder) =>
    names(`${out}/${folder}`).filter((name) => !/^\w+\.json$/.test(name))
  );
}

function names(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch {
    return [];
  }
}

Deno.test("two processes on one folder do each cell once, and both end with the whole report", async () => {
  const out = `${await Deno.makeTempDir()}/out`;
  const args = [...quick, "--methods", "coop,prograd,kgcoop,vpt,zero-shot", "--out", out];
  const both = await Promise.all([1, 2].map(() => ended(start("reproduce", args))));
  const kept = both.map(({ code, lines }) => {
    assert.equal(code, 0, lines.join("\n"));
    const [, count] = /^(\d+) of 5 cells were already done\.$/.exec(
      lines.find((line) => line.includes("already done")) ?? "",
    ) ?? [];
    return Number(count ?? 0);
  });
  assert.equal(kept[0]! + kept[1]!, 5, "what one made the other found");
  assert.equal(countFiles(`${out}/records`), 5);
  assert.equal(countFiles(`${out}/locks`), 0);
  assert.deepEqual(leftovers(out), []);
});
