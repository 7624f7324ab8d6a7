/** The script's text and the options, which need no Slurm; what a task does, by running the script in bash. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { slurmOptions } from "../../lib/cli/reproduce/slurm_given.ts";
import { siteLines } from "../../lib/lab/slurm/site_lines.ts";
import { slurmDryRun } from "../../lib/lab/slurm/run_on_slurm.ts";
import { slurmScript } from "../../lib/lab/slurm/script.ts";
import { lacking } from "./cluster.ts";

const job = {
  name: "plumbline-0-0",
  tasks: 12,
  command: ["deno", "it's $HOME", "`id`", "*"],
  cwd: "/a b",
};

Deno.test("options become #SBATCH lines, ahead of the first command", async () => {
  const folder = await Deno.makeTempDir();
  const file = join(folder, "site");
  await Deno.writeTextFile(
    file,
    "#!/bin/bash\r\n#SBATCH --qos=long  \n\n# a remark\nmodule load cuda\n",
  );
  const text = slurmScript(
    job,
    await slurmOptions([
      "partition=gpu,gpu-long",
      "account=lab@x",
      "gpus=a100:2",
      "time=1-02:30:00",
      "mem=16G",
      "cpus=4",
      "at-once=8",
      `file=${file}`,
    ]),
  );
  const lines = text.split("\n");
  assert.equal(lines[0], "#!/bin/bash");
  assert.deepEqual(lines.slice(1, lines.indexOf("")), [
    "#SBATCH --job-name=plumbline-0-0",
    "#SBATCH --array=0-11%8",
    "#SBATCH --output=%a.log",
    "#SBATCH --open-mode=append",
    "#SBATCH --requeue",
    "#SBATCH --partition=gpu,gpu-long",
    "#SBATCH --account=lab@x",
    "#SBATCH --gres=gpu:a100:2",
    "#SBATCH --time=1-02:30:00",
    "#SBATCH --mem=16G",
    "#SBATCH --cpus-per-task=4",
    "#SBATCH --qos=long",
  ]);
  assert.equal(lines.filter((line) => line.startsWith("#SBATCH")).length, 12);
  assert.ok(lines.indexOf("module load cuda") < lines.indexOf("cd '/a b' || exit"));
});

Deno.test("a task runs its own cell with the arguments as they are, and notes the exit code", async () => {
  const array = await Deno.makeTempDir();
  const cwd = join(array, "a 'b' $c");
  await Deno.mkdir(cwd);
  const command = ["bash", "-c", 'printf "%s|" "$PWD" "$@"; exit 3', "x", ...job.command.slice(1)];
  const text = slurmScript({ ...job, cwd, command }, await slurmOptions([]));
  await Deno.writeTextFile(join(array, "cells"), "7 id-7\n40 id-40\n5 id-5\n");
  await Deno.writeTextFile(join(array, "1.exit"), "0\n");
  const { code, stdout } = await new Deno.Command("bash", {
    args: ["-c", text],
    cwd: array,
    env: { SLURM_ARRAY_TASK_ID: "1" },
  }).output();
  assert.equal(new TextDecoder().decode(stdout), `${cwd}|it's $HOME|\`id\`|*|40|`);
  assert.equal(code, 3);
  assert.equal(await Deno.readTextFile(join(array, "1.exit")), "3\n");
});

Deno.test("no value can break out of its line", async () => {
  const options = await slurmOptions([]);
  assert.throws(() => slurmScript({ ...job, cwd: "/a\nrm -rf /" }, options), /holds a line break/);
  assert.throws(() => slurmScript({ ...job, command: ["a\rb"] }, options), /holds a line break/);
  const bad = [
    "partition=a b",
    "account=x\n#SBATCH -p y",
    "gpus=0",
    "time=soon",
    "mem=16 G",
    "cpus=1.5",
  ];
  for (const given of bad) {
    await assert.rejects(slurmOptions([given]), (error: Error) => {
      assert.match(error.message, new RegExp(`^--slurm ${given.split("=")[0]}=.*: got "`));
      assert.ok(!error.message.includes("\n"));
      return true;
    });
  }
});

Deno.test("wrong keys and a site's file that takes what the runner sets are refused in a line", async () => {
  await assert.rejects(
    slurmOptions(["partion=x"]),
    /does not know "partion": did you mean partition\?/,
  );
  await assert.rejects(slurmOptions(["mem=1G", "mem=2G"]), /mem is given twice/);
  await assert.rejects(slurmOptions(["file=/nowhere/x"]), /\/nowhere\/x can't be read/);
  const file = join(await Deno.makeTempDir(), "site");
  for (const line of settingOurs) {
    await Deno.writeTextFile(file, `${line}\n`);
    await assert.rejects(
      slurmOptions([`file=${file}`]),
      /^UserError: line 1 of .*site sets --[\w-]+, which the runner sets itself/,
      line,
    );
  }
});

/** Lines that set what the runner sets, in every way that sbatch takes. */
const settingOurs = [
  ...["#SBATCH --array=0-3", "#SBATCH -a 0-3", "#SBATCH --output /x", "#SBATCH -J name"],
  ...["#SBATCH -o/x", "#SBATCH --qos=long --array=0-3", "#SBATCH --qos long -a 0-3"],
  ...["#SBATCH --arr=0-3", "#SBATCH --arra 0-3", "#SBATCH --job=x", "#SBATCH --err=x"],
  ...["#SBATCH-a0-3", "#SBATCH\t--qos=a\v-J x", "#SBATCH -Ha0-3", "#SBATCH -Qsa0-3"],
  ...['#SBATCH "--array=0-3"', "#SBATCH '--arr'ay=0-3", "#SBATCH \\--array=0-3"],
  ...["#SBATCH --comment=a\\#b -J z", "#SBATCH --comment='a\"b' -J k", "#SBATCH --comment=x\\ -Jy"],
  ...["#SBATCH --wait", "#SBATCH --test-only", "#SBATCH -W", "#SBATCH --clusters=x"],
];

