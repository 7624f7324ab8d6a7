/**
 * VPT: visual prompts, shallow (depth 1) or deep, with frozen text features as the classifier (Jia et al. 2022, section 3.2).
 *
 * @module
 */
import type { Method } from "./method.ts";
import { vptPaper } from "./papers.ts";
import { count, layers, words } from "./settings.ts";
import { byCrossEntropy, frozenText, lazy, type Prompting, student } from "./student.ts";
import { float32, prometarTraining } from "./training.ts";
import { visualPrompts } from "./visual_prompts.ts";
import { templateFeatures } from "./zero_shot.ts";

/** VPT's settings. */
export interface VptSettings {
  /** How many learned visual prompts each layer with prompts has. */
  tokens: number;
  /** How many of the first image layers have prompts of their own; 1 is VPT-shallow. */
  depth: number;
  /** The words around a class name, with `{}` in its place. */
  template: string;
}

/** VPT's prompts. */
export const vptPrompting: Prompting<VptSettings> = {
  name: "vpt",
  title: "VPT",
  learned: "visual prompts",
  settings: {
    tokens: count(4, "visual prompts in each layer"),
    depth: layers(9, "layers with prompts; 1 is VPT-shallow", "image"),
    template: words("a photo of a {}.", "the frozen text prompt"),
  },
  needs: { pixels: true, features: false },
  student(task, { template, ...prompts }) {
    const image = visualPrompts(task, prompts);
    const text = frozenText(lazy(() => templateFeatures(task.clip, task.classNames, template)));
    return student(task, text, image);
  },
};

/** The method VPT: visual prompts, trained by cross-entropy. */
export const vpt: Method<VptSettings> = byCrossEntropy(vptPrompting, {
  module: import.meta.url,
  paper: vptPaper,
  presets: {
    paper: {
      table: "ProMetaR's table 5 (VPT with and without ProMetaR)",
      settings: {},
      training: prometarTraining,
      backbone: "ViT-B/16",
      deviations: [float32],
    },
  },
});
