/** A scheduler that hangs, babbles or lies: one clear line within the time, and finished work is kept. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { runChild } from "../../lib/child.ts";
import { ANSWER, limits, queue, submit } from "../../lib/lab/slurm/commands.ts";
import { slurmOptions } from "../../lib/cli/reproduce/slurm_given.ts";
import { runOnSlurm } from "../../lib/lab/slurm/run_on_slurm.ts";
import { writeRecord } from "../../lib/protocols/mod.ts";
import { record, result } from "../report/records.ts";

/** Runs `test` where Slurm's commands are these shell scripts, and may take a second. */
async function scheduler(
  scripts: Record<string, string>,
  test: () => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  for (const [name, script] of Object.entries(scripts)) {
    await Deno.writeTextFile(join(folder, name), `#!/bin/bash\n${script}\n`, { mode: 0o755 });
  }
  const [path, times] = [Deno.env.get("PATH") ?? "", { ...ANSWER }];
  Deno.env.set("PATH", `${folder}:${path}`);
  Object.assign(ANSWER, { scontrol: 1000, squeue: 1000, sbatch: 1000 });
  try {
    await test();
  } finally {
    Deno.env.set("PATH", path);
    Object.assign(ANSWER, times);
  }
}

const config = "echo MaxJobCount = 100; echo MaxArraySize = 100";

/** The command waits for a child of its own that holds on to its output. */
const hangs = "sleep 20 & wait";

const array = { name: "plumbline-0-0", folder: Deno.cwd(), cells: [] };

Deno.test("each command of the scheduler has a time limit, whatever holds on to its output", async () => {
  await scheduler({ scontrol: hangs, squeue: hangs, sbatch: hangs }, async () => {
    await assert.rejects(limits(), {
      name: "UserError",
      message: "Slurm does not answer: scontrol gave no answer in 1 s",
    });
    assert.equal(await queue([array]), undefined);
    assert.deepEqual(await submit(array), {
      refused: "sbatch gave no answer in 1 s",
      silent: true,
    });
  });
});

Deno.test("a queue that hangs holds no run that is finished", async () => {
  const out = await Deno.makeTempDir();
  const cells = [0, 1].map((index) => ({ index, id: `id-${index}` }));
  const finish = async () => {
    for (const { id, index } of cells) {
      await writeRecord(out, id, record({ seed: index }, [result("eurosat", "base", 50)]));
    }
  };
  const flag = join(out, "submitted");
  await scheduler({
    scontrol: config,
    sbatch: `touch '${flag}'; echo 7`,
    squeue: `[ -e '${flag}' ] && { ${hangs}; }; exit 0`,
  }, async () => {
    const run = { out, cells, command: ["true"], cwd: "/" };
    const lines: string[] = [];
    const running = runOnSlurm(run, await slurmOptions([]), {
      ...{ say: (line: string) => lines.push(line), every: () => 50 },
    });
    running.catch(() => {});
    while (!lines.some((line) => line.startsWith("Submitted job 7"))) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await finish();
    assert.deepEqual((await running).done, 2);
  });
});

Deno.test("a queue that hangs for long ends the run in one line that says what goes on", async () => {
  const out = await Deno.makeTempDir();
  const flag = join(out, "submitted");
  await scheduler({
    scontrol: config,
    sbatch: `touch '${flag}'; echo 7`,
    squeue: `[ -e '${flag}' ] && { ${hangs}; }; exit 0`,
  }, async () => {
    const run = { out, cells: [{ index: 0, id: "a" }], command: ["true"], cwd: "/" };
    await assert.rejects(
      runOnSlurm(run, await slurmOptions([]), {
        ...{ say: () => {}, every: () => 50, patience: 500 },
      }),
      {
        name: "UserError",
        message: /^the Slurm controller has not answered for 1 s\. Job 7 will go on: scancel 7/,
      },
    );
  });
});

Deno.test("a scheduler that babbles without end or lies is no more than a queue that cannot be read", async () => {
  await scheduler({
    scontrol: "yes MaxArraySize",
    squeue: "head -c 1000000 /dev/zero; echo; echo '|||'; echo; echo 'a|b'",
    sbatch: "echo '7; rm -rf /'",
  }, async () => {
    await assert.rejects(limits(), /scontrol gave no answer in 1 s/);
    const tasks = await queue([array]);
    assert.ok(tasks && tasks.every(({ task }) => task === undefined));
    assert.deepEqual(await submit(array), { job: "7" });
  });
});

Deno.test("a program that gets on may take longer; one that ends is not waited for", async () => {
  let beat = 0;
  const timer = setInterval(() => beat++, 100);
  try {
    const { code, stdout } = await runChild("bash", ["-c", "sleep 1.5; echo done"], {
      most: 600,
      alive: () => beat,
    });
    assert.deepEqual([code, stdout], [0, "done\n"]);
  } finally {
    clearInterval(timer);
  }
  await assert.rejects(runChild("/nowhere/program", [], { most: 100 }), Deno.errors.NotFound);
});
