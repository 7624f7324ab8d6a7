/**
 * VPT: visual prompts, shallow (depth 1) or deep, before a frozen classifier of words (Jia et al. 2022, section 3.2).
 *
 * @module
 */
import type { Method } from "./method.ts";
import { vptPaper } from "./papers.ts";
import { count, words } from "./settings.ts";
import { frozenText, minimise, student, trained } from "./student.ts";
import { prometarTraining } from "./training.ts";
import { visualPrompts } from "./visual_prompts.ts";
import { templateFeatures } from "./zero_shot.ts";

/** VPT's settings. */
export interface VptSettings {
  tokens: number;
  depth: number;
  template: string;
}

/** VPT. */
export const vpt: Method<VptSettings> = {
  name: "vpt",
  title: "VPT",
  paper: vptPaper,
  settings: {
    tokens: count(4, "visual prompts in each layer"),
    depth: count(9, "layers with prompts; 1 is VPT-shallow"),
    template: words("a photo of a {}.", "the frozen text prompt"),
  },
  presets: {
    paper: {
      table: "ProMetaR's table 5 (VPT with and without ProMetaR)",
      settings: {},
      training: prometarTraining,
      backbone: "ViT-B/16",
      deviations: [],
    },
  },
  needs: { pixels: true, features: false },
  learner(task, { template, ...prompts }) {
    const text = frozenText(templateFeatures(task.clip, task.classNames, template));
    const by = student(task, text, visualPrompts(task, prompts));
    return trained(by, minimise(by.logits));
  },
};
