/**
 * The pre-norm transformer block that both of CLIP's transformers are made of (Radford et al. 2021, section 2.4), in
 * fewer operations.
 *
 * Tokens are rows, [rows, width], whatever sequences they belong to: only attention needs to know. All reading of the
 * rows goes through layer norms, which centre them; so whatever is added to the rows is centred beforehand, in the
 * weights, and a norm is left with bringing them to unit length: its √width, gain and bias lie in the next layer.
 *
 * @module
 */
import {
  dispose,
  gelu,
  geluTanh,
  isTracked,
  type Linear,
  linear,
  order,
  QUICK,
  readsInputFrom,
  type RowIndex,
  silu,
  takeRows,
  type Tensor,
  tidy,
  unitLength,
} from "../tensor/mod.ts";
import type { Activation, BlockTraits } from "./config.ts";
import { type Norm, readLinear, readNorm, type Source } from "./fold.ts";
import type { BlockHook } from "./hook.ts";

/** One block's frozen layers, with what surrounds them folded in. */
export interface Block {
  /** Attention heads. */
  heads: number;
  /** ε of its layer norms. */
  epsilon: number;
  /** The activation of the MLP's hidden layer; for QuickGELU its factor lies in the layers around. */
  activate(x: Tensor): Tensor;
  /** Queries (scaled), keys and values, [width, 3·width]. The last block has none: not all of its rows ask. */
  all?: Linear | undefined;
  /** The last block's: queries, [width, width]; keys and values, [width, 2·width]. */
  query?: Linear | undefined;
  /** Key and value projections alone, where queries are few. */
  keyValue?: Linear | undefined;
  /** The output projection of attention, [width, width]. */
  out: Linear;
  /** The MLP's first layer, [width, hidden]. */
  expand: Linear;
  /** The MLP's second layer, [hidden, width]. */
  contract: Linear;
  /** The norms before attention and before the MLP, which lie folded in `all` and `expand`: for hooks. */
  norms: { attention: Norm; mlp: Norm };
}

/** ε of a layer norm where nothing else is said: PyTorch's. */
export const EPSILON = 1e-5;

/** The activations: each with the factor on its input whose inverse is on its output. */
export const activations: Record<Activation, { activate: (x: Tensor) => Tensor; factor?: number }> =
  {
    "quick-gelu": { activate: silu, factor: QUICK },
    "gelu": { activate: gelu },
    "gelu-tanh": { activate: geluTanh },
  };

/**
 * Reads the blocks under `name` (`transformer` or `visual.transformer`). `some` says that of the last block's output only
 * some rows are wanted.
 */
export function readBlocks(
  source: Source,
  name: string,
  config: BlockTraits & { layers: number; heads: number; width: number },
  some = true,
): Block[] {
  const { layers, heads, width, epsilon = EPSILON, activation = "quick-gelu", layerScale } = config;
  const { activate, factor } = activations[activation];
  return Array.from({ length: layers }, (_, layer) => {
    const at = `${name}.resblocks.${layer}`;
    const scale = (column: number) => column < width ? Math.sqrt(heads / width) : 1;
    const attend = (columns?: [number, number]) =>
      readLinear(source, `${at}.attn.in_proj_weight`, `${at}.attn.in_proj_bias`, () => ({
        norm: readNorm(source, `${at}.ln_1`),
        scale,
        columns,
      }));
    const last = some && layer === layers - 1;
    // A layer scale is a factor on what a branch adds to the rows.
    const added = (branch: string) =>
      layerScale ? { outputScale: source.read(`${at}.${branch}.gamma`) } : {};
    return {
      heads,
      epsilon,
      activate,
      all: last ? undefined : attend(),
      query: last ? attend([0, width]) : undefined,
      keyValue: last ? attend([width, 3 * width]) : undefined,
      out: readLinear(source, `${at}.attn.out_proj.weight`, `${at}.attn.out_proj.bias`, () => ({
        ...added("ls_1"),
        centred: true,
      })),
      expand: readLinear(source, `${at}.mlp.c_fc.weight`, `${at}.mlp.c_fc.bias`, () => ({
        norm: readNorm(source, `${at}.ln_2`),
        scale: factor === undefined ? undefined : () => factor,
      })),
      contract: readLinear(source, `${at}.mlp.c_proj.weight`, `${at}.mlp.c_proj.bias`, () => ({
        inputScale: factor === undefined ? undefined : 1 / factor,
        ...added("ls_2"),
        centred: true,
      })),
      norms: source.scope(() => ({
        attention: readNorm(source, `${at}.ln_1`),
        mlp: readNorm(source, `${at}.ln_2`),
      })),
    };
  });
}

