/**
 * The field beside the two papers: feature adapters and newer prompt methods, each with its published schedule, on equal
 * terms.
 *
 * @module
 */
import type { Entry, Experiment, Recipe } from "../experiment.ts";
import { eleven } from "./sets.ts";

const common = { seeds: [1, 2, 3], datasets: eleven };
const named = (...methods: string[]): Entry[] => methods.map((method) => ({ method }));

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
export const inTowers = named("tcp", "lasp", "rpo", "mma", "mmrl");

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
    ],
    shots: [16],
  },
];

/** Crops of at least so much of an image: the pocket CLIP has seen no stronger ones. */
const crops = 0.5;

const onPocket = (entries: Entry[]): Entry[] => entries.map((entry) => ({ ...entry, crops }));

/** The pocket CLIP has three text layers and four image layers. */
const pocketTowers = onPocket([
  ...named("tcp", "lasp", "rpo", "mma"),
  { method: "mmrl", settings: { layers: [2, 3] } },
]);

/**
 * `field`: the same on the pocket suite, for a first look at what costs and gives how much; no weights or data to fetch.
 * Schedules are the published ones, made for other CLIPs: that the pocket CLIP may want other rates is part of the look.
 */
export const field: Recipe = {
  name: "field",
  headline: "The field on the pocket suite",
  experiments(full): Experiment[] {
    const few = ["pocket-tiles", "pocket-food", "pocket-flowers", "pocket-scenes"];
    const common = {
      clip: "pocket",
      seeds: full ? [1, 2, 3] : [1],
      datasets: full ? few : few.slice(0, 2),
      shots: [16],
    };
    return [
      {
        ...common,
        id: "field/few-shot",
        title: "The field: few-shot classification",
        about:
          "All classes of each set, 16 images of each, every method by its published schedule.",
        protocol: "few-shot",
        entries: [...named("zero-shot", "linear-probe"), ...onPocket(adapters), ...pocketTowers],
      },
      {
        ...common,
        id: "field/base-to-new",
        title: "The field: base-to-new generalization",
        about:
          "Trained on half of the classes and tested on both halves, every method by its published schedule.",
        protocol: "base-to-new",
        entries: [
          ...named("zero-shot"),
          ...onPocket(named("clip-adapter", "kgcoop", "maple", "promptsrc")),
          ...pocketTowers,
        ],
      },
    ];
  },
};
