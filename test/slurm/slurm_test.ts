/**
 * The Slurm runner on a real cluster of one node that the test starts. It skips, and says so, where Slurm is not
 * installed (Debian: slurm-wlm, munge).
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { slurmOptions } from "../../lib/cli/reproduce/slurm_given.ts";
import { runOnSlurm, slurmDryRun, type SlurmRun } from "../../lib/lab/slurm/run_on_slurm.ts";
import { readRecord, writeRecord } from "../../lib/protocols/mod.ts";
import { record, result } from "../report/records.ts";
import { type Cluster, lacking, PATIENCE, startCluster, until } from "./cluster.ts";

const lacks = lacking();
const repository = decodeURIComponent(new URL("../../", import.meta.url).pathname);

Deno.test({
  name: "the Slurm runner on a real cluster" + (lacks ? ` (skipped: no ${lacks} here)` : ""),
  ignore: lacks !== undefined,
  async fn(t) {
    const local = reproduceLocally();
    local.catch(() => {});
    await using cluster = await startCluster(4);
    await t.step("more cells than an array takes become several arrays", () => several());
    await t.step("a task killed by the system runs again, one that fails does not", () => killed());
    await t.step("a task lost again and again is given up", () => lost());
    await t.step("what is cancelled stays cancelled", () => cancelled(cluster));
    await t.step("a run left to itself is picked up, and nothing is submitted twice", () => left());
    await t.step("a refusal is a line", () => refusal());
    await t.step("a controller that is gone for a while is waited for", () => silence(cluster));
    await t.step(
      "with a task killed and the node down and back, the table is the local one",
      () => sameTable(cluster, local),
    );
  },
});

async function several() {
  const { run, folder } = await stub(9);
  const script = await slurmDryRun(run, await slurmOptions([]));
  assert.match(script, /--array=0-3\n[^]*\n# 2 more like it, 9 cells in all\.\n$/);
  const { ending, lines } = await watched(run, ["at-once=2", "partition=main"]);
  assert.deepEqual([ending.done, ending.failures, ending.left], [9, [], 0]);
  assert.equal(lines.filter((line) => /^Submitted job/.test(line)).length, 3);
  assert.deepEqual(await starts(folder), Array(9).fill(1));
  const again = await watched(run);
  assert.deepEqual([again.lines, again.ending.kept], [[], 9]);
}

async function killed() {
  const { run, folder } = await stub(3);
  await Deno.writeTextFile(join(folder, "fail-0"), "");
  await Deno.writeTextFile(join(folder, "kill-1"), "");
  const { ending } = await watched(run);
  assert.equal(ending.done, 2);
  assert.equal(ending.failures.length, 1);
  assert.equal(ending.failures[0]!.cell.index, 0);
  assert.match(ending.failures[0]!.error, /^Cell 0 can't be\. \(see .*\/slurm\/0\/0\.log\)$/);
  assert.deepEqual(await starts(folder), [1, 2, 1]);
}

async function lost() {
  const { run, folder } = await stub(1);
  await Deno.writeTextFile(join(folder, "always-kill-0"), "");
  const { ending } = await watched(run, ["retries=1"]);
  assert.match(
    ending.failures[0]!.error,
    /killed or lost 2 times \(last: FAILED, .*; see .*0\.log\)/,
  );
  assert.deepEqual(await starts(folder), [2]);
}

async function cancelled(cluster: Cluster) {
  const { run, folder } = await stub(3);
  await hold(folder, 3);
  const running = started(run);
  await until(async () => (await starts(folder)).filter((n) => n > 0).length === 2);
  await cluster.slurm("scancel", "--user", String(Deno.uid()));
  const { ending } = await running;
  assert.equal(ending.done, 0);
  assert.deepEqual(
    ending.failures.map(({ error }) => error),
    Array(3).fill("its job was cancelled; the same command submits it again"),
  );
}

async function left() {
  const { run, folder } = await stub(4);
  await hold(folder, 4);
  const first = await watched(run, ["detach=true"]);
  assert.equal(first.ending.left, 4);
  const job = first.lines.at(-1)!.match(/^Job (\d+) will go on: scancel \1 ends them/)![1];
  const second = started(run);
  await until(async () => (await starts(folder)).filter((n) => n > 0).length === 2);
  for (let i = 0; i < 4; i++) await Deno.remove(join(folder, `hold-${i}`));
  const { ending, lines, leaves } = await second;
  assert.equal(ending.done, 4);
  assert.deepEqual(lines, [`Job ${job} from before: picking up what is in the queue.`]);
  assert.match(leaves, new RegExp(`scancel ${job} `));
  assert.deepEqual(await starts(folder), [1, 1, 1, 1]);
}

async function refusal() {
  const { run } = await stub(1);
  await assert.rejects(watched(run, ["partition=nowhere"]), {
    name: "UserError",
    message: "Slurm refuses the jobs: invalid partition specified: nowhere; " +
      "Batch job submission failed: Invalid partition name specified",
  });
}

async function silence(cluster: Cluster) {
  const { run, folder } = await stub(2);
  await hold(folder, 2);
  const running = started(run);
  await until(async () => (await starts(folder)).every((n) => n > 0));
  const lines: string[] = [];
  const impatient = watched(run, [], { patience: 0, every: () => 5000, lines });
  impatient.catch(() => {});
  await until(() => lines.some((line) => line.includes("picking up what is in the queue")));
  await cluster.stopController();
  await assert.rejects(watched(run), /^UserError: (the Slurm controller|Slurm) does not answer: /);
  await assert.rejects(
    impatient,
    /^UserError: the Slurm controller has not answered for \d+ s\. Job \d+ will go on: scancel/,
  );
  for (let i = 0; i < 2; i++) await Deno.remove(join(folder, `hold-${i}`));
  await cluster.startController();
  assert.equal((await running).ending.done, 2);
  assert.deepEqual(await starts(folder), [1, 1]);
}

/** Real cells by the command: predictions and table as on one machine, whatever happened on the way. */
async function sameTable(cluster: Cluster, local: Promise<string>) {
  const there = await local;
  const out = await Deno.makeTempDir();
  const script = await reproduce(...cells, "--out", out, "--runner", "slurm", "--dry-run");
  assert.match(script.printed, /^#!\/bin\/bash\n#SBATCH --job-name=plumbline-\w+-0\n/);
  assert.equal(countFiles(join(out, "records")), 0, "a dry run runs nothing");
  const running = reproduce(...cells, "--out", out, "--runner", "slurm", "--slurm", "retries=5");
  running.catch(() => {});
  await cluster.killTask();
  await until(() => countFiles(join(out, "records")) > 0);
  const { killed, requeued } = await cluster.cutNode();
  assert.ok(killed > 0 && requeued > 0, `${killed} killed, ${requeued} queued again`);
  await cluster.restoreNode();
  const { said } = await running;
  assert.match(said, /^Submitted job \d+: \d+ cells?.* again after a loss/m);
  const plan = JSON.parse(await Deno.readTextFile(join(there, "plan.json")));
  for (const { id } of plan.cells) {
    const predictions = async (folder: string) =>
      (await readRecord(folder, id))!.results.map(({ predictions }) => predictions);
    assert.deepEqual(await predictions(out), await predictions(there));
  }
  assert.deepEqual(await tables(out), await tables(there));
}

/** The report's tables of results; what remains is about times and machines. */
async function tables(out: string) {
  const { tables } = JSON.parse(await Deno.readTextFile(join(out, "report.json")));
  const results = tables.filter(({ id }: { id: string }) => id === "base-to-new");
  assert.equal(results.length, 1);
  return results;
}

/** Real cells that are soon done. */
const cells = [
  ...["--protocol", "base-to-new", "--clip", "random", "--datasets", "pocket-tiles"],
  ...["--backend", "wasm", "--epochs", "1", "--seeds", "1,2", "--methods", "zero-shot,coop"],
];

/** A local run to compare with, started early: it takes a while. */
async function reproduceLocally(): Promise<string> {
  const out = await Deno.makeTempDir();
  await reproduce(...cells, "--out", out);
  return out;
}

async function reproduce(...args: string[]): Promise<{ printed: string; said: string }> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-P=reproduce", "--no-prompt", "lib/cli/reproduce.ts", ...args],
    cwd: repository,
    env: { NO_COLOR: "1" },
  }).output();
  const [printed, said] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)) as [
    string,
    string,
  ];
  assert.ok(success, said);
  return { printed, said };
}

