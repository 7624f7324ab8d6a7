import assert from "node:assert/strict";
import { countFiles, ended, quick, small, start } from "./commands.ts";

const repository = decodeURIComponent(new URL("../../", import.meta.url).pathname);

/** A small disk of its own, seen by nobody else and gone with the shell. */
const disk = (folder: string) => `mount -t tmpfs -o size=4m tmpfs '${folder}'`;

async function shell(script: string): Promise<{ code: number; text: string }> {
  const { code, stdout, stderr } = await new Deno.Command("unshare", {
    args: ["-rm", "bash", "-c", script],
    cwd: repository,
    env: { NO_COLOR: "1" },
  }).output();
  const decoded = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, text: decoded.join("") };
}

async function canMount(): Promise<boolean> {
  const folder = await Deno.makeTempDir();
  return await shell(disk(folder)).then(({ code }) => code === 0, () => false);
}

const mounts = await canMount();
if (!mounts) console.log("Skipping tests of a full and a read-only disk: no tmpfs can be mounted.");

const args = [...quick, "--methods", "zero-shot,coop,prograd"];
const reproduce = (out: string, more = "") =>
  `'${Deno.execPath()}' run -P=reproduce --no-prompt lib/cli/reproduce.ts ${
    args.join(" ")
  } --out '${out}' ${more}`;

/** What a cell came to, by its identity. */
function results(out: string): Record<string, unknown> {
  return Object.fromEntries(
    [...Deno.readDirSync(`${out}/records`)].map(({ name }) => [
      name,
      JSON.parse(Deno.readTextFileSync(`${out}/records/${name}`)).results,
    ]),
  );
}

const noStack = (text: string) => {
  assert.doesNotMatch(text, /^ {4}at |This is a bug/m, text);
};

Deno.test({
  name: "a full disk is told in one line; with room made, the run goes on to the same numbers",
  ignore: !mounts,
  async fn() {
    const [small, whole, kept] = await Promise.all([1, 2, 3].map(() => Deno.makeTempDir())) as [
      string,
      string,
      string,
    ];
    const run = await shell(`
      ${disk(small)} && ${reproduce(small, "--dry-run")} || exit 9
      for left in 0 12 24; do
        head -c 9000000 /dev/zero > '${small}/filler'
        truncate -s -$((left * 1024)) '${small}/filler'
        ${reproduce(small)}; echo "full: $?"
        find '${small}' -name '*.part' -o -name '*.tmp'
      done
      rm '${small}/filler'; ${reproduce(small)}; echo "room: $?"
      cp -r '${small}/records' '${kept}'`);
    noStack(run.text);
    assert.equal(run.text.match(/^full: 1$/gm)?.length, 3, run.text);
    assert.match(run.text, /cannot be written \(No space left on device.*\): make room/);
    assert.doesNotMatch(run.text, /\.(part|tmp)$/m, "nothing half written stays");
    assert.match(run.text, /^room: 0$/m, run.text);
    assert.equal((await ended(start("reproduce", [...args, "--out", whole]))).code, 0);
    assert.deepEqual(results(kept), results(whole));
  },
});

Deno.test({
  name: "a folder that cannot be written is told in one line",
  ignore: !mounts,
  async fn() {
    const folder = await Deno.makeTempDir();
    const run = await shell(`
      ${disk(folder)} && mount -o remount,ro '${folder}' || exit 9
      ${reproduce(folder)}; echo "new: $?"
      mount -o remount,rw '${folder}'; ${reproduce(folder)}; echo "made: $?"
      mount -o remount,ro '${folder}'; ${reproduce(folder)}; echo "again: $?"`);
    noStack(run.text);
    assert.match(run.text, /^new: 1$/m, run.text);
    assert.match(run.text, /^made: 0$/m);
    assert.match(run.text, /^again: 1$/m);
    assert.equal(run.text.match(/cannot be written \(Read-only file system/g)?.length, 2, run.text);
  },
});

Deno.test("a file where the folder should be is told in one line", async () => {
  const file = await Deno.makeTempFile();
  const { code, lines } = await ended(start("reproduce", [...args, "--out", `${file}/out`]));
  assert.equal(code, 1);
  assert.match(lines.at(-1)!, /cannot be written \(Not a directory/);
});

Deno.test("a damaged record is made again, and nothing else", async () => {
  const out = await Deno.makeTempDir();
  const run = () => ended(start("reproduce", [...args, "--out", out]));
  assert.equal((await run()).code, 0);
  const before = results(out);
  const [name] = Object.keys(before);
  const path = `${out}/records/${name}`;
  const bytes = await Deno.readFile(path);
  const at = new TextDecoder().decode(bytes).indexOf('"accuracy": ') + '"accuracy": '.length;
  bytes[at] = bytes[at] === 0x31 ? 0x32 : 0x31; // another first digit
  await Deno.writeFile(path, bytes);
  const { code, lines } = await run();
  assert.equal(code, 0);
  assert.ok(lines.includes("2 of 3 cells were already done."), lines.join("\n"));
  assert.deepEqual(results(out), before);
  assert.equal(countFiles(`${out}/records`), 3);
});

Deno.test("a damaged checkpoint is begun anew, to the same numbers", async () => {
  const [out, whole] = await Promise.all([1, 2].map(() => Deno.makeTempDir())) as [string, string];
  const args = [...small, "--methods", "prometar", "--epochs", "3", "--seeds", "1", "--shots", "2"];
  const run = (out: string) => start("reproduce", [...args, "--jobs", "1", "--out", out]);
  const running = run(out);
  const ending = ended(running);
  const found = () =>
    countFiles(`${out}/checkpoints`, ".safetensors") > 0 || countFiles(`${out}/records`) > 0;
  while (!found()) await new Promise((resolve) => setTimeout(resolve, 5));
  running.kill("SIGKILL");
  await ending;
  const [{ name }] = [...Deno.readDirSync(`${out}/checkpoints`)]
    .filter(({ name }) => name.endsWith(".safetensors")) as [Deno.DirEntry];
  const path = `${out}/checkpoints/${name}`;
  const bytes = await Deno.readFile(path);
  bytes[bytes.length - 9]! ^= 0x40; // a bit of the last tensor
  await Deno.writeFile(path, bytes);
  const again = await ended(run(out));
  assert.equal(again.code, 0, again.lines.join("\n"));
  assert.ok(again.lines.some((line) => line.includes(name)), again.lines.join("\n"));
  assert.equal((await ended(run(whole))).code, 0);
  assert.deepEqual(results(out), results(whole));
});

Deno.test("files from the future or from 1970 are what they say, not when", async () => {
  const out = await Deno.makeTempDir();
  const run = () => ended(start("reproduce", [...args, "--out", out]));
  assert.equal((await run()).code, 0);
  const before = results(out);
  const tables = () => Deno.readTextFileSync(`${out}/report.md`);
  const report = tables();
  for (const year of [2096, 1970]) {
    const at = new Date(Date.UTC(year, 1));
    for (const folder of ["records", "."]) {
      for (const { name, isFile } of Deno.readDirSync(`${out}/${folder}`)) {
        if (isFile) await Deno.utime(`${out}/${folder}/${name}`, at, at);
      }
    }
    const { code, lines } = await run();
    assert.equal(code, 0);
    assert.ok(lines.includes("3 of 3 cells were already done."), lines.join("\n"));
    assert.deepEqual(results(out), before);
    assert.equal(tables(), report);
  }
});
