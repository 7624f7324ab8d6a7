/**
 * The weights that pre-training leaves: OpenAI's key layout, half precision, of the token table only the rows that were trained.
 *
 * @module
 */
import {
  buildClip,
  type Clip,
  type ClipConfig,
  compactTable,
  type StoredTensor,
  type TokenRows,
  tokenRowsMetadata,
  writeSafetensors,
} from "../clip/mod.ts";
import { read, type Tensors } from "../tensor/mod.ts";

const TABLE = "token_embedding.weight";

/** Writes weights to `path`. `recipe` goes into the file's metadata. */
export async function writeWeights(
  path: string,
  params: Tensors,
  vocabulary: readonly number[],
  config: ClipConfig,
  recipe: unknown,
): Promise<void> {
  const tensors = await stored(params);
  await writeSafetensors(path, tensors, {
    half: true,
    metadata: {
      ...tokenRowsMetadata(tokenRows(tensors[TABLE]!, vocabulary, config)),
      recipe: JSON.stringify(recipe),
    },
  });
}

/** The CLIP of these weights, to look at while they are trained. The caller disposes of it by `disposeClip`. */
export async function clipOf(
  params: Tensors,
  vocabulary: readonly number[],
  config: ClipConfig,
): Promise<Clip> {
  const tensors = await stored(params);
  const tokens = compactTable(tensors[TABLE]!, tokenRows(tensors[TABLE]!, vocabulary, config));
  return buildClip({
    name: "in training",
    sha256: "",
    config,
    get: (key) => tensors[key]!,
    tokens,
  });
}

/** The rows that the table lacks shall be of the size of those it has. */
function tokenRows(
  { data }: StoredTensor<Float32Array>,
  ids: readonly number[],
  { text }: ClipConfig,
): TokenRows {
  const squares = data.reduce((sum, x) => sum + x * x, 0);
  return { total: text.vocab, ids, seed: 1, size: Math.sqrt(squares / data.length) };
}

async function stored(params: Tensors): Promise<Record<string, StoredTensor<Float32Array>>> {
  const entries = Object.entries(params).map(async ([key, x]) =>
    [key, { shape: x.shape, data: (await read(x)).slice() }] as const
  );
  return Object.fromEntries(await Promise.all(entries));
}
