/**
 * Prompt-learning methods, one file each, on one interface.
 *
 * @module
 */
import { nearest, UserError } from "../errors.ts";
import { clap } from "./clap.ts";
import { clipAdapter } from "./clip_adapter.ts";
import { clipLora } from "./clip_lora.ts";
import { cocoop } from "./cocoop.ts";
import { coop } from "./coop.ts";
import { crossModal } from "./cross_modal.ts";
import { deptCoop, deptMaple } from "./dept.ts";
import { ivlp } from "./ivlp.ts";
import { kgcoop } from "./kgcoop.ts";
import { lasp } from "./lasp.ts";
import { linearProbe } from "./linear_probe.ts";
import { lpPlusPlus } from "./lp_plus_plus.ts";
import { maple } from "./maple.ts";
import type { Method } from "./method.ts";
import { mma } from "./mma.ts";
import { mmrl } from "./mmrl.ts";
import { proda } from "./proda.ts";
import { prograd } from "./prograd.ts";
import { prometar, prometarCoop, prometarMaple, prometarVpt } from "./prometar.ts";
import { promptsrc } from "./promptsrc.ts";
import { rpo } from "./rpo.ts";
import { taskres } from "./taskres.ts";
import { tcp } from "./tcp.ts";
import { tipAdapter, tipAdapterF } from "./tip_adapter.ts";
import { vpt } from "./vpt.ts";
import { zeroShot } from "./zero_shot.ts";
import { zsLp } from "./zs_lp.ts";

export { cocoop, coop, ivlp, kgcoop, linearProbe, maple, prograd, promptsrc, vpt, zeroShot };
export { clipLora, deptCoop, deptMaple, lasp, mma, mmrl, proda, rpo, tcp };
export { clap, clipAdapter, crossModal, lpPlusPlus, taskres, tipAdapter, tipAdapterF, zsLp };
export { prometar, prometarCoop, prometarMaple, prometarVpt };
export { nothingDrawn } from "./initial.ts";
export * from "./method.ts";
export * from "./made.ts";
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
export { type Evidence, evidenceOf, linesUrl, type PublishedLines } from "./evidence.ts";
export { baselineOf, isPublished, learns, passesOf, statisticsOf } from "./facts.ts";
export * from "./losses.ts";
export {
  type DescentSettings,
  type FeatureAdapter,
  type FeatureSpace,
  spaceOf,
  type WordingSettings,
} from "./feature_adapter.ts";
export { type DeptSettings, withDePT } from "./dept.ts";
export type { LaspSettings } from "./lasp.ts";
export type { MmaSettings } from "./mma.ts";
export type { MmrlSettings } from "./mmrl.ts";
export type { ProdaSettings } from "./proda.ts";
export type { RpoSettings } from "./rpo.ts";
export type { TcpSettings } from "./tcp.ts";
export type { ClapSettings } from "./clap.ts";
export type { ClipAdapterSettings } from "./clip_adapter.ts";
export type { ClipLoraSettings } from "./clip_lora.ts";
export type { CrossModalSettings } from "./cross_modal.ts";
export type { LpPlusPlusSettings } from "./lp_plus_plus.ts";
export type { TaskResSettings } from "./taskres.ts";
export type { TipAdapterFSettings, TipAdapterSettings } from "./tip_adapter.ts";
export type { ZsLpSettings } from "./zs_lp.ts";
export { presetOf } from "./preset.ts";
export { trainingParts } from "./training_given.ts";
export { type Place, recordedSettings, resolve, type Resolved, type Told } from "./resolve.ts";
export type { JoinName } from "./projection.ts";
export type { Stopping } from "./logistic.ts";
export { projectConflict } from "./projection.ts";
export { type ProMetaRSettings, withProMetaR } from "./prometar.ts";
export type { MetaSettings } from "./meta_regularization.ts";
export type { DistanceName, RegulariserSettings } from "./regularized.ts";
export { type Augmentation, pickBatch, type TaskSettings } from "./virtual_tasks.ts";
export * as setting from "./settings.ts";
export { resolveSettings, type Setting, type SettingTable, type Tower } from "./settings.ts";
export { bibtex } from "./bibtex.ts";
export { misplaced, toldKinds, toldOf } from "./told.ts";
export type { Kind, Kinds } from "../options_given.ts";
export type { Descent, StepObjective } from "./objective.ts";
export { type Asked as AskedStep, type Outcome as StepOutcome, stepTogether } from "./together.ts";
export {
  type Answer,
  byCrossEntropy,
  classify,
  evaluated,
  following,
  frozenImages,
  frozenText,
  type ImageSide,
  type Joint,
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
  lasp,
  rpo,
  tcp,
  mma,
  mmrl,
  "clip-lora": clipLora,
  proda,
  "dept-coop": deptCoop,
  "dept-maple": deptMaple,
  "clip-adapter": clipAdapter,
  "tip-adapter": tipAdapter,
  "tip-adapter-f": tipAdapterF,
  taskres,
  "zs-lp": zsLp,
  clap,
  "cross-modal": crossModal,
  "lp-plus-plus": lpPlusPlus,
};

/**
 * The settings of the methods by their names.
 *
 * @category Train
 */
export type MethodSettings = {
  [N in keyof typeof methodsByName]: typeof methodsByName[N] extends Method<infer S> ? S : never;
};

/**
 * Every method.
 *
 * @category Train
 */
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
 * @category Train
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
