/**
 * `paper`: every table and figure of both papers that the sources at hand document, with the papers' backbones, shots and
 * three seeds. The papers' full text was not at hand: tables are named by what they show.
 *
 * It takes the published CLIP weights (`deno task weights RN50 ViT-B/16`), the fifteen data sets (`deno task data --all`)
 * and a GPU for days. Averages over eleven sets to expect: data/reported/.
 *
 * @module
 */
import type { Experiment, Recipe } from "../experiment.ts";
import { fieldExperiments } from "./field.ts";
import { progradExperiments } from "./prograd.ts";
import { prometarExperiments } from "./prometar.ts";

/** Both papers' experiments, and those of the field beside them. */
export const paper: Recipe = {
  name: "paper",
  headline: "ProGrad and ProMetaR, reproduced",
  experiments: (): Experiment[] => [
    ...progradExperiments,
    ...prometarExperiments,
    ...fieldExperiments,
  ],
};
