/**
 * The notebook format, nbformat 4.5 (https://nbformat.readthedocs.io), as far as a Deno notebook uses it.
 *
 * @module
 */
import { UserError } from "../errors.ts";
import { writeWhole } from "../protocols/files.ts"; // not mod.ts: it would load native code

/** Representations of one output by MIME type; JSON types hold values, the others texts. */
export type MimeBundle = Record<string, unknown>;

/** What a code cell printed, showed or threw. */
export type Output =
  | { output_type: "stream"; name: "stdout" | "stderr"; text: string }
  | { output_type: "display_data"; data: MimeBundle; metadata: Record<string, unknown> }
  | { output_type: "error"; ename: string; evalue: string; traceback: string[] };

/** A cell. */
export interface Cell {
  cell_type: "markdown" | "code";
  id: string;
  metadata: { tags?: string[]; [key: string]: unknown };
  source: string;
  /** The outputs of a code cell. */
  outputs: Output[];
}

/** A notebook: texts joined, outputs in order. */
export interface Notebook {
  cells: Cell[];
}

/**
 * The notebook of a file's text.
 *
 * @throws {UserError} when the text is not a notebook of nbformat 4, naming the file
 */
export function parseNotebook(text: string, file: string): Notebook {
  const parsed = parseJson(text);
  const raw = isObject(parsed) ? parsed : {};
  if (raw.nbformat !== 4 || !Array.isArray(raw.cells)) {
    throw new UserError(`${file} is not a Jupyter notebook of format 4: it is left alone`);
  }
  const ids = new Set<string>();
  const cells = raw.cells.map((cell, i): Cell => {
    if (!isObject(cell) || (cell.cell_type !== "markdown" && cell.cell_type !== "code")) {
      throw new UserError(`${file}: cell ${i + 1} is neither Markdown nor code`);
    }
    const named = typeof cell.id === "string" && !ids.has(cell.id) ? cell.id : `cell-${i + 1}`;
    ids.add(named);
    const outputs = Array.isArray(cell.outputs) ? cell.outputs.filter(isObject) : [];
    return {
      cell_type: cell.cell_type,
      id: named,
      metadata: parseMetadata(cell.metadata),
      source: joined(cell.source),
      outputs: outputs.map(parseOutput),
    };
  });
  return { cells };
}

/**
 * Writes a notebook: one line of the source a line of the file, so that changes read well, and the kernel by name. Cells
 * are counted in their order, which is the order in which they were run.
 */
export async function writeNotebook(path: string, { cells }: Notebook): Promise<void> {
  let count = 0;
  const plain = {
    cells: cells.map(({ cell_type, id, metadata, source, outputs }) => ({
      cell_type,
      ...(cell_type === "code" ? { execution_count: ++count } : {}),
      id,
      metadata,
      ...(cell_type === "code" ? { outputs: outputs.map(writtenOutput) } : {}),
      source: lines(source),
    })),
    metadata: {
      kernelspec: { display_name: "Deno", language: "typescript", name: "deno" },
      language_info: {
        file_extension: ".ts",
        mimetype: "text/x.typescript",
        name: "typescript",
        nbconvert_exporter: "script",
      },
    },
    nbformat: 4,
    nbformat_minor: 5,
  };
  await writeWhole(path, JSON.stringify(plain, null, 1) + "\n");
}

/** A text of an output as MIME type `type`; undefined where there is none. */
export function textOf(data: MimeBundle, type: string): string | undefined {
  return type in data ? joined(data[type]) : undefined;
}

/** As it is, but for tags that are no texts. */
function parseMetadata(raw: unknown): Cell["metadata"] {
  if (!isObject(raw)) return {};
  const { tags, ...others } = raw;
  if (!Array.isArray(tags)) return others;
  return { ...raw, tags: tags.filter((tag) => typeof tag === "string") };
}

function parseOutput(raw: Record<string, unknown>): Output {
  const type = raw.output_type;
  if (type === "stream") {
    const name = raw.name === "stderr" ? "stderr" : "stdout";
    return { output_type: type, name, text: joined(raw.text) };
  }
  if (type === "error") {
    const traceback = Array.isArray(raw.traceback) ? raw.traceback.map(plain) : [];
    const [ename, evalue] = [plain(raw.ename), plain(raw.evalue)];
    return { output_type: type, ename, evalue, traceback };
  }
  const entries = isObject(raw.data) ? Object.entries(raw.data) : [];
  const data = Object.fromEntries(
    entries.map(([type, value]) => [type, isJson(type) ? value : joined(value)]),
  );
  return { output_type: "display_data", data, metadata: {} };
}

function writtenOutput(output: Output): unknown {
  if (output.output_type === "stream") return { ...output, text: lines(output.text) };
  if (output.output_type === "error") return output;
  const entries = Object.entries(output.data).sort(([a], [b]) => a < b ? -1 : 1);
  const data = Object.fromEntries(
    entries.map(([type, value]) => [type, typeof value === "string" ? lines(value) : value]),
  );
  return { ...output, data };
}

function isJson(type: string): boolean {
  return type.endsWith("json");
}

function joined(text: unknown): string {
  return Array.isArray(text) ? text.map(plain).join("") : typeof text === "string" ? text : "";
}

/** A line of a text; what is no text is none. */
function plain(line: unknown): string {
  return typeof line === "string" || typeof line === "number" ? String(line) : "";
}

/** Lines with their ends, as nbformat has them. */
function lines(text: string): string[] {
  return text === "" ? [] : text.split(/(?<=\n)/);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
