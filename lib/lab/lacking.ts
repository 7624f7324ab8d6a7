/**
 * What experiments need that is not on this machine, told in one line with the commands that fetch it.
 *
 * @module
 */
import { cachedWeights, hubNames } from "../clip/mod.ts";
import { dataset, stateOf } from "../datasets/mod.ts";
import type { Experiment } from "../protocols/mod.ts";

/**
 * What experiments need and this machine does not have, in a line (`lacks …: run …`); undefined when all is there.
 *
 * @param root the folder that data sets lie under
 */
export async function lackingInputs(
  experiments: readonly Experiment[],
  root: string,
): Promise<string | undefined> {
  const weights: string[] = [];
  for (const clip of distinct(experiments.map(({ clip }) => clip))) {
    const name = hubNames.find((published) => published === clip);
    if (name && !await cachedWeights(name)) weights.push(name);
  }
  const fetched: string[] = [];
  const byHand: string[] = [];
  for (const name of distinct(experiments.flatMap(({ datasets }) => datasets))) {
    const set = dataset(name);
    if (!set.published || await stateOf(set, root) !== "not there") continue;
    (set.published.sources.some(({ byHand }) => byHand) ? byHand : fetched).push(name);
  }
  const where = root === "datasets" ? "" : ` --root ${root}`;
  const commands = [
    ...weights.map((name) => `deno task weights ${name}`),
    ...fetched.length > 0 ? [`deno task data ${fetched.join(" ")}${where}`] : [],
    ...byHand.length > 0
      ? [`deno task data ${byHand.join(" ")}${where} (which says what is to be had by hand)`]
      : [],
  ];
  if (commands.length === 0) return undefined;
  return `lacks ${
    [...weights.map((name) => `the weights ${name}`), ...fetched, ...byHand].join(", ")
  }: run ${commands.join(", ")}`;
}

function distinct(names: string[]): string[] {
  return [...new Set(names)];
}
