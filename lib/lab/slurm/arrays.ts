/**
 * The folders of job arrays: `<out>/slurm/<number>` holds an array's script, its list of cells, its logs and the exit
 * codes of its tasks. With the cluster's queue they are all the state there is: any process can pick a run up.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join, resolve } from "node:path";
import { readText } from "../../bounds.ts";
import { UserError } from "../../errors.ts";

/** A cell of the plan, as far as a runner has to know it. */
export interface PlanCell {
  /** The cell's number, by which it is run. */
  index: number;
  /** The identity, which names its record. */
  id: string;
}

/** An array: its job's name and the cells that its tasks 0, 1, … run. */
export interface SlurmArray {
  name: string;
  folder: string;
  cells: readonly PlanCell[];
}

/** The arrays of the results folder `out`, in the order they were made. */
export async function listArrays(out: string): Promise<SlurmArray[]> {
  const numbers = await numbersIn(arraysFolder(out));
  const arrays = await Promise.all(numbers.map(async (number) => {
    const folder = join(arraysFolder(out), String(number));
    const cells = await readCells(join(folder, "cells"));
    return { name: jobName(out, number), folder, cells };
  }));
  return arrays.filter(({ cells }) => cells.length > 0);
}

/**
 * Makes the folder of a new array; two processes at once get two different ones.
 *
 * @param script the script's text, given the job's name
 */
export async function makeArray(
  out: string,
  cells: readonly PlanCell[],
  script: (name: string) => string,
): Promise<SlurmArray> {
  const all = arraysFolder(out);
  await Deno.mkdir(all, { recursive: true });
  for (let number = 1 + Math.max(-1, ...await numbersIn(all));; number++) {
    const folder = join(all, String(number));
    try {
      await Deno.mkdir(folder);
    } catch (error) {
      if (error instanceof Deno.errors.AlreadyExists) continue;
      throw error;
    }
    const name = jobName(out, number);
    await Deno.writeTextFile(join(folder, "job.sh"), script(name));
    const list = cells.map(({ index, id }) => `${index} ${id}\n`).join("");
    await Deno.writeTextFile(join(folder, "cells.part"), list);
    await Deno.rename(join(folder, "cells.part"), join(folder, "cells"));
    return { name, folder, cells };
  }
}

/** The job's name that the next array will have. */
export async function nextJobName(out: string): Promise<string> {
  return jobName(out, 1 + Math.max(-1, ...await numbersIn(arraysFolder(out))));
}

/** A job's name: the folder's own, so that the jobs of two results folders can't be confused. */
function jobName(out: string, number: number): string {
  const place = createHash("sha256").update(resolve(out)).digest("hex").slice(0, 8);
  return `plumbline-${place}-${number}`;
}

/** The code that a task ended with, or undefined when it has not ended by itself. */
export async function exitCode({ folder }: SlurmArray, task: number): Promise<number | undefined> {
  try {
    const code = Number.parseInt(await readText(join(folder, `${task}.exit`), 100));
    return Number.isNaN(code) ? undefined : code;
  } catch {
    return undefined;
  }
}

/** Where a task's output goes. */
export function logOf({ folder }: SlurmArray, task: number): string {
  return join(folder, `${task}.log`);
}

/** The last line that a task wrote, which for a failed cell says why. */
export async function lastLine(array: SlurmArray, task: number): Promise<string | undefined> {
  try {
    const text = await tail(logOf(array, task));
    return text.trimEnd().split("\n").at(-1)?.trim() || undefined;
  } catch {
    return undefined;
  }
}

/**
 * The folder of the arrays.
 *
 * @throws {UserError} for a path that Slurm takes for a pattern
 */
function arraysFolder(out: string): string {
  const folder = join(resolve(out), "slurm");
  const bad = folder.match(/[%\\\n\r]/)?.[0];
  if (bad) {
    throw new UserError(
      `${JSON.stringify(out)} holds ${JSON.stringify(bad)}, which Slurm can't have in the path ` +
        "of a log: choose another --out",
    );
  }
  return folder;
}

/** The end of a file: a log may be of any length. */
async function tail(path: string, bytes = 65_536): Promise<string> {
  if (!(await Deno.stat(path)).isFile) return "";
  using file = await Deno.open(path);
  await file.seek(Math.max(0, (await file.stat()).size - bytes), Deno.SeekMode.Start);
  const end = new Uint8Array(bytes);
  return new TextDecoder().decode(end.subarray(0, await file.read(end) ?? 0));
}

async function numbersIn(folder: string): Promise<number[]> {
  const numbers: number[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) {
      if (/^\d{1,9}$/.test(name)) numbers.push(Number(name));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return numbers.sort((a, b) => a - b);
}

async function readCells(path: string): Promise<PlanCell[]> {
  try {
    return (await readText(path)).split("\n").filter((line) => line !== "")
      .map((line) => {
        const [index, id] = line.split(" ") as [string, string];
        return { index: Number(index), id };
      });
  } catch {
    return [];
  }
}
