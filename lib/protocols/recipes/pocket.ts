/**
 * `pocket`: the experiments of both papers on the pocket suite, drawn and pre-trained by this project, with no weights or
 * data to fetch. `deno task reproduce` in minutes; `--full` for all sets and shots, with five seeds where the papers'
 * main claims stand (three leave most of them undecided) and three in the comparisons of variants.
 * How methods are trained there: `pocket_entries.ts`.
 *
 * @module
 */
import type { Entry, Experiment, Recipe } from "../experiment.ts";
import { cocoop, inDepth, named, onContext, words } from "./pocket_entries.ts";

const [zeroShot, linearProbe] = named("zero-shot", "linear-probe") as [Entry, Entry];
const [coop, prograd] = [onContext("coop"), onContext("prograd")];
const [ivlp, prometar] = [inDepth("ivlp"), inDepth("prometar")];
const all = [zeroShot, coop, cocoop, ivlp, prograd, prometar];

const source = "pocket-objects";
const shifts = ["v2", "sketch", "a", "r"].map((letter) => `${source}-${letter}`);
const sets = [
  source,
  ...["things", "pets", "vehicles", "flowers", "food", "aircraft", "scenes", "textures", "tiles"]
    .map((name) => `pocket-${name}`),
  "pocket-poses",
];
/** Small ones, in which there is something to learn. */
const few = ["pocket-tiles", "pocket-food", "pocket-flowers"];
const two = few.slice(0, 2);
/** As many as an interval over data sets takes. */
const four = [...few, "pocket-scenes"];

/** What both the default and the full form run; the default, a part of it. */
function main(full: boolean): Experiment[] {
  const common = { clip: "pocket", seeds: full ? [1, 2, 3, 4, 5] : [1] };
  return [
    {
      ...common,
      id: "pocket/few-shot",
      title: "Few-shot classification",
      about: "As ProGrad's figure 4: accuracy over the training images per class.",
      protocol: "few-shot",
      entries: [zeroShot, linearProbe, coop, prograd],
      datasets: full ? sets : few,
      shots: full ? [1, 2, 4, 8, 16] : [1, 4, 16],
    },
    {
      ...common,
      id: "pocket/base-to-new",
      title: "Base-to-new generalization",
      about: "As ProMetaR's table 1: trained on half of the classes, tested on both halves.",
      protocol: "base-to-new",
      entries: all,
      datasets: full ? sets : two,
      shots: [16],
    },
    {
      ...common,
      id: "pocket/cross-dataset",
      title: "Cross-dataset transfer",
      about:
        "As both papers' tables of transfer from ImageNet: trained on one set, tested on the others.",
      protocol: "cross-dataset",
      entries: all,
      datasets: sets,
      shots: [4],
    },
    {
      ...common,
      id: "pocket/domain-generalization",
      title: "Domain generalization",
      about:
        "As both papers' tables of ImageNet's four shifts: the same classes, drawn anew, as sketches, those that a linear probe gets wrong, and in other renditions. Trained as for cross-dataset transfer.",
      protocol: "domain-generalization",
      entries: all,
      datasets: [source, ...shifts],
      shots: [4],
    },
  ];
}

/** Both papers' comparisons of variants. */
function ablations(): Experiment[] {
  const common = { clip: "pocket", seeds: [1, 2, 3], datasets: four };
  const ablation = { ...common, protocol: "base-to-new", shots: [16] };
  return [
    {
      ...ablation,
      id: "pocket/plug-in",
      title: "ProMetaR on other methods",
      about:
        "As ProMetaR's table 5: CoOp, VPT, IVLP and MaPLe, each without and with ProMetaR, all trained equally long.",
      entries: [
        inDepth("coop", undefined, words),
        ...["prometar-coop", "vpt", "prometar-vpt", "ivlp", "prometar", "maple", "prometar-maple"]
          .map((method) => inDepth(method)),
      ],
    },
    {
      ...ablation,
      id: "pocket/parts",
      title: "ProMetaR: its parts on and off",
      about: "As ProMetaR's ablation of meta-learning, task augmentation and meta-regularization.",
      entries: [
        ivlp,
        ...["no-meta-learning", "no-augmentation", "no-regularization", "official-code", "paper"]
          .map((preset) => inDepth("prometar", preset)),
      ],
    },
    {
      ...ablation,
      id: "pocket/meta-gradient",
      title: "ProMetaR: the share of the meta-gradient",
      about:
        "Not in the paper. With an outer loss of weight 0, what is left of the second step is momentum and weight decay.",
      entries: [
        prometar,
        inDepth("prometar", undefined, { outerRatio: 0 }),
        inDepth("prometar", undefined, { outerRatio: 1, innerRate: 0.01 }),
        inDepth("prometar", "no-meta-learning", { modulation: "fixed" }),
      ],
    },
    {
      ...ablation,
      id: "pocket/lambda",
      title: "ProGrad: strength of the projection",
      about: "λ, from none to all, from the same start.",
      entries: [0, 0.2, 0.4, 0.6, 0.8, 1].map((lambda) =>
        lambda === 1 ? prograd : onContext("prograd", undefined, { lambda })
      ),
    },
    {
      ...ablation,
      id: "pocket/gradient-rules",
      title: "ProGrad: against other uses of the teacher",
      about: "As ProGrad's comparison with knowledge distillation and with other rules.",
      entries: [
        prograd,
        ...["distillation", "pcgrad", "agem"].map((preset) => onContext("prograd", preset)),
      ],
    },
    {
      ...ablation,
      id: "pocket/overfitting",
      title: "ProGrad: against remedies for overfitting",
      about: "As ProGrad's comparison with early stopping, dropout, weight decay and mix-up.",
      entries: [
        coop,
        ...["early-stopping", "dropout", "weight-decay", "label-smoothing", "mixup"].map((preset) =>
          onContext("coop", preset)
        ),
        prograd,
      ],
    },
    {
      ...ablation,
      id: "pocket/start",
      title: "ProGrad: start or projection?",
      about:
        "Not in the paper, whose published runs start ProGrad from words and CoOp from noise. Here both start from both.",
      entries: ["random", words.init].flatMap((init) => [
        onContext("coop", undefined, { init }),
        onContext("prograd", undefined, { init }),
      ]),
    },
  ];
}

/** The papers' experiments on the pocket suite. */
export const pocket: Recipe = {
  name: "pocket",
  headline:
    "The papers' experiments on the pocket suite: drawn pictures and a small CLIP trained on such, not the papers' data and weights",
  experiments: (full) => full ? [...main(true), ...ablations()] : main(false),
};
