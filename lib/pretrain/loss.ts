/**
 * CLIP's loss on a batch of pairs (Radford et al. 2021, figure 3), through the same towers as a loaded CLIP's, with all of
 * their weights on the tape.
 *
 * @module
 */
import {
  type ClipConfig,
  disposeLayout,
  encodeText,
  encodeWithTransformer,
  layOut,
  learned,
  type PromptLayout,
  readTextTower,
  readVisionTransformer,
} from "../clip/mod.ts";
import {
  add,
  concat,
  crossEntropy,
  dispose,
  exp,
  matMul,
  mean,
  mul,
  oneHot,
  scale,
  type Tensor,
  type Tensors,
  tidy,
  transpose,
  unitLength,
  valueAndGrad,
  wrap,
} from "../tensor/mod.ts";

/** Pictures and what is said of them. */
export interface Pairs {
  /** Normalised pixels, [pairs, size, size, 3]. */
  pixels: Float32Array;
  /** Rows of the token table for each text, SOS and EOT included. */
  texts: number[][];
}

/** The loss and its gradient for every weight. */
export interface Gradients {
  /** The loss. */
  loss: Tensor;
  /** Gradients by parameter. */
  gradients: Tensors;
}

/**
 * The mean of both cross-entropies, of the texts for each picture and of the pictures for each text, and its gradients.
 * The caller disposes of them.
 *
 * @param params all weights by OpenAI's keys; of `token_embedding.weight` the rows that `texts` name
 */
export function contrastive(config: ClipConfig, params: Tensors, pairs: Pairs): Gradients {
  if (config.vision.kind !== "vit") throw new Error("only vision transformers are pre-trained");
  const { vision, text, imageSize } = config;
  const count = pairs.texts.length;
  // Of width 0: the layout need not embed, as its embeddings are being learned.
  const nothing = new Float32Array();
  const bare = { width: 0, tokens: { row: () => nothing }, positions: nothing };
  const places = pairs.texts.map((text) => text.map(() => 0)); // what stands there is learned
  const layout = layOut(places, 0, 1, { ...bare, layers: text.layers }, false);
  const classRows = new Map();
  const names = Object.keys(params);
  try {
    return tidy(() => {
      const pixels = wrap(pairs.pixels, [count, imageSize, imageSize, 3]);
      const matching = oneHot(pairs.texts.keys().toArray(), count);
      const chosen = tokensAndPositions(pairs.texts, params);
      const loss = () => {
        const source = learned(params);
        const image = { ...readVisionTransformer(source, vision), classRows };
        const words = readTextTower(source, text, bare);
        const images = unitLength(encodeWithTransformer(image, pixels));
        const texts = unitLength(encodeText(words, embed(layout, chosen, params)));
        const logits = mul(matMul(images, texts, false, true), exp(params.logit_scale!));
        const toTexts = mean(crossEntropy(logits, matching));
        const toImages = mean(crossEntropy(transpose(logits, [1, 0]), matching));
        return scale(add(toTexts, toImages), 0.5);
      };
      const { value, gradients } = valueAndGrad(loss, names.map((name) => params[name]!));
      return {
        loss: value,
        gradients: Object.fromEntries(names.map((name, i) => [name, gradients[i]!])),
      };
    });
  } finally {
    disposeLayout(layout);
    dispose([...classRows.values()]);
  }
}

/** The layout with its embeddings in it: a token's row plus its position's. */
function embed(layout: PromptLayout, chosen: Tensor, params: Tensors): PromptLayout {
  const table = concat([params["token_embedding.weight"]!, params.positional_embedding!], 0);
  return { ...layout, frozen: matMul(chosen, table) };
}

/** For each place of the texts, two ones: at its token's row of the table, and at its position's below it. */
function tokensAndPositions(texts: number[][], params: Tensors): Tensor {
  const rows = params["token_embedding.weight"]!.shape[0]!;
  const columns = rows + params.positional_embedding!.shape[0]!;
  const places = texts.flatMap((text) => text.map((row, position) => ({ row, position })));
  const ones = new Float32Array(places.length * columns);
  places.forEach(({ row, position }, i) => {
    ones[i * columns + row] = 1;
    ones[i * columns + rows + position] = 1;
  });
  return wrap(ones, [places.length, columns]);
}
