import assert from "node:assert/strict";
import { openClaims, watch } from "../../lib/protocols/claim.ts";
import { lastLocks, lockBytes, lockPath, STALE, STUCK } from "../../lib/protocols/lock_file.ts";

const claimer = new URL("claimer.ts", import.meta.url).pathname;

/** A process that claims ids, prints those it got, and holds the last one until killed. */
function process(out: string, ids: string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-prompt", claimer, out, ...ids],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

Deno.test("one of two has a cell; given up, the other can have it; done, no file of it stays", async () => {
  const out = await Deno.makeTempDir();
  using a = openClaims(out);
  using b = openClaims(out);
  const first = await a.claim("cell");
  assert.ok(first && !first.inherited);
  assert.equal(await b.claim("cell"), undefined);
  assert.equal(await a.claim("cell"), undefined, "nor twice in one process");
  await first.release(false);
  const second = await b.claim("cell");
  assert.ok(second?.inherited);
  assert.equal(await a.claim("cell"), undefined);
  await second.release(true);
  assert.equal((await lastLocks(out)).size, 0);
  const third = await a.claim("cell");
  assert.ok(third && !third.inherited);
  await third.release(true);
});

Deno.test("a killed process's cell can be had at once, a living one's cannot", async () => {
  const out = await Deno.makeTempDir();
  using claims = openClaims(out);
  const child = process(out, ["cell"]);
  const reader = child.stdout.getReader();
  assert.equal(new TextDecoder().decode((await reader.read()).value), "cell\n");
  assert.equal(await claims.claim("cell"), undefined);
  child.kill("SIGKILL");
  await child.status;
  await reader.cancel();
  const claim = await claims.claim("cell");
  assert.ok(claim?.inherited);
  await claim.release(true);
});

Deno.test("of many processes that want the same cells, dead holders' too, each cell goes to one", async () => {
  const out = await Deno.makeTempDir();
  const ids = Array.from({ length: 40 }, (_, i) => `cell${i}`);
  // Dead holders: locks that no process holds.
  await Deno.mkdir(`${out}/locks`);
  for (const id of ids.slice(0, 20)) {
    const text = { host: Deno.hostname(), pid: 1, beat: 3, note: "" };
    await Deno.writeFile(lockPath(out, id, 0), lockBytes(text));
  }
  const children = [1, 2, 3].map(() => process(out, ids));
  const won = await Promise.all(children.map(async (child) => {
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.includes("end\n")) text += (await reader.read()).value ?? "";
    await reader.cancel();
    return text.split("\n").filter((line) => line.startsWith("cell"));
  }));
  for (const child of children) child.kill("SIGKILL");
  await Promise.all(children.map(({ status }) => status));
  assert.deepEqual(won.flat().sort(), [...ids].sort());
});

Deno.test("a holder on another machine is dead when its beat stands still, whatever the clocks say", async () => {
  const out = await Deno.makeTempDir();
  await Deno.mkdir(`${out}/locks`);
  const path = lockPath(out, "cell", 0);
  const write = (beat: number) =>
    Deno.writeFile(path, lockBytes({ host: "elsewhere", pid: 1, beat, note: "" }));
  let now = 0;
  const look = watch(() => now);
  const isDead = async (lock: Parameters<typeof look>[0]) => (await look(lock)).dead;
  const lock = { id: "cell", generation: 0, path };
  await write(1);
  await Deno.utime(path, 0, 0);
  assert.equal(await isDead(lock), false);
  now += STALE;
  assert.equal(await isDead(lock), false);
  await write(2);
  now += 1;
  assert.equal(await isDead(lock), false, "it beat in the meantime");
  now += STALE + 1;
  assert.equal(await isDead(lock), true);
  await Deno.writeTextFile(path, "{");
  assert.equal(await isDead(lock), false, "what cannot be read is no sign of death");
});

