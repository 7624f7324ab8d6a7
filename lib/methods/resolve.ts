/**
 * The one place where a preset, what the paper sets for some data sets, what this CLIP has room for and what the user says
 * become settings, a training, and a list of all that is not as the paper has it.
 *
 * @module
 */
import type { ClipConfig } from "../clip/mod.ts";
import { checkOptions } from "../options_given.ts";
import { precisionInUse } from "../tensor/mod.ts";
import type { Method, Preset, Training } from "./method.ts";
import { presetOf } from "./preset.ts";
import { resolveSettings, type Setting } from "./settings.ts";
import { misplaced, toldKinds } from "./told.ts";
import { inPrecision } from "./training.ts";
import { resolveTraining } from "./training_given.ts";

/** What a user may say of a method and its training. */
export interface Told<S = Record<string, unknown>> {
  /** A preset of the method; its first where absent. */
  preset?: string | undefined;
  /** Settings in place of the preset's. */
  settings?: Partial<S> | undefined;
  /** Training in place of the preset's. */
  training?: Partial<Training> | undefined;
  /** How many fixed views of each training image are used, in place of new crops in every epoch. */
  views?: number | undefined;
  /** The least share of an image's area that a training crop shows, in place of the papers' 0.08. */
  crops?: number | undefined;
}

/** What a method is run on, as far as it decides settings. */
export interface Place {
  /** Short name of the data set. */
  dataset: string;
  /** Training images of each class. */
  shots: number;
  /** The CLIP's sizes. */
  config: ClipConfig;
}

/** A method with all that decides how it runs. */
export interface Resolved<S = Record<string, unknown>> {
  /** The method. */
  method: Method<S>;
  /** The preset that it starts from. */
  preset: { name: string } & Preset<S>;
  /** The method's settings. */
  settings: S;
  /** The training. */
  training: Training;
  /** How many fixed views of each training image are used; absent: new crops in every epoch. */
  views?: number | undefined;
  /** The least share of an image's area that a training crop shows; absent: the papers'. */
  crops?: number | undefined;
  /** Keys of settings and training that are not the preset's. */
  overrides: string[];
  /** What is not as the paper has it, a sentence each. */
  deviations: string[];
}

/** Settings and training as a record has them, of what is trained step by step. */
export function recordedSettings(
  { settings, training, views, crops }: Pick<
    Resolved<object>,
    "settings" | "training" | "views" | "crops"
  >,
): Record<string, unknown> {
  return { ...settings, ...training, ...views && { views }, ...crops && { crops } };
}

/**
 * Resolves what a method is told. What is told of a training counts where there are steps to take.
 *
 * @throws {UserError} on a preset, setting or part of a training that does not exist, or a value out of range
 *
 * @example
 * ```ts
 * import { method } from "@plumbline/plumbline";
 * import { smallConfig } from "@plumbline/plumbline/clip";
 * import { resolve } from "@plumbline/plumbline/methods";
 * import assert from "node:assert/strict";
 * const at = { dataset: "eurosat", shots: 16, config: smallConfig };
 * const { settings, overrides, deviations } = resolve(method("prograd"), at, { settings: { temperature: 2 } });
 * assert.equal(settings.lambda, 0.8); // the paper's on EuroSAT
 * assert.deepEqual(overrides, ["temperature"]);
 * assert.equal(deviations.at(-1), "temperature 2 instead of 1");
 * ```
 */
export function resolve<S>(
  by: Method<S>,
  { config, ...at }: Place,
  told: Told<S> = {},
): Resolved<S> {
  checkOptions("resolve", told, toldKinds, { meant: misplaced(by, Object.keys(toldKinds)) });
  const preset = presetOf(by, told.preset);
  const paper = resolveSettings(by, preset.settings, preset.adjust?.(at) ?? {});
  const fitting = fitDepths(by, paper, config);
  const own: Partial<S> = told.settings ?? {};
  const settings = resolveSettings(by, paper, fitting.changed, own);
  const published = preset.training(at.shots, at.dataset);
  const given = resolveTraining(published, told.training);
  const steps = published.epochs > 0;
  const training = steps ? given : published;
  const views = steps ? told.views : undefined;
  const crops = steps ? told.crops : undefined;
  const changed = changes({ ...paper, ...published }, { ...settings, ...training });
  const fitted = (key: string) => Object.hasOwn(fitting.changed, key) && !Object.hasOwn(own, key);
  return {
    ...{ method: by, preset, settings, training, views, crops },
    overrides: [
      ...changed.map(({ key }) => key),
      ...views ? ["views"] : [],
      ...crops ? ["crops"] : [],
    ],
    deviations: [
      ...inPrecision(preset.deviations, precisionInUse()),
      ...fitting.deviations.filter(({ key }) => fitted(key)).map(({ sentence }) => sentence),
      ...changed.filter(({ key }) => !fitted(key)).map(({ key, ours, theirs }) =>
        `${key} ${ours} instead of ${theirs}`
      ),
      ...views
        ? [`${views} fixed views of each training image instead of new crops in every epoch`]
        : [],
      ...crops ? [`training crops show at least ${crops} of an image instead of 0.08`] : [],
    ],
  };
}

/** Settings that count more layers than this CLIP's towers have, at what it has, and that in words. */
function fitDepths<S>(
  { settings: table }: Method<S>,
  settings: S,
  { vision, text }: ClipConfig,
): { changed: Partial<S>; deviations: { key: string; sentence: string }[] } {
  const image = vision.kind === "vit" ? vision.layers : Infinity; // a ResNet's method refuses by itself
  const most = { text: text.layers, image, both: Math.min(text.layers, image) };
  const changed: Partial<S> = {};
  const deviations: { key: string; sentence: string }[] = [];
  for (
    const [key, { layersOf }] of Object.entries(table) as [keyof S & string, Setting<unknown>][]
  ) {
    if (!layersOf || !(Number(settings[key]) > most[layersOf])) continue;
    changed[key] = most[layersOf] as S[typeof key];
    deviations.push({
      key,
      sentence: `${key} ${most[layersOf]} instead of ${
        settings[key]
      }: this CLIP has no more layers`,
    });
  }
  return { changed, deviations };
}

/** What differs between two settings of the same keys, in words. */
function changes(theirs: object, ours: object) {
  const [here, there] = [new Map(Object.entries(ours)), new Map(Object.entries(theirs))];
  const shown = (value: unknown) =>
    typeof value === "string" ? value : JSON.stringify(value) ?? "none";
  return [...new Set([...here.keys(), ...there.keys()])]
    .map((key) => ({ key, ours: shown(here.get(key)), theirs: shown(there.get(key)) }))
    .filter(({ ours, theirs }) => ours !== theirs);
}
