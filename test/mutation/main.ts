/**
 * `deno task mutants [FILE …]`: puts one error at a time into a copy of the numerics, and runs the tests of that file. An
 * error that no test finds is printed, and makes the exit code 1: a test is missing, or the error is none and belongs on
 * the list below.
 */
import { cpSync } from "node:fs";
import { join } from "node:path";
import { others, parse, UsageError } from "../../lib/cli/options.ts";
import { run } from "../../lib/cli/run.ts";
import { type Mutant, mutants } from "./mutate.ts";

/** The arguments of `deno test`, the quickest first. */
const optim = [["test/optim/sgd_test.ts"]];
const methods = [
  ["test/methods/losses_test.ts", "test/methods/controls_test.ts", "test/methods/prometar_test.ts"],
  [
    "--filter",
    "settings that the parity records lack are followed on wasm",
    "test/parity/verify_test.ts",
  ],
  ["test/methods/promptsrc_test.ts", "test/methods/records_test.ts"],
];

/** What is tested, and by what. */
const files: Record<string, string[][]> = {
  "lib/optim/sgd.ts": optim,
  "lib/optim/schedule.ts": optim,
  "lib/methods/losses.ts": methods,
  "lib/methods/projection.ts": methods,
  "lib/methods/modulation.ts": methods,
  "lib/methods/meta_regularization.ts": methods,
};

/** Errors that are none, and why. By the line that they make. */
const harmless: Record<string, string> = {};

const root = decodeURIComponent(new URL("../../", import.meta.url).pathname);

/** A copy of the checkout in which `lib` may be changed. */
function copied(): string {
  const folder = Deno.makeTempDirSync({ prefix: "plumbline-mutants-" });
  const checkout = join(folder, "checkout");
  Deno.mkdirSync(checkout);
  for (const { name } of Deno.readDirSync(root)) {
    if (["lib", "test", "data", "mod.ts"].includes(name)) {
      cpSync(join(root, name), join(checkout, name), { recursive: true });
    } else if (/^(deno|package)\.|^node_modules$/.test(name)) {
      Deno.symlinkSync(join(root, name), join(checkout, name));
    }
  }
  // Where test/shared.ts looks for the records.
  Deno.symlinkSync(join(root, "../shared"), join(folder, "shared"));
  return checkout;
}

/** Whether a test fails. */
async function found(checkout: string, tests: string[][]): Promise<boolean> {
  for (const args of tests) {
    const { success } = await new Deno.Command(Deno.execPath(), {
      args: ["test", "-q", "-P=test", "--no-prompt", "--no-check", "--fail-fast", ...args],
      cwd: checkout,
      stdout: "null",
      stderr: "null",
      signal: AbortSignal.timeout(600_000),
    }).output();
    if (!success) return true;
  }
  return false;
}

const options = { files: others("FILE", "files by a part of their names; all when none is given") };
const summary = "Puts one error at a time into the numerics, for the tests to find.";

async function main(args: readonly string[]): Promise<number> {
  const { files: parts } = parse("mutants", options, args, summary);
  const wanted = Object.entries(files).filter(([file]) =>
    parts.length === 0 || parts.some((part) => file.includes(part))
  );
  if (wanted.length === 0) {
    throw new UsageError(`mutants: no file is called ${parts}: ${Object.keys(files).join(", ")}`);
  }
  const checkout = copied();
  let survivors = 0;
  for (const [file, tests] of wanted) survivors += await survivorsOf(checkout, file, tests);
  await Deno.remove(join(checkout, ".."), { recursive: true });
  return survivors > 0 ? 1 : 0;
}

/** How many errors of a file no test finds; each is printed. */
async function survivorsOf(checkout: string, file: string, tests: string[][]): Promise<number> {
  if (await found(checkout, tests)) {
    console.log(`${file}: its tests fail as it is: nothing can be said.`);
    return 1;
  }
  const text = await Deno.readTextFile(join(root, file));
  const all = mutants(text);
  const left: Mutant[] = [];
  for (const mutant of all) {
    await Deno.writeTextFile(join(checkout, file), mutant.text);
    if (!await found(checkout, tests) && !(mutant.is in harmless)) left.push(mutant);
  }
  await Deno.writeTextFile(join(checkout, file), text);
  console.log(`${file}: ${all.length - left.length} of ${all.length} found`);
  for (const { line, was, is } of left) console.log(`  ${line}: ${was}\n    as  ${is}`);
  return left.length;
}

await run(() => main(Deno.args), () => "Nothing is kept.");
