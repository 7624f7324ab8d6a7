/**
 * `deno task status DIR`: how far a reproduction is, from another terminal or another machine.
 *
 * @module
 */
import { join } from "node:path";
import {
  keptPrompts,
  type NamedCell,
  readFailure,
  type Standing,
  standing,
} from "../protocols/mod.ts";
import { printable } from "../errors.ts";
import { argument, flag, parse } from "./options.ts";
import { cellWords, readPlan } from "../lab/mod.ts";
import { run } from "./run.ts";
import { clearScreen, print } from "../terminal.ts";

const statusOptions = {
  out: argument("DIR", "the folder that deno task reproduce writes to"),
  watch: flag("look again every two seconds, until all cells are done or failed"),
};

/** Milliseconds between two looks. */
const PAUSE = 2000;

/** Runs the command. → exit code: 1 when a cell failed */
export async function status(
  args: readonly string[],
  print: (line: string) => void,
): Promise<number> {
  const { out, watch } = parse("status", statusOptions, args, "Says how far a reproduction is.");
  const { cells } = await readPlan(out);
  const look = standing(out, cells);
  let said = "";
  while (true) {
    const found = await look();
    const text = await describe(out, cells.length, found);
    if (text !== said) {
      if (watch && Deno.stdout.isTerminal()) clearScreen();
      print(text);
    }
    said = text;
    const over = found.running.length + found.left.length === 0;
    if (!watch || over) return found.failed.length > 0 ? 1 : 0;
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

/** Cells that are named one by one. */
const MOST = 20;

async function describe(out: string, cells: number, found: Standing): Promise<string> {
  const { done, running, failed, left } = found;
  const errors = await Promise.all(
    failed.slice(0, MOST).map(async ({ id, cell }) =>
      `  failed: ${cellWords(cell)}: ${(await readFailure(out, id))?.error ?? ""}`
    ),
  );
  return [
    `${done.length} of ${cells} cells done, ${running.length} running, ${failed.length} failed, ${left.length} left.`,
    ...await promptsOf(out, done),
    ...running.slice(0, MOST).map(({ cell, note, host, pid }) =>
      `  running: ${cellWords(cell)}${note && `, ${note}`} (process ${pid} on ${host})`
    ),
    ...more(running),
    ...errors,
    ...more(failed),
  ].join("\n");
}

/** Where the prompts of cells that are done lie, and how large they are together. */
async function promptsOf(out: string, done: readonly NamedCell[]): Promise<string[]> {
  const kept = await keptPrompts(out);
  const sizes = done.flatMap(({ id }) => kept.get(id) ?? []);
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  return sizes.length === 0 ? [] : [
    `  prompts of ${sizes.length}, ${(bytes / 2 ** 20).toFixed(1)} MiB: ${
      printable(join(out, "prompts"))
    }`,
  ];
}

function more(cells: readonly NamedCell[]): string[] {
  return cells.length > MOST ? [`  … and ${cells.length - MOST} more`] : [];
}

if (import.meta.main) await run(() => status(Deno.args, print));
