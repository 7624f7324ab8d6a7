/**
 * The functions whose first and second derivatives the parity records hold, written with the public ops.
 *
 * @module
 */
import {
  abs,
  add,
  attention,
  crossEntropy,
  div,
  exp,
  type Linear,
  linear,
  logSoftmax,
  matMul,
  max,
  mean,
  mergeHeads,
  mul,
  oneHot,
  pow,
  quickGelu,
  reshape,
  scale,
  shift,
  sigmoid,
  softmax,
  splitHeads,
  sqrt,
  square,
  standardize,
  sub,
  tanh,
  type Tensor,
  tensor,
  unitLength,
} from "../tensor/mod.ts";

/** The arrays of the record, by key. */
export type Arrays = (key: string) => Tensor;

/** Labels and temperatures that the record used and does not hold. */
const labels = [0, 3, 1, 4];
const logitScale = 20;
const temperature = 2;
const heads = 2;

/** The function called `name`, given the record's arrays. */
export function recordedFunction(
  name: string,
  arrays: Arrays,
): ((x: Tensor) => Tensor) | undefined {
  const constant = (key: string) => arrays(`const/${key}`);
  const layer = (weight: string, bias: string): Linear => ({
    weight: constant(weight),
    bias: constant(bias),
  });
  const norm = (x: Tensor) => add(mul(standardize(x), constant("ln_gain")), constant("ln_bias"));
  const logits = (x: Tensor) =>
    scale(matMul(unitLength(x), unitLength(constant("text")), false, true), logitScale);

  const attend = (causal: boolean) => (x: Tensor) => {
    const [batch, tokens, width] = x.shape as [number, number, number];
    const qkv = linear(reshape(x, [batch * tokens, width]), layer("w_qkv", "b_qkv"));
    const [q, k, v] = splitHeads(qkv, batch, heads, 3) as [Tensor, Tensor, Tensor];
    const mask = Array.from(
      { length: tokens * tokens },
      (_, i) => causal && i % tokens > Math.floor(i / tokens) ? -1e9 : 0,
    );
    const mixed = attention(
      scale(q, Math.sqrt(heads / width)),
      k,
      v,
      tensor(mask, [tokens, tokens]),
    );
    return reshape(linear(mergeHeads(mixed), layer("w_out", "b_out")), x.shape);
  };
  const blockOf = (causal: boolean) => (x: Tensor) => {
    const y = add(x, attend(causal)(norm(x)));
    const rows = reshape(norm(y), [-1, x.shape[2]!]);
    const fed = linear(quickGelu(linear(rows, layer("w_fc", "b_fc"))), layer("w_proj", "b_proj"));
    return add(y, reshape(fed, x.shape));
  };

  const target = name === "mean_abs_difference" ? meanAbsTarget(arrays) : undefined;
  const functions: Record<string, (x: Tensor) => Tensor> = {
    abs,
    attention: attend(false),
    causal_attention: attend(true),
    transformer_block: blockOf(false),
    causal_transformer_block: blockOf(true),
    clip_cross_entropy: (x) => crossEntropy(logits(x), oneHot(labels, 5)),
    soft_cross_entropy: (x) =>
      scale(
        crossEntropy(scale(logits(x), 1 / temperature), constant("soft_targets")),
        temperature ** 2,
      ),
    exp,
    gate: (x) => mul(x, sigmoid(matMul(x, constant("w_out")))),
    l2_normalize: unitLength,
    layer_norm: norm,
    log_softmax: logSoftmax,
    max_last: max,
    mean_abs_difference: (x) => reshape(mean(abs(sub(x, target!))), [1]),
    pow3: (x) => pow(x, 3),
    quick_gelu: quickGelu,
    sigmoid,
    softmax,
    sqrt_of_square: (x) => sqrt(shift(square(x), 0.1)),
    tanh,
  };
  return functions[name];
}

/** The record does not hold what it measured the distance to; this has the recorded distance on the recorded sides. */
function meanAbsTarget(arrays: Arrays): Tensor {
  const at = (key: string) => arrays(`mean_abs_difference/${key}`);
  const side = mul(at("gradient"), at("cotangent"));
  return sub(at("x"), mul(div(side, abs(side)), at("y")));
}
