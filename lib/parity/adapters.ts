/**
 * Records of feature adapters, which hold the features that they were made with: what a record is a record of, in the
 * methods' own terms.
 *
 * @module
 */
import type { TensorFile } from "../clip/mod.ts";
import { type FeatureAdapter, type FeatureSpace, method, resolveSettings } from "../methods/mod.ts";
import { keep, tensor, tidy, transpose } from "../tensor/mod.ts";
import type { ParityRecord } from "./manifest.ts";

/** An adapter with the settings of a record. */
export interface RecordedAdapter {
  /** The method. */
  adapter: FeatureAdapter<Record<string, unknown>>;
  /** Its settings, resolved. */
  settings: Record<string, unknown>;
  /** Our names of the recorded parameters. */
  names: Record<string, string>;
}

const network = { "0": "adapter.hidden", "2": "adapter.output" };

/** Recorded names of parameters, but for the one that a record's kind decides. */
const names: Record<string, string> = {
  prototypes: "probe.weight",
  "mlp.0.weight": network[0],
  "mlp.2.weight": network[2],
  cacheKeys: "cache.keys",
  keys: "cache.keys",
  "head.weight": "probe.weight",
  "head.0.fc.0.weight": network[0],
  "head.0.fc.2.weight": network[2],
  "head.1.weight": "probe.weight",
  weight: "probe.weight",
  bias: "probe.bias",
};

/** Of CLAP's code, which holds several methods under one option. */
const initialisations: [RegExp, string, Record<string, unknown>][] = [
  [/^RANDOM/, "zs-lp", { start: "random" }],
  [/^ZS/, "zs-lp", {}],
  [/^TR/, "taskres", {}],
  [/^ClipA/, "clip-adapter", {}],
  [/^TipA/, "tip-adapter-f", { rawQueries: true, search: "none" }],
  [/^CrossModal/, "cross-modal", { unit: true, tossed: true }],
];

/** The adapter that a record was made of. */
export function recordedAdapter(record: ParityRecord): RecordedAdapter {
  const recorded = record.settings ?? {};
  const { initialization, constraint = "none" } = recorded as Record<string, string>;
  const [, byOption, options] = initialisations.find(([name]) => name.test(initialization ?? "")) ??
    [, undefined, {}];
  const held = constraint !== "none" && byOption === "zs-lp";
  const name = held
    ? "clap"
    : byOption ?? { "lp++": "lp-plus-plus", "tip-adapter": "tip-adapter-f" }[
      String(record.method)
    ] ?? String(record.method);
  const adapter = method(name) as FeatureAdapter<Record<string, unknown>>;
  const known = {
    ...options,
    ...held && constraintSettings(constraint),
    ...named(recorded, {
      optimizer: "optimiser",
      weightDecay: "weightDecay",
      eps: "epsilon",
      residualRatio: "ratio",
      alpha: "alpha",
      beta: "beta",
      head: "head",
      alphaEvery: "alphaEvery",
    }),
    ...recorded.init === "zeroshot" && { start: "zero-shot" },
    ...recorded.init === "random" && { start: "random" },
    ...search(recorded),
  };
  const own = Object.fromEntries(
    Object.entries(known).filter(([key]) => Object.hasOwn(adapter.settings, key)),
  );
  return {
    adapter,
    settings: resolveSettings(adapter, own),
    names: name === "taskres" ? { ...names, prototypes: "text.residual" } : names,
  };
}

function named(recorded: Record<string, unknown>, as: Record<string, string>) {
  return Object.fromEntries(
    Object.entries(as).filter(([key]) => recorded[key] !== undefined)
      .map(([key, name]) => [name, recorded[key]]),
  );
}

function constraintSettings(constraint: string): Record<string, unknown> {
  const has = (word: string) => constraint.includes(word);
  const both = has("corrected") && has("constant"); // of mean 1, and all alike
  return {
    distance: has("cosine") ? "cosine" : "l2",
    adaptive: has("adaptative"),
    multipliers: has("balanced") || both
      ? "balanced"
      : has("corrected")
      ? "corrected"
      : has("constant")
      ? "constant"
      : "class",
  };
}

function search({ searchScale, searchStep }: Record<string, unknown>): Record<string, unknown> {
  if (!Array.isArray(searchScale) || !Array.isArray(searchStep)) return {};
  const [[betaMost, alphaMost], [betaSteps, alphaSteps]] = [searchScale, searchStep];
  return { betaMost, alphaMost, betaSteps, alphaSteps };
}

/** The space of a record's own features. */
export function recordedSpace(record: ParityRecord, file: TensorFile): FeatureSpace {
  const { shape: [classes, , width], shape, data } = file.readFloats("text.perTemplate");
  const texts = keep(tidy(() => transpose(tensor(data, shape), [1, 0, 2])));
  const { logitScale, zeroShotScale } = record.settings as Record<string, number | undefined>;
  return {
    classes: classes!,
    width: width!,
    scale: zeroShotScale ?? (logitScale === undefined ? 1 : Math.exp(logitScale)),
    texts: Object.assign(() => texts, { dispose: () => texts.dispose() }),
  };
}