/** How the rows of the tokens attend to each other. */
export interface Attend {
  /** Queries, keys and values, [rows, 3·width] → [rows, width]. */
  all(b: Block, queriesKeysValues: Tensor): Tensor;
  /** In the last block, some rows to all: [chosen, width], [rows, 2·width] → [chosen, width]. */
  some(b: Block, queries: Tensor, keysValues: Tensor): Tensor;
}

/**
 * One block, or the last one where `b.query` says so, on centred rows: [rows, width] → [rows or chosen, width]. `tracked`
 * says whether a gradient will go back through it to something else than the rows; `hook` is what a method puts into it.
 * Without `chosen` all rows ask in the last block too.
 */
export function runBlock(
  b: Block,
  x: Tensor,
  attend: Attend,
  chosen?: RowIndex,
  tracked = false,
  hook?: BlockHook,
): Tensor {
  const run = () => {
    const unit = norm(x, b.epsilon);
    const normed = hook?.normed?.(unit, "attention") ?? unit;
    const project = (rows: Tensor, layer: Linear, columns: "all" | "query" | "keyValue") => {
      const y = linear(rows, layer);
      return hook?.projected?.(y, rows, columns) ?? y;
    };
    const leave = (before: Tensor, after: Tensor) => hook?.leave?.(before, after) ?? after;
    if (b.all) {
      const together = project(normed, b.all, "all");
      return leave(
        x,
        feedForward(b, addAttention(attend.all(b, together), x, b, together), hook),
      );
    }
    const queries = project(chosen ? takeRows(normed, chosen) : normed, b.query!, "query");
    const keysValues = project(normed, b.keyValue!, "keyValue");
    const attended = attend.some(b, queries, keysValues);
    const asking = chosen ? takeRows(x, chosen) : x;
    return leave(
      asking,
      feedForward(b, addAttention(attended, asking, b, [queries, keysValues]), hook),
    );
  };
  return tracked || hook?.tracked || isTracked(x) ? run() : tidy(run);
}

/** What is left of a layer norm: rows centred already, to unit length. */
export function norm(x: Tensor, epsilon: number): Tensor {
  return unitLength(x, epsilon * x.shape[x.rank - 1]!);
}

/** x plus what attention found. Frees attention's inputs and, in a frozen block, its output: no derivative reads them. */
function addAttention(attended: Tensor, x: Tensor, b: Block, inputs: Tensor | Tensor[]): Tensor {
  const y = linear(attended, b.out, x);
  dispose(isTracked(b.out.weight) ? inputs : [attended, inputs]);
  return y;
}

/** What `f` makes of x, which is freed: for linear ops, whose derivatives don't read it. */
export function consume<T>(x: Tensor, f: (x: Tensor) => T): T {
  const y = f(x);
  dispose(x);
  return y;
}

/** x + mlp(norm(x)). At first order the activation's slope may be all that its derivative needs. */
function feedForward(b: Block, x: Tensor, hook?: BlockHook): Tensor {
  const unit = norm(x, b.epsilon);
  const hidden = linear(hook?.normed?.(unit, "mlp") ?? unit, b.expand);
  const gated = b.activate(hidden);
  if (order(hidden) < readsInputFrom()) dispose(hidden);
  if (isTracked(b.contract.weight)) return linear(gated, b.contract, x);
  return consume(gated, (gated) => linear(gated, b.contract, x));
}
