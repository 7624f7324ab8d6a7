/**
 * `deno task verify [DIR]`: runs every record of what published code computed step by step through the public code, and
 * says how far each is off: the records of the repository, or another folder's.
 *
 * @module
 */
import { parityTable, verifyFolder } from "../parity/mod.ts";
import { argument, choice, many, parse } from "./options.ts";
import { progress } from "./progress.ts";
import { run } from "./run.ts";
import { print } from "../terminal.ts";

const options = {
  dir: argument(
    "DIR",
    "folder with manifest.json and its records; by default the repository's",
    "",
  ),
  backend: choice(
    ["native", "webgpu", "webgpu:software", "wasm", "cpu"],
    "what computes; by default the fastest that works",
  ),
  only: many("NAME", "only records whose name has NAME in it"),
};

const summary = "Runs recorded trajectories and data through the public code and compares.";

/** The command. @returns the exit code: 1 when a record is out of tolerance or could not be checked */
export async function verify(
  args: readonly string[],
  say: (line: string) => void,
): Promise<number> {
  const { dir, backend, only } = parse("verify", options, args, summary);
  const display = progress("verifying");
  let total = 0;
  const before = (done: number, records: number, record: string) => {
    total = records;
    display.update(done, records, record);
  };
  try {
    const rows = await verifyFolder(dir || undefined, { backend, only, before });
    display.update(total, total);
    display.stop();
    say(parityTable(rows));
    return rows.every(({ verdict }) => verdict === "ok" || verdict === "absent") ? 0 : 1;
  } finally {
    display.stop();
  }
}

if (import.meta.main) await run(() => verify(Deno.args, print));
