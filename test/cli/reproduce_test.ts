import assert from "node:assert/strict";
import { brief, countFiles, ended, quick, start } from "./commands.ts";
import { sharedPath, sharedTest } from "../shared.ts";

const reproduce = (args: string[]) => start("reproduce", args);

Deno.test("from nothing to a report that says what it is; a second run does no cell again", async () => {
  const out = `${await Deno.makeTempDir()}/new/folder`;
  const args = [...quick, "--methods", "zero-shot,coop", "--out", out];
  const first = await ended(reproduce(args));
  assert.equal(first.code, 0, first.lines.join("\n"));
  const markdown = await Deno.readTextFile(`${out}/report.md`);
  assert.match(
    markdown.split("\n")[0]!,
    /^# A check of the machinery, not a result: .* random weights/,
  );
  assert.match(markdown, /\| Pocket tiles \| CoOp \| [\d.]+ \|/);
  assert.match(await Deno.readTextFile(`${out}/report.html`), /<svg/);
  const json = JSON.parse(await Deno.readTextFile(`${out}/report.json`));
  assert.ok(Object.keys(json).length > 0);
  const records = [...Deno.readDirSync(`${out}/records`)].map(({ name }) => name);
  assert.equal(records.length, 2);

  const second = await ended(reproduce(args));
  assert.ok(second.lines.includes("2 of 2 cells were already done."), second.lines.join("\n"));
  assert.equal(await Deno.readTextFile(`${out}/report.md`), markdown);
});

Deno.test("Ctrl-C ends it at once and says what is kept", async () => {
  const out = `${await Deno.makeTempDir()}/out`;
  const running = reproduce([...quick, "--methods", "zero-shot,coop,prograd", "--out", out]);
  while (countFiles(`${out}/records`) === 0) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  running.kill("SIGINT");
  const { code, lines } = await ended(running);
  assert.equal(code, 130);
  assert.match(lines.at(-1)!, /^Interrupted\. /);
});

Deno.test("what can't be run is told in one line, before anything starts", async (t) => {
  const wrong: [string, string[], number, RegExp][] = [
    ["an unknown option", ["--methdos", "coop"], 2, /--methods/],
    ["an unknown method", ["--methods", "porgrad"], 2, /prograd/],
    ["an unknown setting", ["--set", "lamda=1"], 2, /did you mean lambda\?/],
    ["a setting out of range", ["--set", "lambda=7"], 1, /lambda is 7; give a number from 0 to 1/],
    ["weights that are not there", ["--clip", "nowhere.safetensors"], 2, /no weights at nowhere/],
    ["an unknown CLIP", ["--clip", "RN5O"], 2, /did you mean RN50\?/],
    ["an unknown data set", ["--data", "eurosta=."], 2, /did you mean "eurosat"/],
    ["a data set that is not there", ["--data", "eurosat=/nonexistent"], 1, /there is no folder/],
    ["data without a path", ["--data", "eurosat"], 2, /NAME=PATH/],
  ];
  for (const [what, args, code, message] of wrong) {
    await t.step(what, async () => {
      const out = `${await Deno.makeTempDir()}/out`;
      const result = await ended(reproduce([...brief, "--out", out, ...args]));
      assert.equal(result.code, code, result.lines.join("\n"));
      assert.match(result.lines.at(-1)!, message);
      assert.ok(!result.lines.some((line) => line.startsWith("    at ")), "no stack");
      assert.ok(!countFiles(`${out}/records`));
    });
  }
});

sharedTest(
  "images that a folder lacks are told in one line; asked for, the rest is run",
  "real",
  async () => {
    const out = await Deno.makeTempDir();
    const args = [
      ...["--clip", "pocket"],
      ...["--data", `caltech101=${sharedPath("real")}`, "--methods", "zero-shot,coop"],
      ...[...brief, "--shots", "16", "--out", out],
    ];
    const refused = await ended(reproduce(args));
    assert.equal(refused.code, 1);
    const missing = refused.lines.filter((line) => line.includes("missing"));
    assert.equal(missing.length, 1);
    assert.match(missing[0]!, /^Caltech101: \d+ of \d+ images are missing, for example /);

    const run = await ended(reproduce([...args, "--skip-missing"]));
    assert.equal(run.code, 0, run.lines.join("\n"));
    assert.match(
      await Deno.readTextFile(`${out}/report.md`),
      /\d+ images of caltech101 are not there and were left out/,
    );
  },
);

Deno.test("what a preset lacks is told in one line with the commands that fetch it; a dry run lists its cells", async () => {
  const args = ["--preset", "paper", "--only", "prograd/few-shot", "--methods", "coop"];
  const root = await Deno.makeTempDir();
  const out = `${root}/out`;
  const lacks = /lacks .*dtd.*: run .*deno task data .*dtd/;
  const refused = await ended(reproduce([...args, "--root", root, "--out", out]));
  assert.equal(refused.code, 1);
  assert.match(refused.lines.at(-1)!, lacks);
  const { code, lines, printed } = await ended(
    reproduce([...args, "--root", root, "--out", out, "--dry-run"]),
  );
  assert.equal(code, 0);
  assert.equal(printed.length, 11 * 5 * 3);
  assert.equal(printed[0], "0 to run: few-shot, coop on imagenet, 1 shots, seed 1");
  assert.match(lines.at(-1)!, /^165 cells\. Nothing was run: --preset paper lacks /);
  assert.equal(countFiles(out), 0);
});