Deno.test("what else sbatch would refuse or not read is told by its line", () => {
  const wrong: [string, RegExp][] = [
    ['#SBATCH --comment="a b', /line 1 of site has a " that is not closed/],
    ["#SBATCH hetjob", /has the word "hetjob", which is no option/],
    ["#SBATCHED --qos=x", /has the word "ED"/],
    ["#SBATCH : --qos=x", /has the word ":"/],
    ["#SBATCH --qos=a b", /has the word "b"/],
    ["#SBATCH -- --qos=x", /has the word "--"/],
    ["module load cuda\n#SBATCH --qos=x", /line 2 of site has #SBATCH after a command/],
  ];
  for (const [text, message] of wrong) {
    assert.throws(() => siteLines(text, "site"), { name: "UserError", message }, text);
  }
  assert.deepEqual(
    siteLines("#SBATCH --qos=long --mail-type END # -J no\n#SBATCH -p main\n # a\ncd x\n", "site"),
    { directives: ["--qos=long --mail-type END", "-p main"], setup: ["cd x"] },
  );
});

const slurm = lacking() === undefined;

Deno.test({
  name: "sbatch itself takes each of these lines as setting what the runner sets" +
    (slurm ? "" : " (skipped: no Slurm here)"),
  ignore: !slurm,
  async fn() {
    const folder = await Deno.makeTempDir();
    const conf = "ClusterName=x\nSlurmctldHost=localhost\nSlurmctldPort=1\nAuthType=auth/none\n" +
      "MessageTimeout=1\nNodeName=n\nPartitionName=main Nodes=n\n";
    await Deno.writeTextFile(join(folder, "slurm.conf"), conf);
    for (const line of settingOurs.filter((line) => !/clusters|=x\\\\ /.test(line))) {
      await Deno.writeTextFile(join(folder, "job.sh"), `#!/bin/bash\n${line}\n`);
      const { stderr } = await new Deno.Command("sbatch", {
        args: ["-vv", "job.sh"],
        cwd: folder,
        env: { SLURM_CONF: join(folder, "slurm.conf") },
      }).output();
      assert.match(
        new TextDecoder().decode(stderr),
        /^sbatch: (array|job-name|output|error|wait|test-only) +: /m,
        line,
      );
    }
  },
});

Deno.test("a results folder that Slurm would take for a pattern is refused", async () => {
  const out = join(await Deno.makeTempDir(), "50%j");
  const run = { out, cells: [{ index: 0, id: "a" }], command: ["true"], cwd: "/" };
  await assert.rejects(slurmDryRun(run, await slurmOptions([])), /holds "%", which Slurm can't/);
});
