/**
 * What a trajectory's manifest entry says of its prompts, against the prompts that are built here.
 *
 * @module
 */
import { filled } from "../templates.ts";
import { encode, EOT } from "../clip/mod.ts";
import { contextPrompts, type ContextSettings, spoken } from "../methods/context.ts";
import type { Task } from "../methods/mod.ts";
import { type Comparison, same } from "./compare.ts";
import type { ParityRecord } from "./manifest.ts";
import { parameterName } from "./names.ts";

/** Tokens around the context, lengths of class names, the teacher's prompts, and the names of what is learned. */
export function checkPrompts(
  record: ParityRecord,
  task: Task,
  settings: Record<string, unknown>,
  learned: string[],
): Comparison[] {
  const { tokenized_prompts, name_lens, zs_prompts, learnable_params } = record;
  const names = task.classNames.map(spoken);
  const comparisons: Comparison[] = [];
  if (tokenized_prompts && "init" in settings) {
    comparisons.push(tokens(tokenized_prompts, task, settings));
  }
  if (name_lens) {
    const lengths = names.map((name) => encode(name).length);
    comparisons.push(same("tokens of each class name", lengths, name_lens));
  }
  if (zs_prompts) {
    const own = names.map((name) => filled(task.template, name));
    comparisons.push(same("the teacher's prompts", own, zs_prompts));
  }
  if (learnable_params) {
    const published = learnable_params.map(parameterName);
    comparisons.push(same("what is learned", learned.toSorted(), published.toSorted()));
  }
  return comparisons;
}

/** The recorded tokens without those whose places the context takes, in the order of the end position. */
function tokens(recorded: number[][], task: Task, settings: Record<string, unknown>): Comparison {
  const contextLength = Number(settings.contextLength ?? settings.textTokens ?? settings.tokens);
  const atEnd = { ...settings, contextLength, classTokenPosition: "end", classSpecific: false };
  const frozen = contextPrompts(task, atEnd as unknown as ContextSettings)
    .map((slots) => slots.filter((slot) => slot >= 0));
  const others = recorded.map((row) => {
    const whole = row.slice(0, row.indexOf(EOT) + 1);
    return [whole[0], ...whole.slice(1 + contextLength)];
  });
  return same("prompt tokens", frozen, others);
}
