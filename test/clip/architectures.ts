/** The random CLIPs of test/fixtures/architectures, written as their makers would have saved them. */

import { writeTorch } from "../../lib/torch/mod.ts";
import fixture from "../fixtures/architectures/models.json" with { type: "json" };
import type { ClipConfig } from "../../lib/clip/mod.ts";
import { uniform } from "../tiny_clip.ts";

/** What PyTorch found. */
export interface Case {
  name: string;
  /** JSON files beside the weights. */
  files: Record<string, unknown>;
  /** Keys in the order of their seeds, shapes, and how they are drawn. */
  tensors: [key: string, shape: number[], centre: number, spread: number][];
  side: number;
  /** How they are stored; float32 where absent. */
  dtype?: "bfloat16" | "float16";
  ids: number[][];
  images: number[];
  texts: number[];
  /** What training put before the keys. */
  prefix?: string;
  /** Saved by torch.save under this name in a checkpoint. */
  torch?: string;
  shards?: number;
  /** Where no config file can say it. */
  config?: ClipConfig;
  coop?: { m: number; logits: number[]; loss: number; gradient: number[] };
  ivlp?: { m: number; logits: number[]; loss: number; gradients: Record<string, number[]> };
}

export const cases = fixture.cases as unknown as Case[];
export const { textsGiven, classNames } = fixture;

/** Float32 numbers from a seed. */
export function drawn(seed: number, shape: number[], centre = 0, spread = 1): Float32Array {
  const next = uniform(seed);
  const length = shape.reduce((a, b) => a * b, 1);
  return Float32Array.from({ length }, () => centre + spread * next());
}

/** The weights by their makers' keys. */
export function tensorsOf({ tensors }: Case): Map<string, { shape: number[]; data: Float32Array }> {
  return new Map(
    tensors.map(([key, shape, centre, spread], i) => [
      key,
      { shape, data: drawn(1000 + i, shape, centre, spread) },
    ]),
  );
}

/** Writes a case into a new folder, which is what a user would name. */
export async function folderOf(one: Case): Promise<string> {
  const folder = await Deno.makeTempDir();
  for (const [name, content] of Object.entries(one.files)) {
    await Deno.writeTextFile(`${folder}/${name}`, JSON.stringify(content));
  }
  const tensors = [...tensorsOf(one)].map(([key, tensor]) =>
    [`${one.prefix ?? ""}${key}`, tensor] as const
  );
  if (one.torch) {
    const state = new Map(tensors);
    await writeTorch(`${folder}/epoch_1.pt`, { epoch: 1, [one.torch]: Object.fromEntries(state) });
    return folder;
  }
  const shards = one.shards ?? 1;
  const isOpenClip = "open_clip_config.json" in one.files;
  const stem = isOpenClip ? "open_clip_model" : "model";
  const map: Record<string, string> = {};
  for (let shard = 0; shard < shards; shard++) {
    const part = (n: number) => String(n).padStart(5, "0");
    const name = shards === 1
      ? `${stem}.safetensors`
      : `${stem}-${part(shard + 1)}-of-${part(shards)}.safetensors`;
    const own = tensors.filter((_, i) => i % shards === shard);
    for (const [key] of own) map[key] = name;
    await Deno.writeFile(`${folder}/${name}`, safetensors(own, one.dtype));
  }
  if (shards > 1) {
    await Deno.writeTextFile(
      `${folder}/${stem}.safetensors.index.json`,
      JSON.stringify({ metadata: {}, weight_map: map }),
    );
  }
  return folder;
}

/** The bytes of a safetensors file, in any of the three types. */
function safetensors(
  tensors: (readonly [string, { shape: number[]; data: Float32Array }])[],
  dtype?: Case["dtype"],
): Uint8Array {
  const stored = tensors.map(([, { data }]) =>
    dtype === "float16"
      ? new Uint8Array(new Float16Array(data).buffer)
      : dtype === "bfloat16"
      ? new Uint8Array(brainFloats(data).buffer)
      : new Uint8Array(data.buffer)
  );
  const type = dtype === undefined ? "F32" : dtype === "float16" ? "F16" : "BF16";
  let end = 0;
  const header = new TextEncoder().encode(JSON.stringify(Object.fromEntries(
    tensors.map(([key, { shape }], i) => [
      key,
      { dtype: type, shape, data_offsets: [end, end += stored[i]!.length] },
    ]),
  )));
  const bytes = new Uint8Array(8 + header.length + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(header, 8);
  stored.reduce((at, part) => (bytes.set(part, at), at + part.length), 8 + header.length);
  return bytes;
}

/** The upper halves, rounded to nearest, halves to even. */
function brainFloats(data: Float32Array): Uint16Array {
  const bits = new Uint32Array(data.buffer, data.byteOffset, data.length);
  return Uint16Array.from(bits, (b) => (b + 0x7fff + (b >>> 16 & 1)) >>> 16);
}
