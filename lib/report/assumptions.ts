/**
 * What was assumed of data and weights: what decides numbers and nobody said.
 *
 * @module
 */

import { type ReportContext, type Run, titled } from "./context.ts";

/** The assumptions of runs, each once, with what it is of. Sets and weights are in the order of the runs. */
export function assumptions(records: readonly Run[], { titles }: ReportContext): string[] {
  const title = titled(titles);
  const said = records.flatMap(({ clip, data = [] }) => [
    ...clip.assumed === undefined ? [] : [`${clip.name}: ${clip.assumed}.`],
    ...data.flatMap(({ dataset, assumed = [] }) =>
      assumed.map((line) => `${title(dataset)}: ${line}.`)
    ),
  ]);
  return [...new Set(said)];
}
