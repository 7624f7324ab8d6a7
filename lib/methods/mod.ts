/**
 * Prompt-learning methods, one file each, on one interface.
 *
 * @module
 */
import { nearest, UserError } from "../errors.ts";
import { cocoop } from "./cocoop.ts";
import { coop } from "./coop.ts";
import { ivlp } from "./ivlp.ts";
import { kgcoop } from "./kgcoop.ts";
import { linearProbe } from "./linear_probe.ts";
import { maple } from "./maple.ts";
import type { Method } from "./method.ts";
import { prograd } from "./prograd.ts";
import { prometar, prometarCoop, prometarMaple, prometarVpt } from "./prometar.ts";
import { promptsrc } from "./promptsrc.ts";
import { vpt } from "./vpt.ts";
import { zeroShot } from "./zero_shot.ts";

export { cocoop, coop, ivlp, kgcoop, linearProbe, maple, prograd, promptsrc, vpt, zeroShot };
export { prometar, prometarCoop, prometarMaple, prometarVpt };
export * from "./method.ts";
export type { ControlSettings } from "./controls.ts";
export type { CoOpSettings } from "./coop.ts";
export type { IvlpSettings } from "./ivlp.ts";
export type { KgCoOpSettings } from "./kgcoop.ts";
export type { LinearProbeSettings } from "./linear_probe.ts";
export type { MapleSettings } from "./maple.ts";
export type { ProGradSettings } from "./prograd.ts";
export type { PromptSrcSettings } from "./promptsrc.ts";
export type { VptSettings } from "./vpt.ts";
export type { ZeroShotSettings } from "./zero_shot.ts";
export { type ContextSettings, contextSettings, learnedContext } from "./context.ts";
export { defineMethod, type MethodDescription } from "./define.ts";
export { baselineOf, isPublished, learns, passesOf, statisticsOf } from "./facts.ts";
export * from "./losses.ts";
export { presetOf } from "./preset.ts";
export { trainingParts } from "./training_given.ts";
export { type Place, resolve, type Resolved, type Told } from "./resolve.ts";
export type { JoinName } from "./projection.ts";
export type { Precision } from "./logistic.ts";
export { projectConflict } from "./projection.ts";
export { type ProMetaRSettings, withProMetaR } from "./prometar.ts";
export type { MetaSettings } from "./meta_regularization.ts";
export type { DistanceName, RegulariserSettings } from "./regularized.ts";
export { type Augmentation, pickBatch, type TaskSettings } from "./virtual_tasks.ts";
export * as setting from "./settings.ts";
export { resolveSettings, type Setting, type SettingTable, type Tower } from "./settings.ts";
export {
  type Answer,
  byCrossEntropy,
  classify,
  type Descent,
  evaluated,
  frozenImages,
  frozenText,
  type ImageSide,
  type Lazy,
  lazy,
  minimise,
  owning,
  type Prompting,
  type Rule,
  type Student,
  student,
  type TextSide,
  trained,
} from "./student.ts";
export * from "./vectors.ts";
export { visualPrompts } from "./visual_prompts.ts";
export { templateFeatures } from "./zero_shot.ts";

/** Every method by its name. A new one is a file, its import and a line here. */
export const methodsByName = {
  "zero-shot": zeroShot,
  "linear-probe": linearProbe,
  coop,
  cocoop,
  vpt,
  ivlp,
  kgcoop,
  maple,
  promptsrc,
  prograd,
  prometar,
  "prometar-coop": prometarCoop,
  "prometar-vpt": prometarVpt,
  "prometar-maple": prometarMaple,
};

/** The settings of the methods by their names. */
export type MethodSettings = {
  [N in keyof typeof methodsByName]: typeof methodsByName[N] extends Method<infer S> ? S : never;
};

/** Every method. */
export const methods: readonly Method[] = Object.values(
  methodsByName,
) as readonly unknown[] as Method[];

/** The methods that are compared where none are named: zero-shot CLIP, CoOp, and the two papers'. */
export const usualMethods: readonly string[] = [zeroShot, coop, prograd, prometar].map(
  ({ name }) => name,
);

/**
 * The method called `name`.
 *
 * @throws {UserError} when there is none, with the nearest name
 *
 * @example
 * ```ts
 * import { method } from "@plumbline/plumbline";
 * import assert from "node:assert/strict";
 * assert.equal(method("prometar").paper.venue, "CVPR 2024");
 * assert.throws(() => method("progard"), /did you mean prograd\?/);
 * ```
 */
export function method(name: string): Method {
  const found = methods.find((m) => m.name === name);
  if (found) return found;
  const names = methods.map((m) => m.name);
  const near = nearest(name, names);
  throw new UserError(
    `there is no method ${name}: ${
      near ? `did you mean ${near}?` : `choose from ${names.join(", ")}`
    }`,
  );
}
