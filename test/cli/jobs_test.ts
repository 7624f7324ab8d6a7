import assert from "node:assert/strict";
import { countFiles, ended, quick, small, start } from "./commands.ts";

Deno.test("two processes side by side give the records that one gives, and one report", async () => {
  const folder = await Deno.makeTempDir();
  const run = async (out: string, ...more: string[]) => {
    const args = [...quick, "--methods", "zero-shot,coop,kgcoop", "--set", "contextLength=4"];
    const { code, lines } = await ended(
      start("reproduce", [...args, "--out", `${folder}/${out}`, ...more], ["--allow-run"]),
    );
    assert.equal(code, 0, lines.join("\n"));
    return lines;
  };
  const [, lines] = await Promise.all([run("one"), run("two", "--jobs", "2")]);
  assert.ok(lines.some((line) => line.startsWith("cells: 3/3")), lines.join("\n"));
  const { cells } = JSON.parse(await Deno.readTextFile(`${folder}/one/plan.json`));
  for (const { id } of cells) {
    const [a, b] = ["one", "two"].map((out) =>
      JSON.parse(Deno.readTextFileSync(`${folder}/${out}/records/${id}.json`))
    );
    assert.deepEqual(b.results, a.results);
  }
  assert.equal(countFiles(`${folder}/two/records`), 3);
  const again = await run("two", "--jobs", "2");
  assert.ok(again.includes("3 of 3 cells were already done."), again.join("\n"));
  const tables = (out: string) => {
    const { tables } = JSON.parse(Deno.readTextFileSync(`${folder}/${out}/report.json`));
    return tables.filter(({ id }: { id: string }) => id === "base-to-new");
  };
  assert.deepEqual(tables("two"), tables("one"));
});

for (const [signal, code] of [["SIGINT", 130], ["SIGKILL", 137]] as const) {
  Deno.test(`ended by ${signal}, it leaves no process behind that would run on`, async () => {
    const out = `${await Deno.makeTempDir()}/out`;
    const args = [...small, "--methods", "prometar", "--epochs", "50", "--jobs", "2"];
    const running = start("reproduce", [...args, "--out", out], ["--allow-run"]);
    const ending = ended(running);
    while (countFiles(`${out}/locks`) < 2) await new Promise((resolve) => setTimeout(resolve, 50));
    const pids = [...Deno.readDirSync(`${out}/locks`)]
      .map(({ name }) => JSON.parse(Deno.readTextFileSync(`${out}/locks/${name}`)).pid);
    running.kill(signal);
    assert.equal((await ending).code, code);
    while (pids.some(lives)) await new Promise((resolve) => setTimeout(resolve, 100));
  });
}

function lives(pid: number): boolean {
  try {
    Deno.kill(pid, "SIGCONT");
    return true;
  } catch {
    return false;
  }
}
