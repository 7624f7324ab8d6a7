/**
 * The published prompt templates, `{}` where the class name goes: ensembles, and one custom template per data set. They lie, with
 * their sources, in `data/templates.json`.
 *
 * @module
 */

import data from "../data/templates.json" with { type: "json" };
import { nearest, UserError } from "./errors.ts";

/** Templates that are averaged: CLIP's 80 for ImageNet, the 7 selected of them, the 60 of ProMetaR and PromptSRC, LASP's 35. */
export type EnsembleName = keyof typeof data.ensembles;

/** Whose custom templates: CoOp's, ProGrad's reworded ones, those of its zero-shot baseline, KgCoOp's. */
export type CustomSet = keyof typeof data.custom;

/** The names of all ensembles. */
export const ensembles = Object.keys(data.ensembles) as EnsembleName[];

/**
 * The templates of an ensemble, in the published order.
 *
 * @example
 * ```ts
 * import { ensemble } from "@plumbline/plumbline/datasets";
 * import assert from "node:assert/strict";
 * assert.equal(ensemble("imagenet_80").length, 80);
 * assert.equal(ensemble("imagenet_7")[0], "itap of a {}.");
 * ```
 */
export function ensemble(name: EnsembleName): readonly string[] {
  return data.ensembles[name].templates;
}

/** Whether a paper has a template of its own for a data set. */
export function knowsTemplate(dataset: string, from: CustomSet): boolean {
  return Object.hasOwn(data.custom[from].templates, dataset);
}

/**
 * The custom template of a data set.
 *
 * @param dataset its short name
 * @param from whose templates
 * @throws {UserError} if there is none for it
 *
 * @example
 * ```ts
 * import { customTemplate } from "@plumbline/plumbline/datasets";
 * import assert from "node:assert/strict";
 * assert.equal(customTemplate("oxford_pets"), "a photo of a {}, a type of pet.");
 * assert.equal(customTemplate("oxford_pets", "prograd"), "a type of pet, a photo of a {}.");
 * ```
 */
export function customTemplate(dataset: string, from: CustomSet = "coop"): string {
  const templates: Record<string, string> = data.custom[from].templates;
  if (Object.hasOwn(templates, dataset)) return templates[dataset]!;
  const meant = nearest(dataset, Object.keys(templates));
  throw new UserError(
    `there is no published template for the data set "${dataset}": ` +
      (meant ? `did you mean "${meant}"?` : `give one, such as "a photo of a {}."`),
  );
}

/**
 * A template with a class's name in its place, both taken as text: a `$` or a `{}` in the name stays what it is.
 *
 * @example
 * ```ts
 * import { filled } from "./templates.ts";
 * import assert from "node:assert/strict";
 * assert.equal(filled("a price of {}.", "$$"), "a price of $$.");
 * ```
 */
export function filled(template: string, name: string): string {
  const at = template.indexOf("{}");
  return at < 0 ? template : template.slice(0, at) + name + template.slice(at + 2);
}

/**
 * The words of a template around the class name, as they stand before it: what follows the name goes first, as ProGrad rewords
 * CoOp's templates.
 *
 * @example
 * ```ts
 * import { wordsBefore } from "./templates.ts";
 * import assert from "node:assert/strict";
 * assert.equal(wordsBefore("a photo of a {}."), "a photo of a");
 * assert.equal(wordsBefore("a photo of a {}, a type of pet."), "a type of pet, a photo of a");
 * ```
 */
export function wordsBefore(template: string): string {
  const at = template.indexOf("{}");
  if (at < 0) return template.trim();
  const before = template.slice(0, at).trim();
  const after = template.slice(at + 2).replace(/^[\s\p{P}]+|[\s.。!！]+$/gu, "");
  return after === "" ? before : before === "" ? after : `${after}, ${before}`;
}

/**
 * Refuses a template without a place for the class name, or with two.
 *
 * @param of what it is of, for the message: `of birds`
 */
export function checkTemplate(template: string, of = "given"): void {
  const places = template.split("{}").length - 1;
  if (places === 1) return;
  throw new UserError(
    places === 0
      ? `the template "${template}" ${of} has no {}: write {} where the class name goes.`
      : `the template "${template}" ${of} has {} ${places} times: write it once, where the class name goes.`,
  );
}
