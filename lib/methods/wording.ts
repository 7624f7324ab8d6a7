/**
 * How a paper words the template of a data set.
 *
 * @module
 */
import { type CustomSet, customTemplate, knowsTemplate } from "../templates.ts";
import type { Task } from "./method.ts";

/**
 * The template of the task's data set as `by` words it. A set that `by` does not know, or one with a template of the user's own,
 * keeps it.
 */
export function wording({ dataset, template }: Task, by: CustomSet): string {
  const isPublished = dataset !== undefined && knowsTemplate(dataset, by) &&
    knowsTemplate(dataset, "coop") && customTemplate(dataset) === template;
  return isPublished ? customTemplate(dataset, by) : template;
}
