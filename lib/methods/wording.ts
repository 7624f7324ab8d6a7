/**
 * How a paper words the template of a data set.
 *
 * @module
 */
import { type CustomSet, customTemplate, knowsTemplate } from "../templates.ts";
import type { Task } from "./method.ts";

/** The template of the task's data set as `by` words it; the set's own where `by` does not know the set. */
export function wording({ dataset, template }: Task, by: CustomSet): string {
  return dataset !== undefined && knowsTemplate(dataset, by)
    ? customTemplate(dataset, by)
    : template;
}
