/**
 * Weights whose token table holds only the rows that were trained. A model that has seen a few hundred words needs no 49,408 rows in
 * its file; yet a name it never saw must not be the same as every other, so the rest is filled with numbers from a seed, of the
 * trained rows' size. The file's metadata say which rows it has and how to make the others. A row is made when it is asked for: a
 * run asks for the words of its prompts, a hundredth of them.
 */

import { budget, extent } from "../bounds.ts";
import { UserError } from "../errors.ts";
import type { TokenTable } from "./prompt.ts";
import { uniform } from "./random.ts";
import type { StoredTensor, TensorFile } from "./safetensors.ts";

/** The key of the token table. */
const TABLE = "token_embedding.weight";

/** Which rows a compact table has, and how the others are made. */
export interface TokenRows {
  /** How many rows the whole table has. */
  total: number;
  /** The token id of each stored row, rising. */
  ids: readonly number[];
  /** The seed of the other rows' numbers. */
  seed: number;
  /** Root mean square of the other rows' numbers. */
  size: number;
}

/** What a file with a compact table says of it, for its metadata. */
export function tokenRowsMetadata(rows: TokenRows): Record<string, string> {
  return { token_rows: JSON.stringify(rows) };
}

/** The same file with its whole token table, and that table; a file with a whole one as it is. */
export function withAllTokens(file: TensorFile): { file: TensorFile; tokens?: TokenTable } {
  const text = file.metadata.get("token_rows");
  if (text === undefined || !file.keys.includes(TABLE)) return { file };
  const rows = parseRows(text, file);
  const shape = [rows.total, file.shape(TABLE)[1]!];
  let known: TokenTable | undefined;
  const table = () => known ??= compactTable(file.readFloats(TABLE), rows);
  const read = () => ({ shape, data: everyRow(table(), shape) });
  return {
    file: {
      ...file,
      shape: (key) => key === TABLE ? [...shape] : file.shape(key),
      read: (key) => key === TABLE ? read() : file.read(key),
      readFloats: (key) => key === TABLE ? read() : file.readFloats(key),
    },
    tokens: { row: (id) => table().row(id) },
  };
}

/** The whole table's rows: the stored ones, and the others from the seed, in half precision's steps. */
export function compactTable(
  stored: StoredTensor<Float32Array>,
  { ids, seed, size }: TokenRows,
): TokenTable {
  const width = stored.shape[1]!;
  const places = new Map(ids.map((id, place) => [id, place]));
  const spread = spreadOf(size);
  return {
    row(id) {
      const place = places.get(id);
      if (place !== undefined) return stored.data.subarray(place * width, (place + 1) * width);
      const next = uniform(seed, id * width);
      const made = new Float32Array(width);
      for (let i = 0; i < width; i++) made[i] = spread * next();
      return new Float32Array(new Float16Array(made));
    },
  };
}

/** Uniform numbers up to 1 have a root mean square of 1/√3. */
function spreadOf(size: number): number {
  return size * Math.sqrt(3);
}

function everyRow({ row }: TokenTable, [total, width]: number[]): Float32Array {
  const data = new Float32Array(total! * width!);
  for (let id = 0; id < total!; id++) data.set(row(id), id * width!);
  return data;
}

function parseRows(text: string, file: TensorFile): TokenRows {
  const fail = (what: string): never => {
    throw new UserError(`${file.name}: its token_rows ${what}; fetch the file again.`);
  };
  let rows: TokenRows;
  try {
    rows = JSON.parse(text);
  } catch {
    return fail("are no JSON");
  }
  const { total, ids, seed, size } = rows ?? {};
  if (!Array.isArray(ids) || ![total, seed, size].every(Number.isFinite)) {
    return fail("lack total, ids, seed or size");
  }
  if (
    !(total <= 1_000_000 && ids.every((id, i) => Number.isInteger(id) && id > (ids[i - 1] ?? -1)))
  ) {
    return fail("are not rising token ids of at most a million rows");
  }
  if (ids.length !== file.shape(TABLE)[0] || ids.at(-1)! >= total) {
    return fail(`name ${ids.length} of ${total} rows, but ${TABLE} has ${file.shape(TABLE)[0]}`);
  }
  if (!Number.isFinite(Math.f16round(spreadOf(size)))) {
    return fail("are of a size beyond half precision");
  }
  budget(storedBytes(file), file.name).take(4 * total * file.shape(TABLE)[1]!, "its token table");
  return rows;
}

/** At least so many bytes lie in the file. */
function storedBytes(file: TensorFile): number {
  return file.keys.reduce((bytes, key) => bytes + extent(file.shape(key)), 0);
}
