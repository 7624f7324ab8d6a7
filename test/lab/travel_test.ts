/** Values in other processes: a method and a data set of modules of their own. */
import assert from "node:assert/strict";
import { denoPath } from "../../lib/deno_path.ts";
import { ranges } from "../../lib/lab/processes.ts";

const root = new URL("../../", import.meta.url);

/** A program, a method's module and what that imports, in a folder outside the repository. */
async function project(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "somebody's own " });
  const from = JSON.stringify(new URL("lib/methods/mod.ts", root).href);
  const lab = JSON.stringify(new URL("lib/lab/mod.ts", root).href);
  const files = {
    "pull.ts": `export const pull = 1;\n`,
    "own.ts": `import { coop, defineMethod } from ${from};
import { pull } from "./pull.ts";
export const own = defineMethod({
  name: "own",
  settings: coop.settings,
  needs: coop.needs,
  learner: (task, settings) => pull > 0 ? coop.learner(task, settings) : coop.learner(task, settings),
});
`,
    "main.ts": `import { plan, run } from ${lab};
import { defineMethod } from ${from};
import { own } from "./own.ts";
const inline = defineMethod({ ...own, name: "inline", module: import.meta.url });
const [what, out, data, ...more] = Deno.args;
const training = { epochs: 1, batchSize: 32 };
const entries = ["coop", own, inline].map((method) => ({ method, training }));
const experiment = { entries, datasets: ["pocket-tiles"], shots: [1], seeds: [1, 2], clip: "random" };
const roots = { "pocket-tiles": data };
const notes = [];
const onEvent = (event) => event.type === "note" && notes.push(event.text);
const options = { out, data: { roots }, backend: "wasm", workers: 0, jobs: Number(more[0] ?? 1), onEvent };
const { plan: planned, ...rest } = what === "plan" ? await plan(experiment, options) : await run(experiment, options);
const cells = planned?.cells ?? rest.report.cells;
console.log(JSON.stringify({ cells, notes, made: rest.made, kept: rest.kept }));
`,
  };
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${folder}/${name}`, text);
  }
  return folder;
}

async function main(folder: string, ...args: string[]) {
  const config = decodeURIComponent(new URL("deno.json", root).pathname);
  const { success, stdout, stderr } = await new Deno.Command(denoPath(), {
    args: ["run", "-q", "-A", "--no-check", "--config", config, `${folder}/main.ts`, ...args],
    env: { NO_COLOR: "1", PLUMBLINE_FEATURES: "off" },
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1)!);
}

Deno.test("a method of a module of one's own runs in workers; its cells follow its text and what it imports", async (t) => {
  const folder = await project();
  const [out, data] = [`${folder}/out`, `${folder}/data`];
  const { made, cells, notes } = await main(folder, "run", out, data, "2");
  assert.equal(made, 6);
  assert.deepEqual(notes.filter((text: string) => text.includes("in this process")), [
    "the method inline is exported by no module but the program: its cells run in this process.",
  ]);
  assert.equal(cells.filter(({ status }: { status: string }) => status === "done").length, 6);
  const plan = JSON.parse(await Deno.readTextFile(`${out}/plan.json`));
  assert.match(plan.travels.methods.own.module, /^file:.*own\.ts$/);
  assert.equal(plan.travels.methods.own.export, "own");
  assert.equal(plan.travels.methods.inline, undefined);

  await t.step("a worker imports no module unless it is told to", async () => {
    const { code, stderr } = await new Deno.Command(denoPath(), {
      args: ["run", "-P=cell", "--no-prompt", "lib/cli/cell.ts", out, "0"],
      ...{ cwd: root, env: { NO_COLOR: "1" } },
    }).output();
    assert.equal(code, 1);
    assert.match(
      new TextDecoder().decode(stderr),
      /the plan names the module file:.*: give --modules/,
    );
  });

  await t.step(
    "a change of the module, or of what it imports, touches its cells alone",
    async () => {
      const ids = async () => {
        const { cells } = await main(folder, "plan", out, data);
        return Object.fromEntries(
          cells.map(({ id, cell }: { id: string; cell: { method: string; seed: number } }) => [
            `${cell.method} ${cell.seed}`,
            id,
          ]),
        );
      };
      let before = await ids();
      for (
        const [file, from, to] of [["pull.ts", "1", "2"], ["own.ts", "pull > 0", "pull > 1"]] as [
          string,
          string,
          string,
        ][]
      ) {
        const text = await Deno.readTextFile(`${folder}/${file}`);
        await Deno.writeTextFile(`${folder}/${file}`, `// a sentence\n${text}`);
        assert.deepEqual(await ids(), before, "a comment changes nothing");
        await Deno.writeTextFile(`${folder}/${file}`, text.replace(from, to));
        const after = await ids();
        const changed = Object.keys(before).filter((cell) => after[cell] !== before[cell]);
        // The program itself imports it too.
        assert.deepEqual(changed, ["own 1", "own 2", "inline 1", "inline 2"], file);
        before = after;
      }
    },
  );
  await Deno.remove(folder, { recursive: true });
});

Deno.test("places of cells are written in few words", () => {
  assert.equal(ranges([0, 1, 2, 5, 7, 8]), "0-2,5,7-8");
  assert.equal(ranges([3]), "3");
});
