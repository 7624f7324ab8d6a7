/**
 * Attention in tiles, where WebGPU computes: one program finds what queries find, two more pull a cotangent back, and one
 * the common beginning's; the weights are never in memory. Where second derivatives are asked for, the composed form is
 * taken, which keeps the weights.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import type { Beginning } from "./attention.ts";
import { isTracked, order, recordJointly, type Tensor, vjp } from "./tape.ts";
import { MOST_KEYS, MOST_SIZE, TILE } from "./webgpu_attention.ts";
import { comesAgain, hasProgram, program, programOfSeveral } from "./programs.ts";

/** What asks, and what is asked, as `attentionBeyond` has it; without a beginning there is one prompt. */
export interface Asking {
  q: Tensor;
  k: Tensor;
  v: Tensor;
  mask?: Tensor | undefined;
  beginning?: Beginning;
  prompts?: number;
}

/** softmax(q·kᵀ + mask)·v; by `composed` where it has to be made of other ops. */
export function inTiles(asking: Asking, composed: () => Tensor): Tensor {
  const { q, k, v, beginning, mask } = asking;
  const inputs = [q, k, v, ...beginning ? [beginning.keys, beginning.values] : []];
  const sizes = sizesOf(asking);
  if (!fits(asking, sizes) || inputs.some((x) => order(x) > 1)) return composed();
  const [ofQuery, ofKey, ofValue, ofShared, ofSharedValue] = inputs.map(isTracked);
  const { sequences, prompts, ahead, asked, length } = sizes;
  const told = { asking: asked, length, masked: mask ? 1 : 0 };
  const ofQueries = { ...told, ahead, sharing: prompts, ...tiles(asked, sequences * prompts) };
  const [y, kv] = tf.tidy((): [Tensor, Tensor] => {
    const kv: Tensor = beginning ? tf.concat([beginning.keys, beginning.values], 2) : k;
    const given = { q, kv, k, v, mask: mask ?? q };
    return [program("Attended", given, ofQueries, q.shape), kv];
  });
  if (beginning && !inputs.some(isTracked)) kv.dispose();
  return recordJointly([y], inputs, ([d]) => {
    if ([...inputs, d].some(isTracked)) return vjp(() => [composed()], inputs).pull([d]);
    const given = { q, k, v, mask: mask ?? q, d };
    const [dq, sums] = programOfSeveral("AttendedPull", { ...given, kv }, ofQueries, q.shape);
    const ofOwn = { ...told, stride: length, values: 0, ...tiles(length, sequences * prompts) };
    const own = ofKey || ofValue
      ? programOfSeveral("KeysPull", { ...given, sums }, ofOwn, k.shape)
      : [undefined, undefined];
    if (!beginning || !(ofShared || ofSharedValue)) return [ofQuery ? dq : undefined, ...own];
    const all = { asking: prompts * asked, length: ahead, masked: 0, ...tiles(ahead, sequences) };
    const held = { q, k: kv, v: kv, mask: q, d, sums };
    const where = { ...all, stride: 2 * ahead, values: ahead };
    return [dq, ...own, ...programOfSeveral("KeysPull", held, where, beginning.keys.shape)];
  })[0];
}

/** How many groups of threads take the tiles of so many rows in each of the blocks. */
function tiles(rows: number, blocks: number): { workgroups: number } {
  return { workgroups: blocks * Math.ceil(rows / TILE) };
}

/** Heads of all groups; prompts in each; rows of the beginning, and of each prompt those that ask and those that are asked. */
function sizesOf({ q, k, beginning, prompts = 1 }: Asking) {
  const [heads, groups, rows, size] = q.shape as [number, number, number, number];
  return {
    ...{ heads, groups, size, prompts, sequences: heads * groups },
    ahead: beginning?.keys.shape[2] ?? 0,
    asked: rows / prompts,
    length: k.shape[2]! / prompts,
  };
}

/** Whether the programs are there, a group of threads can keep the scores, and the mask's rows simply come again. */
function fits({ mask }: Asking, sizes: ReturnType<typeof sizesOf>): boolean {
  const { heads, groups, prompts, size, ahead, asked, length } = sizes;
  if (!hasProgram("Attended") || size > MOST_SIZE || ahead + length > MOST_KEYS) return false;
  return !mask || comesAgain(mask.shape, [heads, groups * prompts, asked, length]);
}
