/**
 * A method of one's own: say what is special about it, the rest is filled in.
 *
 * @module
 */
import { definedIn } from "../defined_in.ts";
import { UserError } from "../errors.ts";
import {
  callback,
  checkOptions,
  fields,
  flag,
  type Kinds,
  listOf,
  number,
  words,
} from "../options_given.ts";
import type { Method, Preset } from "./method.ts";
import { prometarTraining } from "./training.ts";

/**
 * What a method of one's own has to say; the rest of a {@linkcode Method} may be said too.
 *
 * @category Extend
 */
export type MethodDescription<S> =
  & Pick<Method<S>, "name" | "settings" | "learner">
  & Partial<Method<S>>;

/** `student` comes along where another method's prompts are spread. */
const kinds: Kinds<Method & { student: unknown }> = {
  name: words,
  title: words,
  paper: fields,
  learned: words,
  traps: listOf(words),
  settings: fields,
  presets: fields,
  needs: fields,
  classBound: callback,
  learns: flag,
  selects: callback,
  passes: number(0),
  textsPerImage: flag,
  statistics: fields,
  baseline: words,
  module: words,
  learner: callback,
  student: callback,
};

/**
 * Completes a method: its title is its name, its module the one that calls this, it reads pixels and frozen features, and its one preset trains it as
 * ProMetaR's tables train theirs.
 *
 * @throws {UserError} on a name that would not do on a command line
 *
 * @category Extend
 *
 * @example CoOp's context, drawn back to where zero-shot CLIP's words are
 * ```ts
 * import { defineMethod } from "@plumbline/plumbline";
 * import {
 *   frozenImages,
 *   labelLoss,
 *   lazy,
 *   learnedContext,
 *   meanCosine,
 *   minimise,
 *   owning,
 *   setting,
 *   student,
 *   templateFeatures,
 *   trained,
 * } from "@plumbline/plumbline/methods";
 * import { add, scale } from "@plumbline/plumbline/tensor";
 * import assert from "node:assert/strict";
 *
 * const tethered = defineMethod({
 *   name: "tethered",
 *   settings: { pull: setting.real(4, "how strongly the text features are drawn back") },
 *   needs: { pixels: false, features: true },
 *   learner(task, { pull }) {
 *     const text = learnedContext(task, {
 *       contextLength: 4,
 *       init: "a photo of a",
 *       classTokenPosition: "end",
 *       classSpecific: false,
 *     });
 *     const prompted = student(task, text, frozenImages);
 *     const { clip, classNames, template } = task;
 *     const words = lazy(() => templateFeatures(clip, classNames, template));
 *     const rule = minimise(
 *       (params, batch) => prompted.answer(params, batch),
 *       ({ logits, texts }, { labels }) =>
 *         add(labelLoss(logits, labels), scale(meanCosine(texts, words()), pull)),
 *     );
 *     return owning(trained(prompted, rule), words);
 *   },
 * });
 * assert.equal(tethered.settings.pull.default, 4);
 * assert.deepEqual(Object.keys(tethered.presets), ["own"]);
 * ```
 */
export function defineMethod<S>(description: MethodDescription<S>): Method<S> {
  const needed = ["name", "settings", "learner"];
  checkOptions("defineMethod", description, kinds, { needed });
  const { name } = description;
  if (!/^[a-z][a-z0-9-]*$/.test(name)) {
    throw new UserError(
      `"${name}" is no name for a method: take small letters, digits and hyphens, as in my-method`,
    );
  }
  return {
    title: name,
    paper: { title: name, venue: "unpublished", arxiv: "" },
    learned: "what its learner says",
    needs: { pixels: true, features: true },
    presets: { own: ownPreset },
    module: definedIn(import.meta.url),
    ...description,
  };
}

const ownPreset: Preset<unknown> = {
  table: "no paper's",
  published: () => false,
  settings: {},
  training: prometarTraining,
  backbone: "ViT-B/16",
  deviations: [],
};
