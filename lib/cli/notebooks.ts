/**
 * `deno task notebooks`: runs the notebooks in fresh kernels, keeps their outputs and writes them as HTML; or checks
 * that the outputs that are kept are what the code makes.
 *
 * @module
 */
import { join } from "node:path";
import { readText } from "../bounds.ts";
import { writeWhole } from "../protocols/files.ts"; // not mod.ts: it would load native code
import { flag, others, parse, text } from "./options.ts";
import { executeNotebook } from "../jupyter/execute.ts";
import { notebookHtml } from "../jupyter/html.ts";
import { type Notebook, writeNotebook } from "../jupyter/ipynb.ts";
import { chosenNotebooks, readNotebook, shelf } from "../jupyter/shelf.ts";
import { differences } from "../jupyter/stale.ts";
import { run } from "./run.ts";
import { tell } from "../terminal.ts";

const options = {
  names: others("NAME", "notebooks by name or number; all when none is given"),
  check: flag("compare the outputs with those that are kept, and write nothing"),
  export: flag("run nothing: write the HTML of what is kept"),
  preset: text(
    "NAME|DIR",
    "what their first cells are to say: pocket, paper, or a folder of results",
  ),
  out: text("DIR", "where the notebooks and their HTML are written", shelf),
};

const summary = "Runs the notebooks in fresh kernels, writes their outputs into them, and HTML.";

/** Runs the command. → exit code: 1 when a notebook failed, or is not what is kept */
export async function notebooks(
  args: readonly string[],
  say: (line: string) => void,
): Promise<number> {
  const { names, check, export: only, preset, out } = parse("notebooks", options, args, summary);
  const parameters: Record<string, string> = preset ? { preset } : {};
  let code = 0;
  for (const name of await chosenNotebooks(names)) {
    const begun = performance.now();
    const kept = await readNotebook(name);
    if (only) {
      await writePage(out, name, kept);
      continue;
    }
    const { notebook, failure } = await executeNotebook(kept, { folder: shelf, parameters });
    const seconds = ((performance.now() - begun) / 1000).toFixed(0);
    const faults = failure
      ? [`${name}, cell ${failure.cell}:`, ...failure.traceback]
      : check
      ? await stale(name, kept, notebook)
      : [];
    if (faults.length > 0) code = 1;
    else if (!check) await write(out, name, notebook);
    for (const line of faults) say(line);
    say(`${name}: ${faults.length > 0 ? "failed" : check ? "as kept" : "written"} (${seconds} s)`);
  }
  return code;
}

/** Writes the notebook and its HTML. */
async function write(out: string, name: string, notebook: Notebook): Promise<void> {
  await writeNotebook(join(out, `${name}.ipynb`), notebook);
  await writePage(out, name, notebook);
}

async function writePage(out: string, name: string, notebook: Notebook): Promise<void> {
  await writeWhole(join(out, "html", `${name}.html`), notebookHtml(notebook, name));
}

/** What is not as kept, in lines: outputs, and the HTML of what is kept. */
async function stale(name: string, kept: Notebook, made: Notebook): Promise<string[]> {
  const found = differences(kept, made).flatMap(({ cell, kept, made }) => [
    `${name}, cell ${cell} shows something else than is kept:`,
    `- ${kept}`,
    `+ ${made}`,
  ]);
  const html = await readText(join(shelf, "html", `${name}.html`)).catch(() => "");
  if (html !== notebookHtml(kept, name)) found.push(`html/${name}.html is not that notebook's`);
  return found.length === 0 ? [] : [...found, `deno task notebooks ${name} writes it anew`];
}

if (import.meta.main) {
  await run(
    () => notebooks(Deno.args, tell),
    () => "Notebooks that were done are written; the same command starts again.",
  );
}
