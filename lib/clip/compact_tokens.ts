/**
 * Weights whose token table holds only the rows that were trained. A model that has seen a few hundred words needs no 49,408 rows in
 * its file; yet a name it never saw must not be the same as every other, so the rest is filled with numbers from a seed, of the
 * trained rows' size. The file's metadata say which rows it has and how to make the others.
 */

import { budget, extent } from "../bounds.ts";
import { UserError } from "../errors.ts";
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

/** The same file with its whole token table; a file with a whole one as it is. */
export function withAllTokens(file: TensorFile): TensorFile {
  const text = file.metadata.get("token_rows");
  if (text === undefined || !file.keys.includes(TABLE)) return file;
  const rows = parseRows(text, file);
  let whole: StoredTensor<Float32Array> | undefined;
  const read = () => whole ??= fillRows(file.readFloats(TABLE), rows);
  return {
    ...file,
    shape: (key) => key === TABLE ? [rows.total, file.shape(TABLE)[1]!] : file.shape(key),
    read: (key) => key === TABLE ? read() : file.read(key),
    readFloats: (key) => key === TABLE ? read() : file.readFloats(key),
  };
}

/** The whole table: the stored rows at their places, and the others from the seed, in half precision's steps. */
export function fillRows(
  stored: StoredTensor<Float32Array>,
  { total, ids, seed, size }: TokenRows,
): StoredTensor<Float32Array> {
  const width = stored.shape[1]!;
  const next = uniform(seed);
  const data = new Float32Array(total * width);
  const spread = size * Math.sqrt(3); // uniform numbers up to 1 have a root mean square of 1/√3
  for (let i = 0; i < data.length; i++) data[i] = spread * next();
  data.set(new Float16Array(data));
  ids.forEach((id, row) =>
    data.set(stored.data.subarray(row * width, (row + 1) * width), id * width)
  );
  return { shape: [total, width], data };
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
  // Half precision's steps are made beside the numbers.
  budget(storedBytes(file), file.name).take(6 * total * file.shape(TABLE)[1]!, "its token table");
  return rows;
}

/** At least so many bytes lie in the file. */
function storedBytes(file: TensorFile): number {
  return file.keys.reduce((bytes, key) => bytes + extent(file.shape(key)), 0);
}
