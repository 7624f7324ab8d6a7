/**
 * CoOp: M context vectors learned by cross-entropy (Zhou et al. 2022, equations 2 and 3).
 *
 * @module
 */
import { type ContextSettings, contextSettings, learnedContext } from "./context.ts";
import type { Method } from "./method.ts";
import { coopPaper } from "./papers.ts";
import { frozenImages, minimise, student, trained } from "./student.ts";
import { coopTraining } from "./training.ts";

/** CoOp. */
export const coop: Method<ContextSettings> = {
  name: "coop",
  title: "CoOp",
  paper: coopPaper,
  settings: contextSettings,
  presets: {
    paper: {
      table: "CoOp's rows of ProGrad's figure 4 and tables 1 to 3",
      settings: {},
      training: coopTraining,
      backbone: "RN50",
      deviations: [],
    },
  },
  needs: { pixels: false, features: true },
  learner(task, settings) {
    const by = student(task, learnedContext(task, settings), frozenImages);
    return trained(by, minimise(by.logits));
  },
};
