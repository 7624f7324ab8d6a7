/**
 * From a data set and a CLIP to what a method needs: its task, and settings that fit.
 *
 * @module
 */
import type { Clip, ClipConfig } from "../clip/mod.ts";
import type { LoadedDataset } from "../datasets/mod.ts";
import type { Task } from "../methods/mod.ts";
import { type CustomSet, customTemplate, knowsTemplate } from "../templates.ts";

/** What a method is set up for: a data set's classes, with the wordings of its template that papers have of their own. */
export function taskOf(dataset: LoadedDataset, clip: Clip): Task {
  return {
    clip,
    classNames: dataset.classNames,
    template: dataset.template,
    progradTemplate: wordedBy("prograd", dataset),
    kgcoopTemplate: wordedBy("kgcoop", dataset),
  };
}

/** Some papers word some data sets' templates in their own way; a set they do not know keeps its own. */
function wordedBy(paper: CustomSet, { name, template }: LoadedDataset): string {
  return knowsTemplate(name, paper) ? customTemplate(name, paper) : template;
}

/** What settings have to change so that their prompts are no deeper than this CLIP's towers, and that in words. */
export function fitDepth(
  settings: Record<string, unknown>,
  { vision, text }: ClipConfig,
): { changed: Record<string, number>; deviations: string[] } {
  const imageLayers = vision.kind === "vit" ? vision.layers : Infinity;
  const layers: Record<string, number> = {
    textDepth: text.layers,
    imageDepth: imageLayers,
    depth: Math.min(text.layers, imageLayers),
  };
  const changed: Record<string, number> = {};
  const deviations: string[] = [];
  for (const [key, most] of Object.entries(layers)) {
    if (!(Number(settings[key]) > most)) continue;
    changed[key] = most;
    deviations.push(`${key} ${most} instead of ${settings[key]}: this CLIP has no more layers`);
  }
  return { changed, deviations };
}
