/**
 * ProGrad's experiments (Zhu et al., ICCV 2023) as its published code runs them: RN50, 16 context vectors, three seeds.
 *
 * @module
 */
import type { Entry, Experiment } from "../experiment.ts";
import { eleven, imagenets } from "./sets.ts";

const common = { clip: "RN50", seeds: [1, 2, 3], datasets: eleven };
const baseToNew = { ...common, protocol: "base-to-new", shots: [4] };
const presets = (method: string, ...names: string[]): Entry[] =>
  names.map((preset) => ({ method, preset }));

const [zeroShot, coop, prograd]: Entry[] = ["zero-shot", "coop", "prograd"]
  .map((method) => ({ method }));
const cocoop: Entry = { method: "cocoop", preset: "prograd" };
const linearProbe: Entry = { method: "linear-probe" };

/** All of them. */
export const progradExperiments: Experiment[] = [
  {
    ...common,
    id: "prograd/few-shot",
    title: "ProGrad: few-shot classification",
    about:
      "Its figure 4: accuracy over the training images per class, on eleven sets and on average.",
    protocol: "few-shot",
    entries: [zeroShot!, linearProbe, coop!, prograd!],
    shots: [1, 2, 4, 8, 16],
  },
  {
    ...common,
    clip: "ViT-B/16",
    id: "prograd/few-shot-vit",
    title: "ProGrad: few-shot classification on ViT-B/16",
    about:
      "Not in the paper, but values of CoOp, CoCoOp and ProGrad on this backbone are reported by others.",
    protocol: "few-shot",
    entries: [zeroShot!, coop!, prograd!],
    shots: [1, 2, 4, 8, 16],
  },
  {
    ...baseToNew,
    id: "prograd/base-to-new",
    title: "ProGrad: base-to-new generalization",
    about: "Its table of base and new classes, 4 shots.",
    entries: [zeroShot!, coop!, cocoop, prograd!],
  },
  {
    ...common,
    id: "prograd/cross-dataset",
    title: "ProGrad: cross-dataset transfer",
    about: "Its table of transfer from ImageNet, 4 shots.",
    protocol: "cross-dataset",
    entries: [zeroShot!, coop!, cocoop, prograd!],
    shots: [4],
  },
  {
    ...common,
    id: "prograd/domain-generalization",
    title: "ProGrad: domain generalization",
    about: "Its table of ImageNet's four shifts, 4 shots.",
    protocol: "domain-generalization",
    entries: [zeroShot!, linearProbe, coop!, cocoop, prograd!],
    datasets: imagenets,
    shots: [4],
  },
  {
    ...baseToNew,
    id: "prograd/overfitting",
    title: "ProGrad: against remedies for overfitting",
    about:
      "Its comparison of CoOp with early stopping, dropout, weight decay and augmentations. Strengths are this project's: the published code has none of these runs.",
    entries: [
      coop!,
      ...presets("coop", "early-stopping", "dropout", "weight-decay", "label-smoothing", "mixup"),
      prograd!,
    ],
  },
  {
    ...baseToNew,
    id: "prograd/gradient-rules",
    title: "ProGrad: against other uses of the teacher",
    about: "Its comparison with knowledge distillation and with PCGrad's and A-GEM's rules.",
    entries: [prograd!, ...presets("prograd", "distillation", "pcgrad", "agem")],
  },
  {
    ...baseToNew,
    id: "prograd/lambda",
    title: "ProGrad: strength of the projection",
    about: "λ, from none (CoOp from the template) to all. The paper's own grid could not be read.",
    entries: [0, 0.2, 0.4, 0.6, 0.8, 1].map((lambda) => ({
      method: "prograd",
      ...lambda === 1 ? {} : { settings: { lambda } },
    })),
  },
  {
    ...baseToNew,
    id: "prograd/start",
    title: "ProGrad: start or projection?",
    about:
      "Not in the paper: its published runs start ProGrad from the template's words and CoOp from noise. Here both start from both.",
    entries: [coop!, ...presets("coop", "template"), prograd!, ...presets("prograd", "random")],
  },
];
