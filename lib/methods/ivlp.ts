/**
 * IVLP: independent deep prompts in both towers (Rasheed et al. 2023), the base that ProMetaR is put on.
 *
 * @module
 */
import { contextSettings, learnedContext } from "./context.ts";
import type { Method, Task } from "./method.ts";
import { ivlpPaper } from "./papers.ts";
import { count, type SettingTable, words } from "./settings.ts";
import { minimise, type Student, student, trained } from "./student.ts";
import { prometarTraining } from "./training.ts";
import { visualPrompts } from "./visual_prompts.ts";

/** IVLP's settings. */
export interface IvlpSettings {
  textTokens: number;
  imageTokens: number;
  textDepth: number;
  imageDepth: number;
  init: string;
}

/** The settings that methods on IVLP share. */
export const ivlpSettings: SettingTable<IvlpSettings> = {
  textTokens: count(4, "text prompts in each layer"),
  imageTokens: count(4, "visual prompts in each layer"),
  textDepth: count(9, "J, text layers with prompts"),
  imageDepth: count(9, "J, image layers with prompts"),
  init: words("a photo of a", contextSettings.init.about),
};

/** The student with prompts in both towers. */
export function ivlpStudent(task: Task, settings: IvlpSettings): Student {
  const text = learnedContext(task, {
    contextLength: settings.textTokens,
    init: settings.init,
    classTokenPosition: "end",
    classSpecific: false,
  }, settings.textDepth);
  const image = visualPrompts(task, { tokens: settings.imageTokens, depth: settings.imageDepth });
  return student(task, text, image);
}

/** IVLP. */
export const ivlp: Method<IvlpSettings> = {
  name: "ivlp",
  title: "IVLP",
  paper: ivlpPaper,
  settings: ivlpSettings,
  presets: {
    paper: {
      table: "ProMetaR's table 1 (base-to-new) and its ablations' base line",
      settings: {},
      training: prometarTraining,
      backbone: "ViT-B/16",
      deviations: [],
    },
  },
  needs: { pixels: true, features: false },
  learner(task, settings) {
    const by = ivlpStudent(task, settings);
    return trained(by, minimise(by.logits));
  },
};
