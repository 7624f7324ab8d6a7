/**
 * Low-rank additions to a frozen transformer's attention (Hu et al. 2022, LoRA, section 4.1): what makes queries, keys or
 * values is W + s·B·A, B [width, rank], A [rank, width]. Dropout thins what A sees.
 *
 * @module
 */
import { type Block, type BlockHook, wholeNorm } from "../clip/mod.ts";
import { Random } from "../random/mod.ts";
import {
  add,
  concat,
  isTracked,
  matMul,
  mul,
  scale,
  type Tensor,
  type Tensors,
  wrap,
  zeros,
} from "../tensor/mod.ts";

/** What attention is made of, as CLIP-LoRA names it, in the order in which a block's layer has them. */
export const projections = ["q", "k", "v"] as const;

/** One of them. */
export type Projection = typeof projections[number];

/** What dropout leaves of rows, as a factor on each of their numbers; drawn by seed, block and projection. */
export type Thinning = (shape: number[], layer: number, of: Projection) => Tensor;

/** Dropout with these seeds: a number is 0 with probability p, in steps of 2⁻¹⁶, and otherwise divided by 1 − p. */
export function thinning(p: number, seeds: readonly number[]): Thinning {
  const least = Math.round(p * 2 ** 16);
  return (shape, layer, of) => {
    const random = new Random([...seeds, layer, projections.indexOf(of)]);
    const factors = new Float32Array(shape.reduce((a, b) => a * b, 1));
    const kept = 1 / (1 - p);
    for (let i = 0; i < factors.length; i += 2) {
      const bits = random.getrandbits(32); // two numbers of 16 bits
      if ((bits & 0xffff) >= least) factors[i] = kept;
      if (bits >>> 16 >= least) factors[i + 1] = kept;
    }
    return wrap(factors, shape);
  };
}

/** Which of the three a layer makes. */
const made = { all: projections, query: ["q"], keyValue: ["k", "v"] } as const;

/**
 * The addition to block `layer`: s·B·A·norm(x), where A is `NAME.q.down`, B `NAME.q.up`, and likewise of `k` and `v`; of
 * those that the parameters do not have, nothing.
 */
export function lowRank(
  params: Tensors,
  name: string,
  s: number,
  block: Block,
  layer: number,
  thinned?: Thinning,
): BlockHook {
  const weight = (of: Projection, which: "down" | "up") => params[`${name}.${of}.${which}`];
  return {
    tracked: projections.some((of) => {
      const up = weight(of, "up");
      return up && isTracked(up);
    }),
    projected(y, unit, columns) {
      const seen = wholeNorm(unit, block.norms.attention);
      const parts = made[columns].map((of): Tensor => {
        const [down, up] = [weight(of, "down"), weight(of, "up")];
        if (!down) return zeros(seen.shape);
        const shown = thinned ? mul(seen, thinned(seen.shape, layer, of)) : seen;
        const added = matMul(matMul(shown, down, false, true), up!, false, true);
        // A block's own queries come with attention's 1/√size.
        return scale(added, of === "q" ? s / Math.sqrt(unit.shape[1]! / block.heads) : s);
      });
      return add(y, parts.length === 1 ? parts[0]! : concat(parts, 1));
    },
  };
}