const damaged: [what: string, bytes: Uint8Array][] = [
  ["empty", new Uint8Array()],
  ["zeros", new Uint8Array(512)],
  ["a megabyte of letters", new TextEncoder().encode("x".repeat(2 ** 20))],
  ["cut", lockBytes({ host: "elsewhere", pid: 1, beat: 3, note: "" }).subarray(0, 20)],
  ["null", new TextEncoder().encode("null")],
  ["a list", new TextEncoder().encode("[]")],
  ["another's JSON", new TextEncoder().encode('{"host":7,"beat":null}')],
];
for (const [what, bytes] of damaged) {
  Deno.test(`a lock file that a loss of power left (${what}) is waited for half a minute, not for ever`, async () => {
    const out = await Deno.makeTempDir();
    await Deno.mkdir(`${out}/locks`);
    const path = lockPath(out, "cell", 0);
    await Deno.writeFile(path, bytes);
    let now = 0;
    const look = watch(() => now);
    const lock = { id: "cell", generation: 0, path };
    assert.deepEqual(await look(lock), { dead: false, still: 0, text: undefined });
    now += STALE;
    assert.equal((await look(lock)).dead, false);
    now += 1;
    assert.equal((await look(lock)).dead, true);
    {
      using file = await Deno.open(path, { read: true, write: true });
      await file.lock(true);
      assert.equal((await look(lock)).dead, false, "the kernel knows its holder to live");
    }
    await Deno.writeFile(path, lockBytes({ host: Deno.hostname(), pid: 1, beat: 0, note: "" }));
    assert.equal((await look(lock)).dead, true, "no lock is held here");
  });
}

Deno.test("a holder that lives and does not move for ten minutes ends the wait in one line", async () => {
  const out = await Deno.makeTempDir();
  await Deno.mkdir(`${out}/locks`);
  const path = lockPath(out, "cell", 0);
  await Deno.writeFile(path, lockBytes({ host: Deno.hostname(), pid: 77, beat: 0, note: "" }));
  using file = await Deno.open(path, { read: true, write: true });
  await file.lock(true);
  let now = 0;
  using claims = openClaims(out, () => now);
  assert.equal(await claims.claim("cell"), undefined);
  now += STUCK;
  assert.equal(await claims.claim("cell"), undefined);
  now += 1;
  await assert.rejects(claims.claim("cell"), {
    name: "UserError",
    message: /cell\.0\.json is held by process 77 on .*, which has not moved for 10 min: end it/,
  });
});

Deno.test("what is in a lock's, a record's or their folder's place is told in one line", async () => {
  const wrong: [string, (out: string) => Promise<void>, RegExp][] = [
    [
      "a folder as lock",
      (out) => Deno.mkdir(`${out}/locks/cell.0.json`, { recursive: true }),
      /cell\.0\.json is no file/,
    ],
    [
      "a file as locks",
      (out) => Deno.writeTextFile(`${out}/locks`, ""),
      /locks cannot be listed \(Not a directory/,
    ],
    [
      "a link to nowhere",
      (out) => Deno.symlink("nowhere", `${out}/locks`),
      /locks is a link that leads nowhere/,
    ],
    ["a pipe as lock", async (out) => {
      await Deno.mkdir(`${out}/locks`);
      await new Deno.Command("mkfifo", { args: [`${out}/locks/cell.0.json`] }).output();
    }, /cell\.0\.json is no file/],
    ["no end of takers", async (out) => {
      await Deno.mkdir(`${out}/locks`);
      await Deno.writeFile(
        `${out}/locks/cell.999999.json`,
        lockBytes({ host: Deno.hostname(), pid: 1, beat: 0, note: "" }),
      );
    }, /1000000 processes died over the cell cell: remove its files/],
  ];
  for (const [what, make, message] of wrong) {
    const out = await Deno.makeTempDir();
    await make(out);
    using claims = openClaims(out);
    await assert.rejects(claims.claim("cell"), { name: "UserError", message }, what);
  }
});

Deno.test("who slept while another took over learns of it", async () => {
  const out = await Deno.makeTempDir();
  using claims = openClaims(out);
  const claim = await claims.claim("cell");
  assert.ok(claim);
  await Deno.writeFile(
    lockPath(out, "cell", 1),
    lockBytes({ host: "elsewhere", pid: 1, beat: 0, note: "" }),
  );
  for (let waited = 0; !claim.lost() && waited < 10_000; waited += 100) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.ok(claim.lost());
  await claim.release(false);
});
