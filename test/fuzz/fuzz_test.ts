/** Damaged and hostile files: a clear error, in bounded time and memory, and nothing outside the folder. */
import assert from "node:assert/strict";
import { targets } from "./targets.ts";

/** Runs the fuzzer on every reader. */
async function fuzzed(seconds: string, fewest: number, ...flags: string[]): Promise<void> {
  const seed = Deno.env.get("FUZZ_SEED") ?? "1";
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-P=fuzz", "--no-prompt", "test/fuzz/main.ts", seconds, seed, ...flags],
    cwd: decodeURIComponent(new URL("../../", import.meta.url).pathname),
    env: { NO_COLOR: "1" },
  }).output();
  const lines = new TextDecoder().decode(stdout).trim().split("\n");
  const said = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const found = said.filter(({ wrong }) => wrong !== undefined);
  assert.deepEqual(
    found,
    [],
    `a case again: main.ts 0.1 CASE TARGET ${flags.join(" ")}\n${new TextDecoder().decode(stderr)}`,
  );
  const ran = said.filter(({ cases }) => Number(cases) >= fewest);
  assert.deepEqual(ran.map(({ target }) => target), Object.keys(targets));
}

Deno.test("no damaged file gives anything but a clear error", async () => {
  await fuzzed(Deno.env.get("FUZZ_SECONDS") ?? "25", 6);
});

Deno.test("no large file costs more than its bytes are worth", async () => {
  await fuzzed(Deno.env.get("FUZZ_SECONDS") ?? "10", 3, "--proportion");
});
