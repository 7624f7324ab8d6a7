/**
 * A notebook run from top to bottom in a fresh kernel.
 *
 * @module
 */
import { UserError } from "../errors.ts";
import type { Cell, Notebook, Output } from "./ipynb.ts";
import { startKernel } from "./kernel.ts";

/** What a run found: the notebook with its new outputs, and where it failed if it did. */
export interface Executed {
  notebook: Notebook;
  failure?: {
    /** From 1, Markdown cells counted, as a reader counts. */
    cell: number;
    /** The error and its traceback, in lines. */
    traceback: string[];
  } | undefined;
}

/** How to run it. */
export interface ExecuteOptions {
  /** The folder it is run in. */
  folder: string;
  /** Milliseconds for a cell; none when not given. */
  limit?: number;
  /** Replaces `const NAME = "…";` in the cell tagged `parameters`. */
  parameters?: Record<string, string>;
  /** Called before each cell. */
  onCell?(cell: number, cells: number): void;
}

/**
 * Runs all code cells; stops at the first that throws.
 *
 * @throws {UserError} when a parameter has no place, or the kernel cannot be run or is not done in time
 */
export async function executeNotebook(
  { cells }: Notebook,
  { folder, limit = Infinity, parameters = {}, onCell }: ExecuteOptions,
): Promise<Executed> {
  const sources = withParameters(cells, parameters);
  await using kernel = await startKernel(folder);
  const done: Cell[] = [];
  let failure: Executed["failure"];
  for (const [i, cell] of cells.entries()) {
    const runs = cell.cell_type === "code" && !failure;
    if (runs) onCell?.(i + 1, cells.length);
    const outputs = runs ? await kernel.execute(sources[i]!, limit) : [];
    const error = outputs.find(isError);
    if (error) {
      const { ename, evalue, traceback } = error;
      failure = {
        cell: i + 1,
        traceback: traceback.length > 0 ? traceback : [`${ename}: ${evalue}`],
      };
    }
    done.push({ ...cell, source: sources[i]!, outputs });
  }
  return { notebook: { cells: done }, failure };
}

function isError(output: Output): output is Extract<Output, { output_type: "error" }> {
  return output.output_type === "error";
}

function withParameters(cells: readonly Cell[], parameters: Record<string, string>): string[] {
  const sources = cells.map(({ source }) => source);
  const at = cells.findIndex(({ metadata }) => metadata.tags?.includes("parameters"));
  for (const [name, value] of Object.entries(parameters)) {
    const pattern = new RegExp(`(?<=^const ${RegExp.escape(name)}\\b[^=\\n]*= )"[^"\\n]*"`, "m");
    if (at < 0 || !pattern.test(sources[at]!)) {
      throw new UserError(`the notebook has no parameter ${name}: its first cells set others`);
    }
    sources[at] = sources[at]!.replace(pattern, () => JSON.stringify(value));
  }
  return sources;
}
