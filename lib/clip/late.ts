/**
 * Prompts whose contexts enter the text tower before a later block than the first: until then their rows are not there.
 *
 * @module
 */
import { dispose, type RowIndex, rowIndex } from "../tensor/mod.ts";
import { disposeLayout, type Embeddings, type Layout, layOut, type Slot } from "./prompt.ts";

/** The layout before the contexts enter, and which of its rows each row of the layout with them continues. */
export interface Late {
  /** The block before which they enter, from 0. */
  layer: number;
  /** Without the contexts' rows. */
  before: Layout;
  /** For each row of the later layout its row before; none for contexts. */
  rows: RowIndex;
}

/** Lays out prompts whose `contexts` vectors enter before block `layer`. Both outlive `tidy`, until `disposeLate`. */
export function layOutLate(
  prompts: Slot[][],
  contexts: number,
  layer: number,
  to: Embeddings,
): { layout: Layout; late: Late } {
  const plain = prompts.map((prompt) => prompt.filter((slot) => slot >= 0));
  const before = layOut(plain, 0, 1, to, false);
  const layout = layOut(prompts, contexts, 1, to, false);
  let row = 0;
  const places = prompts.flat().map((slot) => slot < 0 ? -1 : row++);
  return { layout, late: { layer, before, rows: rowIndex(places, row) } };
}

/** Frees both. */
export function disposeLate({ layout, late }: ReturnType<typeof layOutLate>): void {
  disposeLayout(layout);
  disposeLayout(late.before);
  dispose(late.rows);
}
