/**
 * The field beside the two papers: feature adapters and newer prompt methods, each with its published schedule, on equal
 * terms.
 *
 * @module
 */
import type { Entry, Experiment, Recipe } from "../experiment.ts";
import { cocoop, crops, inDepth, inText, named, onContext, words } from "./pocket_entries.ts";
import { eleven } from "./sets.ts";

const common = { seeds: [1, 2, 3], datasets: eleven };

/** Those that learn on frozen features. */
export const adapters = named(
  "clip-adapter",
  "tip-adapter",
  "tip-adapter-f",
  "taskres",
  "zs-lp",
  "clap",
  "cross-modal",
  "lp-plus-plus",
);

/** Newer prompts and adapters inside the towers. */
export const inTowers = named("tcp", "lasp", "rpo", "mma", "mmrl", "clip-lora", "proda");

/** Their experiments with the papers' CLIPs and data. */
export const fieldExperiments: Experiment[] = [
  {
    ...common,
    id: "adapters/few-shot",
    title: "Feature adapters: few-shot classification",
    about:
      "As Tip-Adapter's figure: eleven sets, 1 to 16 images a class, RN50. Beside it stand the 165 values of its log, which its code chose on test images in part; here nothing is.",
    clip: "RN50",
    protocol: "few-shot",
    entries: [...named("zero-shot"), ...adapters],
    shots: [1, 2, 4, 8, 16],
  },
  {
    ...common,
    id: "field/few-shot",
    title: "The field: few-shot classification",
    about: "All classes of each set, 16 images of each, every method by its published schedule.",
    clip: "ViT-B/16",
    protocol: "few-shot",
    entries: [
      ...named("zero-shot", "linear-probe"),
      ...adapters,
      ...named("coop", "prograd", "maple", "promptsrc", "prometar", "tcp", "lasp", "rpo", "mma"),
      { method: "mmrl", preset: "few-shot" },
      ...named("clip-lora", "proda", "dept-coop", "dept-maple"),
    ],
    shots: [16],
  },
  {
    ...common,
    id: "field/base-to-new",
    title: "The field: base-to-new generalization",
    about:
      "Trained on half of the classes and tested on both halves. Adapters whose weights belong to their classes have no new classes.",
    clip: "ViT-B/16",
    protocol: "base-to-new",
    entries: [
      ...named("zero-shot"),
      { method: "coop", preset: "cocoop" },
      ...named("cocoop", "kgcoop", "prograd", "maple", "promptsrc", "prometar", "clip-adapter"),
      ...inTowers,
      ...named("dept-coop", "dept-maple"),
    ],
    shots: [16],
  },
];

/**
 * What adapters are told on the pocket suite: rates by validation images (docs/field_rates.ts), and who would see new crops
 * sees twenty fixed views, as CLAP's schedule has it. Tip-Adapter-F's steps are as many as its code takes on EuroSAT, whose
 * few classes are one batch as well, and longer by the square root of 1024/128: the pocket CLIP's features have fewer
 * numbers, each of them larger.
 */
const onPocket: Record<string, Partial<Entry>> = {
  "tip-adapter-f": { training: { epochs: 100, rate: 0.003 }, views: 20 },
  taskres: { training: { rate: 0.06 }, views: 20 },
  "zs-lp": { training: { rate: 1 } },
  "cross-modal": { views: 20 },
};

/** Prompts of the text alone, by a schedule of their own, from the words that CoOp starts from there. */
const ofText = (method: string, settings: object, training: object): Entry => ({
  method,
  settings,
  training,
  views: 8,
  crops,
});

/** Inside the towers, by a schedule of their own. */
const ofBoth = (method: string, training: object, more: Partial<Entry> = {}): Entry => ({
  method,
  training: { batchSize: 16, epochs: 10, ...training },
  ...more,
  crops,
});

/** As in the pocket recipe. */
const shared: Entry[] = [
  onContext("coop"),
  onContext("prograd"),
  { method: "kgcoop", ...inText },
  cocoop,
  ...["ivlp", "maple", "promptsrc", "prometar"].map((method) => inDepth(method)),
];

/** The pocket CLIP has three text layers and four image layers. MMRL has a preset for each protocol. */
const pocketTowers = (mmrl: string): Entry[] => [
  ofText("tcp", { init: words.init }, { rate: 0.01 }),
  { method: "lasp", training: { epochs: 15 }, crops },
  ofBoth("rpo", { rate: 0.02 }),
  ofBoth("mma", { rate: 0.02 }),
  ofBoth("mmrl", { rate: 0.003, epochs: 15 }, { preset: mmrl, settings: { layers: [2, 3] } }),
  ofBoth("clip-lora", { rate: 0.002 }),
  ofText("proda", { prompts: 8, ...words }, { rate: 0.03, epochs: 30, batchSize: 32 }),
  ofText("dept-coop", words, { rate: 0.02, epochs: 50, batchSize: 32 }),
];

/**
 * `field`: the same on the pocket suite, what costs and gives how much; no weights or data to fetch. What is changed of the
 * published schedules, and how it was chosen, is in data/field/README.md and in the report's deviations.
 */
export const field: Recipe = {
  name: "field",
  headline: "The field on the pocket suite",
  experiments(): Experiment[] {
    const common = {
      clip: "pocket",
      seeds: [1, 2, 3],
      datasets: ["pocket-tiles", "pocket-food", "pocket-flowers", "pocket-scenes"],
    };
    return [
      {
        ...common,
        id: "field/few-shot",
        title: "The field: few-shot classification",
        about:
          "All classes of each set. Feature adapters by their published schedules at rates for the pocket CLIP, the others by schedules for it.",
        protocol: "few-shot",
        entries: [
          ...named("zero-shot", "linear-probe"),
          ...adapters.map((entry) => ({ ...entry, ...onPocket[`${entry.method}`], crops })),
          ...shared,
          ...pocketTowers("few-shot"),
        ],
        shots: [1, 16],
      },
      {
        ...common,
        id: "field/base-to-new",
        title: "The field: base-to-new generalization",
        about:
          "Trained on half of the classes and tested on both halves, by schedules for the pocket CLIP.",
        protocol: "base-to-new",
        entries: [
          ...named("zero-shot"),
          ...shared,
          ...pocketTowers("paper"),
        ],
        shots: [16],
      },
    ];
  },
};
