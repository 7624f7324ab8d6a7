/**
 * Records of methods inside the towers and of TaskRes on a whole CLIP: their settings and names in our own terms.
 *
 * @module
 */
import type { TensorFile } from "../clip/mod.ts";

type Recorded = Record<string, unknown>;

/** How the records of a method read. */
export interface TowerRecord {
  /** The method's settings. */
  settings(recorded: Recorded, file: TensorFile): Recorded;
  /** Our name of a recorded parameter. */
  parameter(recorded: string): string;
  /** What the observer calls a recorded tensor. */
  observed?: Record<string, string>;
}

const side: Record<string, string> = { text: "text", visual: "image", shared: "shared" };

/** Published norms of blocks by ours. */
const norms: Record<string, string> = {
  "ln_1.weight": "attention.gain",
  "ln_1.bias": "attention.bias",
  "ln_2.weight": "mlp.gain",
  "ln_2.bias": "mlp.bias",
};

const fixed = (names: Record<string, string>) => (recorded: string) => names[recorded] ?? recorded;

/** By the record's method. */
export const towerRecords: Record<string, TowerRecord> = {
  taskres: {
    settings: (r) => ({
      alpha: r.alpha,
      optimiser: r.optimizer,
      weightDecay: r.weightDecay,
      epsilon: r.eps,
      underscores: true,
    }),
    parameter: fixed({ residuals: "text.residual" }),
  },
  tcp: {
    settings: (r) => ({
      prompt: r.template,
      layer: Number(r.layer) + 1,
      weight: r.regulariserWeight,
      init: r.init === "random" ? "random" : "a photo of a",
    }),
    parameter: fixed({
      "ctx": "text.0",
      "meta_net.linear1.weight": "class.hidden.weight",
      "meta_net.linear1.bias": "class.hidden.bias",
      "meta_net.linear2.weight": "class.output.weight",
      "meta_net.linear2.bias": "class.output.bias",
    }),
    observed: { "loss.ce": "loss/label", "loss.kg": "distance/cosine", textFeatures: "text" },
  },
  mma: {
    settings: (r) => ({
      firstBlock: r.adapterStart,
      lastBlock: r.adapterEnd,
      dimension: r.adapterDim,
      scale: r.adapterScale,
      words: r.textInit,
    }),
    parameter(recorded) {
      const [, tower, place, rest] = recorded.match(/^(text|visual|shared)_adapter\.(\d+)\.(.*)$/)!;
      return `${side[tower!]}.${place}.${rest!.replace("down.0", "down").replace(/^0\./, "")}`;
    },
    observed: { textFeatures: "text", imageFeatures: "image" },
  },
  mmrl: {
    settings: (r) => ({
      tokens: r.nRepTokens,
      dimension: r.repDim,
      layers: r.repLayers,
      alpha: r.alpha,
      weight: r.regWeight,
    }),
    parameter(recorded) {
      const plain = recorded.replace("representation_learner.compound_rep_tokens", "tokens");
      const [, kind, i, of] = plain.match(/^tokens_r2([vt])proj\.(\d+)\.(\w+)$/) ?? [];
      if (kind) return `${kind === "v" ? "image" : "text"}.${i}.${of}`;
      return plain === "image_encoder.proj_rep" ? "image.projection" : plain;
    },
    observed: {
      "loss.ceClass": "loss/class",
      "loss.ceRep": "loss/tokens",
      "loss.image": "loss/image",
      "loss.text": "loss/text",
      "logits.cls": "logits/class",
      "logits.rep": "logits/tokens",
      "logits.fusion": "logits",
      textFeatures: "text",
      imageFeatures: "image",
    },
  },
  rpo: {
    settings: (r) => ({
      prompts: r.k,
      noise: r.noise,
      underscores: true,
      prompt: String(r.prompt).replace("_", "{}"),
    }),
    parameter: fixed({ text_prompt: "text.readers", img_prompt: "image.readers" }),
  },
  "clip-lora": {
    settings: (r) => ({ rank: r.rank, alpha: r.alpha, dropout: r.dropout, prompt: r.template }),
    parameter(recorded) {
      const [, visual, layer, of, which] = recorded.match(
        /^(visual\.)?transformer\.resblocks\.(\d+)\.attn\.([qkv])_proj\.w_lora_([AB])$/,
      )!;
      return `${visual ? "image" : "text"}.${layer}.${of}.${which === "A" ? "down" : "up"}`;
    },
  },
  "dept-coop": {
    settings: (r) => ({
      contextLength: r.nCtx,
      init: r.init,
      weight: r.weight,
      headRate: r.headRate,
    }),
    parameter: fixed({
      "prompt_learner.ctx": "text.0",
      "film_lp_text.scale": "head.text.gain",
      "film_lp_text.bias": "head.text.shift",
      "film_lp_img.scale": "head.image.gain",
      "film_lp_img.bias": "head.image.shift",
      "linear_probe_proj.weight": "head.weight",
      "linear_probe_proj.bias": "head.bias",
    }),
  },
  lasp: {
    settings: (r) => ({
      contextLength: r.nCtx,
      init: String(r.init).replace(/^words:\s*/, ""),
      weight: r.lossWeight,
      offset: r.correction,
      norms: r.finetuneLayerNorm,
      virtual: r.includeAllClasses,
      prompts: r.templates,
      clip: 0,
    }),
    parameter(recorded) {
      if (recorded === "prompt_learner.ctx") return "text.0";
      if (recorded === "prompt_learner.w") return "text.offset";
      const [, layer, norm] = recorded.match(/resblocks\.(\d+)\.(ln_.*)$/)!;
      return `image.${layer}.${norms[norm!]}`;
    },
    observed: { "loss.ce": "loss/label", "loss.textToText": "loss/text" },
  },
};
