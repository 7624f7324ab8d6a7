/**
 * IVLP: independent deep prompts in both towers (Rasheed et al. 2023), the base that ProMetaR is put on.
 *
 * @module
 */
import { contextSettings, learnedContext } from "./context.ts";
import type { Method } from "./method.ts";
import { ivlpPaper } from "./papers.ts";
import { count, layers, words } from "./settings.ts";
import { byCrossEntropy, type Prompting, student } from "./student.ts";
import { float32, prometarTraining } from "./training.ts";
import { visualPrompts } from "./visual_prompts.ts";

/** IVLP's settings. */
export interface IvlpSettings {
  /** How many learned context vectors each text layer with prompts has. */
  textTokens: number;
  /** How many learned visual prompts each image layer with prompts has. */
  imageTokens: number;
  /** How many of the first text layers have prompts of their own; 1 is the input alone. */
  textDepth: number;
  /** How many of the first image layers have prompts of their own; 1 is the input alone. */
  imageDepth: number;
  /** The words whose embeddings the text context is initialised with. */
  init: string;
}

/** IVLP's prompts. */
export const ivlpPrompting: Prompting<IvlpSettings> = {
  name: "ivlp",
  title: "IVLP",
  learned: "text context, deep text prompts and visual prompts",
  settings: {
    textTokens: count(4, "text prompts in each layer"),
    imageTokens: count(4, "visual prompts in each layer"),
    textDepth: layers(9, "J, text layers with prompts", "text"),
    imageDepth: layers(9, "J, image layers with prompts; 0: none", "image", 0),
    init: words("a photo of a", contextSettings.init.about),
  },
  needs: { pixels: true, features: false },
  student(task, { textTokens, imageTokens, textDepth, imageDepth, init }) {
    const image = visualPrompts(task, { tokens: imageTokens, depth: imageDepth });
    const text = learnedContext(task, {
      contextLength: textTokens,
      init,
      classTokenPosition: "end",
      classSpecific: false,
    }, textDepth);
    return student(task, text, image);
  },
};

/** The method IVLP: independent deep prompts in both towers, trained by cross-entropy. */
export const ivlp: Method<IvlpSettings> = byCrossEntropy(ivlpPrompting, {
  module: import.meta.url,
  paper: ivlpPaper,
  presets: {
    paper: {
      table: "ProMetaR's table 1 (base-to-new) and its ablations' base line",
      settings: {},
      training: prometarTraining,
      backbone: "ViT-B/16",
      deviations: [float32],
    },
  },
});
