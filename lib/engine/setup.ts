/**
 * From a data set and a CLIP to what a method needs: its task.
 *
 * @module
 */
import type { Clip } from "../clip/mod.ts";
import type { LoadedDataset } from "../datasets/mod.ts";
import type { Task } from "../methods/mod.ts";

/** What a method is set up for: a data set's classes and the CLIP to tell them apart with. */
export function taskOf({ classNames, template, name }: LoadedDataset, clip: Clip): Task {
  return { clip, classNames, template, dataset: name };
}
