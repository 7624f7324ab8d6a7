/**
 * From a data set and a CLIP to what a method needs: its task, and settings that fit.
 *
 * @module
 */
import { type Clip, type ClipConfig, encode } from "../clip/mod.ts";
import type { LoadedDataset } from "../datasets/mod.ts";
import { UserError } from "../errors.ts";
import type { Task } from "../methods/mod.ts";
import { type CustomSet, customTemplate, knowsTemplate } from "../templates.ts";

/** What a method is set up for: a data set's classes, with the wordings of its template that papers have of their own. */
export function taskOf(dataset: LoadedDataset, clip: Clip): Task {
  refuseSameTokens(dataset);
  return {
    clip,
    classNames: dataset.classNames,
    template: dataset.template,
    ...dataset.templates && { templates: dataset.templates },
    progradTemplate: wordedBy("prograd", dataset),
    kgcoopTemplate: wordedBy("kgcoop", dataset),
  };
}

/**
 * Some papers word some data sets' templates in their own way; a set that they do not know, or that has a template of the user's
 * own, keeps it.
 */
function wordedBy(paper: CustomSet, { name, template }: LoadedDataset): string {
  const published = knowsTemplate(name, paper) && customTemplate(name) === template;
  return published ? customTemplate(name, paper) : template;
}

/**
 * Refuses classes whose names are others and whose tokens are the same: CLIP's tokenizer straightens quotes, ligatures, letters of
 * full width and references to characters. Names that are the same but for capitals are judged where the data set is read.
 *
 * @throws {UserError} naming two of them
 */
export function refuseSameTokens({ classNames, title }: LoadedDataset): void {
  if (distinct.has(classNames)) return;
  const known = new Map<string, string>();
  for (const name of classNames) {
    const tokens = encode(name).join();
    const other = known.get(tokens) ?? name;
    if (other.toLowerCase() !== name.toLowerCase()) {
      throw new UserError(
        `${JSON.stringify(other)} and ${JSON.stringify(name)} are two classes of ${
          title || "the data set"
        } with one prompt: CLIP's tokenizer makes the same of both; rename one of them, or make them one class.`,
      );
    }
    known.set(tokens, name);
  }
  distinct.add(classNames);
}

/** Lists that were looked at. */
const distinct = new WeakSet<readonly string[]>();

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
