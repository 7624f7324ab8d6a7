/**
 * Worker processes: each is `lib/cli/cell.ts` on some cells of the plan in a folder of results.
 *
 * @module
 */
import { resolve } from "node:path";
import { denoPath } from "../deno_path.ts";
import { UserError } from "../errors.ts";
import type { Plan } from "./plan_file.ts";
import { mayRun } from "./provenance.ts";
import { THREADS } from "./threads.ts";

/** Whether this process may start others: the code lies on disk, and Deno may be run. */
export function canStart(): boolean {
  return import.meta.url.startsWith("file:") && mayRun(denoPath());
}

/**
 * The words of a command that runs cells of the plan in `out`, less their places. A plan that names modules of the user's
 * own, which this process made, is to import them.
 */
export function workerWords(out: string, { travels }: Plan): string[] {
  const { methods, datasets } = travels;
  const modules = [...Object.values(methods), ...Object.values(datasets)]
    .flatMap((from) => "module" in from ? [from.module] : []);
  const hosts = new Set(
    modules.filter((url) => /^https?:/.test(url)).map((url) => new URL(url).host),
  );
  const script = decodeURIComponent(new URL("../cli/cell.ts", import.meta.url).pathname);
  return [
    ...["run", "-P=cell", "--no-prompt"],
    ...[...hosts].map((host) => `--allow-import=${host}`),
    ...[script, resolve(out)],
    ...modules.length > 0 ? ["--modules"] : [],
  ];
}

/** A process that runs these cells until none is left, with its share of the cores. */
export function startWorker(out: string, plan: Plan, cells: readonly number[], jobs: number) {
  const share = Math.max(1, Math.floor(navigator.hardwareConcurrency / jobs));
  const command = new Deno.Command(denoPath(), {
    args: [...workerWords(out, plan), ranges(cells), "--attached"],
    env: { [THREADS]: Deno.env.get(THREADS) ?? String(share), NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  });
  const process = spawned(command);
  const last = process.output().then(({ code, stderr }) => ({
    code,
    line: new TextDecoder().decode(stderr).trim().split("\n")
      .findLast((line) => !line.startsWith("cells:")),
  }));
  return { process, last };
}

/** `0-4,7`: whole numbers in few words. */
export function ranges(numbers: readonly number[]): string {
  const parts: [number, number][] = [];
  for (const n of numbers) {
    const last = parts.at(-1);
    if (last?.[1] === n - 1) last[1] = n;
    else parts.push([n, n]);
  }
  return parts.map(([from, to]) => from === to ? `${from}` : `${from}-${to}`).join(",");
}

function spawned(command: Deno.Command): Deno.ChildProcess {
  try {
    return command.spawn();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new UserError(
      "deno is not on the PATH, so that no other process can be started: add its folder to the PATH, or give --jobs 1",
    );
  }
}

/** Ends a process that may have ended. */
export function endWorker(process: Deno.ChildProcess): void {
  try {
    process.kill();
  } catch {
    // It has ended.
  }
}
