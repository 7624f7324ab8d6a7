/**
 * What a method may put into the blocks of a frozen transformer: into what its norms give, its queries, keys and values,
 * and what leaves it. Extra tokens need no hook: see `prompts` of the image tower and `contexts` of the text tower.
 *
 * Rows, [rows, width], are whatever tokens there are, of all sequences; a hook treats each alike.
 *
 * @module
 */
import { add, div, mul, scale, sub, type Tensor } from "../tensor/mod.ts";
import type { Norm } from "./fold.ts";

/** What is put into one block. */
export interface BlockHook {
  /** Whether anything in it is learned, so that what it computes has to last until the gradient comes. */
  tracked: boolean;
  /** In place of what a norm gives before its gain and bias: rows of unit length. */
  normed?(unit: Tensor, part: "attention" | "mlp"): Tensor;
  /** In place of queries, keys and values, all or some of them, that were made of the rows. */
  projected?(y: Tensor, rows: Tensor, columns: "all" | "query" | "keyValue"): Tensor;
  /** In place of the rows that leave the block; centred. `before` are the same rows as they entered it. */
  leave?(before: Tensor, after: Tensor): Tensor;
}

/** By block, from 0: what is put into it. */
export type Hook = (layer: number) => BlockHook | undefined;

/** A layer norm whole, of rows that are of unit length: √width·x·gain + bias. */
export function wholeNorm(unit: Tensor, { gain, bias }: Norm): Tensor {
  return add(mul(scale(unit, Math.sqrt(gain.size)), gain), bias);
}

/** The unit rows that a folded layer turns into what it would make of `normed`, a layer norm's output under other gains. */
export function unfolded(normed: Tensor, { gain, bias }: Norm): Tensor {
  return scale(div(sub(normed, bias), gain), 1 / Math.sqrt(gain.size));
}
