/**
 * `deno task reproduce`: the papers' protocols on the weights and data that are named, from nothing to a report.
 *
 * @module
 */
import { tell } from "../terminal.ts";
import { parse } from "./options.ts";
import { reproduceOptions, summary } from "./reproduce/options.ts";
import { run } from "./run.ts";

/**
 * Runs the command. → exit code: 1 when a cell failed
 *
 * @param leaves takes what an interruption would leave behind, in a line, where that is not the usual
 */
export async function reproduce(
  args: readonly string[],
  say: (line: string) => void,
  leaves: (line: string) => void = () => {},
): Promise<number> {
  const options = parse("reproduce", reproduceOptions, args, summary);
  // Loaded now, so that --help and a wrong option are answered without what runs cells.
  const { carryOut } = await import("./reproduce/carry_out.ts");
  return await carryOut(options, args, say, leaves);
}

if (import.meta.main) {
  let left: string | undefined;
  await run(
    () => reproduce(Deno.args, tell, (line) => left = line),
    () => left ?? "Finished files are kept; the same command starts again.",
  );
}
