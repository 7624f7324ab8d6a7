/**
 * From a data set and a CLIP to what a method needs: its task.
 *
 * @module
 */
import type { Clip, TextTokenizer } from "../clip/mod.ts";
import type { LoadedDataset } from "../datasets/mod.ts";
import { UserError } from "../errors.ts";
import type { Task } from "../methods/mod.ts";

/**
 * What a method is set up for: a data set's classes and the CLIP to tell them apart with. `trainedOn` is the data set that
 * it was trained on, where it may be another.
 */
export function taskOf(
  dataset: LoadedDataset,
  clip: Clip,
  trainedOn: Pick<LoadedDataset, "name" | "classNames"> = dataset,
): Task {
  const { classNames, name } = dataset;
  const unseen = name !== trainedOn.name ||
    classNames.join("\n") !== trainedOn.classNames.join("\n");
  refuseSameTokens(dataset, clip.tokenizer);
  return {
    clip,
    classNames,
    template: dataset.template,
    ...unseen && { unseen },
    ...dataset.templates && { templates: dataset.templates },
    dataset: dataset.name,
  };
}

/**
 * Refuses classes whose names are others and whose tokens are the same: CLIP's tokenizer, for one, straightens quotes, ligatures, letters of
 * full width and references to characters. Names that are the same but for capitals are judged where the data set is read.
 *
 * @throws {UserError} naming two of them
 */
export function refuseSameTokens(
  { classNames, title }: LoadedDataset,
  { encode }: TextTokenizer,
): void {
  if (distinct.get(classNames) === encode) return;
  const known = new Map<string, string>();
  for (const name of classNames) {
    const tokens = encode(name).join();
    const other = known.get(tokens) ?? name;
    if (other.toLowerCase() !== name.toLowerCase()) {
      throw new UserError(
        `${JSON.stringify(other)} and ${JSON.stringify(name)} are two classes of ${
          title || "the data set"
        } with one prompt: this CLIP's tokenizer makes the same of both; rename one of them, or make them one class.`,
      );
    }
    known.set(tokens, name);
  }
  distinct.set(classNames, encode);
}

/** Lists that were looked at, and with what. */
const distinct = new WeakMap<readonly string[], TextTokenizer["encode"]>();