/**
 * Cells that a shell script stands for: it makes the record that was prepared, unless a file in `folder` named after the
 * cell makes it wait (`hold`), fail, or be killed once or always.
 */
async function stub(count: number): Promise<{ run: SlurmRun; folder: string }> {
  const folder = join(await Deno.makeTempDir(), `it's "$(a)" \`b\` & ;* é`);
  await Deno.mkdir(folder);
  const out = join(folder, "out");
  const cells = Array.from({ length: count }, (_, index) => ({ index, id: `id-${index}` }));
  for (const { index, id } of cells) {
    await writeRecord(folder, id, record({ seed: index }, [result("eurosat", "base", 50)]));
  }
  const script = `
i=$1
echo started >> "starts-$i"
while [ -e "hold-$i" ]; do sleep 0.05; done
if [ -e "fail-$i" ]; then echo "Cell $i can't be."; exit 1; fi
if [ -e "kill-$i" ]; then rm "kill-$i"; kill -9 $PPID; sleep 9; fi
if [ -e "always-kill-$i" ]; then kill -9 $PPID; sleep 9; fi
mkdir -p out/records; cp "records/id-$i.json" "out/$i.part"; mv "out/$i.part" "out/records/id-$i.json"
`;
  await Deno.writeTextFile(join(folder, "cell.sh"), script);
  return { run: { out, cells, command: ["bash", "cell.sh"], cwd: folder }, folder };
}

async function hold(folder: string, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await Deno.writeTextFile(join(folder, `hold-${i}`), "");
}

/** How often each of the stub's cells was started. */
async function starts(folder: string): Promise<number[]> {
  const count = countFiles(join(folder, "records"));
  return await Promise.all(Array.from({ length: count }, async (_, i) => {
    const text = await Deno.readTextFile(join(folder, `starts-${i}`)).catch(() => "");
    return text.split("\n").length - 1;
  }));
}

/** A run that is awaited later: should it fail before, that is no uncaught error. */
function started(run: SlurmRun): ReturnType<typeof watched> {
  const running = watched(run);
  running.catch(() => {});
  return running;
}

/** How a run ended. `lines` takes what it says meanwhile. */
async function watched(
  run: SlurmRun,
  given: string[] = [],
  { patience = PATIENCE, every = (): number => 200, lines = [] as string[] } = {},
) {
  let leaves = "";
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end in sight: ${lines.join("; ")}`)), PATIENCE);
  });
  const ending = await Promise.race([
    tooLong,
    runOnSlurm(run, await slurmOptions(given), {
      say: (line) => lines.push(line),
      leaves: (line) => leaves = line,
      ...{ every, patience },
    }),
  ]).finally(() => clearTimeout(timer));
  return { ending, lines, leaves };
}

function countFiles(folder: string): number {
  try {
    return [...Deno.readDirSync(folder)].filter(({ name }) => name.endsWith(".json")).length;
  } catch {
    return 0;
  }
}
