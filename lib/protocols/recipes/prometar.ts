/**
 * ProMetaR's experiments (Park et al., CVPR 2024) as its published code runs them: ViT-B/16, 16 shots, three seeds.
 *
 * @module
 */
import type { Entry, Experiment } from "../experiment.ts";
import { eleven, imagenets } from "./sets.ts";

const common = { clip: "ViT-B/16", seeds: [1, 2, 3], datasets: eleven, shots: [16] };
const ablation = { ...common, protocol: "base-to-new" };

const named = (...methods: string[]): Entry[] => methods.map((method) => ({ method }));
const presets = (...names: string[]): Entry[] =>
  names.map((preset) => ({ method: "prometar", preset }));
/** ProMetaR with one setting at several values. */
const varied = (...settings: Record<string, unknown>[]): Entry[] =>
  settings.map((settings) => ({ method: "prometar", settings }));

/** CoOp as CoCoOp's authors ran it on ViT-B/16, whose values the tables quote. */
const coop: Entry = { method: "coop", preset: "cocoop" };

/** Comparators that are published with a setting of their own for transfer. */
const transferred: Entry[] = ["maple", "promptsrc"]
  .map((method) => ({ method, preset: "cross-dataset" }));

/** All of them. */
export const prometarExperiments: Experiment[] = [
  {
    ...common,
    id: "prometar/base-to-new",
    title: "ProMetaR: base-to-new generalization",
    about: "Its table 1 and figure 1: eleven sets, base and new classes and their harmonic mean.",
    protocol: "base-to-new",
    entries: [
      ...named("zero-shot"),
      coop,
      ...named("cocoop", "kgcoop", "prograd", "maple", "promptsrc", "ivlp", "prometar"),
    ],
  },
  {
    ...common,
    id: "prometar/cross-dataset",
    title: "ProMetaR: cross-dataset transfer",
    about:
      "Its table of transfer from ImageNet. Settings of its own for transfer are not published.",
    protocol: "cross-dataset",
    entries: [
      ...named("zero-shot"),
      coop,
      ...named("cocoop", "prograd"),
      ...transferred,
      ...named("ivlp", "prometar"),
    ],
  },
  {
    ...common,
    id: "prometar/domain-generalization",
    title: "ProMetaR: domain generalization",
    about: "Its table of ImageNet's four shifts. Settings of its own for it are not published.",
    protocol: "domain-generalization",
    entries: [
      ...named("zero-shot"),
      coop,
      ...named("cocoop", "kgcoop", "prograd"),
      ...transferred,
      ...named("ivlp", "prometar"),
    ],
    datasets: imagenets,
  },
  {
    ...ablation,
    id: "prometar/plug-in",
    title: "ProMetaR on other methods",
    about: "Its table 5: CoOp, VPT, IVLP and MaPLe, each without and with ProMetaR.",
    entries: [
      coop,
      ...named("prometar-coop", "vpt", "prometar-vpt", "ivlp", "prometar"),
      ...named("maple", "prometar-maple"),
    ],
  },
  {
    ...ablation,
    id: "prometar/parts",
    title: "ProMetaR: its parts on and off",
    about: "Its ablation of meta-learning, task augmentation and meta-regularization.",
    entries: [
      ...named("ivlp"),
      ...presets("no-meta-learning", "no-augmentation", "no-regularization", "official-code"),
      ...presets("paper"),
    ],
  },
  {
    ...ablation,
    id: "prometar/meta-gradient",
    title: "ProMetaR: the share of the meta-gradient",
    about:
      "Not in the paper. With an outer loss of weight 0, what is left of the second step is momentum and weight decay.",
    entries: [
      ...varied({}, { outerRatio: 0 }, { outerRatio: 1, innerRate: 0.01 }),
      { method: "prometar", preset: "no-meta-learning", settings: { modulation: "fixed" } },
    ],
  },
  {
    ...ablation,
    id: "prometar/regularisers",
    title: "ProMetaR: the regulariser",
    about: "Its comparison of regularisers, and of a learned with a fixed modulation.",
    entries: varied(
      ...["l1", "squared", "cosine"].map((regulariser) =>
        regulariser === "l1" ? {} : { regulariser }
      ),
      { modulation: "fixed" },
      { firstOrder: true },
    ),
  },
  {
    ...ablation,
    id: "prometar/augmentations",
    title: "ProMetaR: task augmentation",
    about: "Its comparison of ways to mix query and support.",
    entries: varied(
      {},
      ...["input", "cutmix", "none"].map((augmentation) => ({ augmentation })),
    ),
  },
  {
    ...ablation,
    id: "prometar/prompts",
    title: "ProMetaR: length, depth and start of the prompts",
    about: "Variations of the prompts around 4 + 4 vectors in 9 layers from “a photo of a”.",
    entries: varied(
      {},
      ...[2, 8].map((tokens) => ({ textTokens: tokens, imageTokens: tokens })),
      ...[3, 6, 12].map((depth) => ({ textDepth: depth, imageDepth: depth })),
      { init: "random" },
    ),
  },
];
