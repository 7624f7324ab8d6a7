/**
 * The text of a job array's script: one cell a task. It is submitted from the array's own folder, where all it reads
 * and writes lies, so that no path has to pass through an `#SBATCH` line, whose quoting differs between versions.
 *
 * @module
 */
import { UserError } from "../../errors.ts";
import type { SlurmOptions } from "./options.ts";

/** What a script runs. */
export interface SlurmScript {
  /** The job's name. */
  name: string;
  /** Tasks: the lines of the file `cells`. */
  tasks: number;
  /** The program and arguments that run a cell, which the cell's index is added to. */
  command: readonly string[];
  /** The folder to run it in. */
  cwd: string;
}

/**
 * The script of an array. A task reads its cell's index from its line of `cells`, writes to `<task>.log`, and ends by
 * writing the exit code to `<task>.exit`; a task that was killed leaves none, and Slurm may start it again at any time.
 *
 * @throws {UserError} for a value that holds a line break
 */
export function slurmScript(
  { name, tasks, command, cwd }: SlurmScript,
  options: SlurmOptions,
): string {
  const { partition, account, gpus, time, mem, cpus, atOnce } = options;
  const throttle = atOnce === undefined ? "" : `%${atOnce}`;
  const directives = [
    `--job-name=${name}`,
    `--array=0-${tasks - 1}${throttle}`,
    "--output=%a.log",
    "--open-mode=append",
    "--requeue",
    partition && `--partition=${partition}`,
    account && `--account=${account}`,
    gpus && `--gres=gpu:${gpus}`,
    time && `--time=${time}`,
    mem && `--mem=${mem}`,
    cpus && `--cpus-per-task=${cpus}`,
    ...options.directives,
  ].filter((line) => line !== undefined).map((line) => `#SBATCH ${oneLine(String(line))}`);
  return [
    "#!/bin/bash",
    ...directives,
    "",
    "# One cell a task: its line of the file `cells` begins with the cell's index.",
    "array=$PWD",
    "task=$SLURM_ARRAY_TASK_ID",
    'rm -f "$task.exit"',
    'read -r index _ <<< "$(sed -n "$((task + 1))p" cells)"',
    "export NO_COLOR=1",
    ...options.setup.map(oneLine),
    `cd ${quote(cwd)} || exit`,
    `${command.map(quote).join(" ")} "$index"`,
    "code=$?",
    "# A task that was killed does not come here: no exit file means that it is to run again.",
    'echo "$code" > "$array/$task.part" && mv "$array/$task.part" "$array/$task.exit"',
    'exit "$code"',
    "",
  ].join("\n");
}

/** `text` as one word of a shell. */
function quote(text: string): string {
  oneLine(text);
  return /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function oneLine(text: string): string {
  // deno-lint-ignore no-control-regex
  if (/[\n\r\x00]/.test(text)) {
    throw new UserError(
      `${JSON.stringify(text)} holds a line break, which a job script can't: use another name`,
    );
  }
  return text;
}
