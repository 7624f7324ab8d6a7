/**
 * The plan of a reproduction: its cells, and what its report says that no record knows.
 *
 * @module
 */
import { methodOf } from "../protocols/mod.ts";
import type { OpenLab } from "./open_lab.ts";
import type { Plan } from "./plan_file.ts";

/**
 * The plan of what was opened.
 *
 * @param args as they were given
 */
export function planOf(open: OpenLab, args: readonly string[]): Plan {
  const { choice, backend, data, command } = open;
  return {
    schema: 2,
    args: [...args],
    cwd: Deno.cwd(),
    backend,
    data,
    report: {
      headline: headline(open),
      command,
      titles: titles(open),
      missing: data.filter(({ missing }) => missing > 0).map(({ dataset, missing }) =>
        `${missing} images of ${dataset} are not there and were left out.`
      ),
    },
    experiments: choice.experiments.map(({ id, title, about, protocol }) => ({
      ...{ id, title, about, protocol },
      command: choice.recipe ? only(command, id) : command,
      cells: open.cells.filter(({ experiments }) => experiments.has(id))
        .sort((a, b) => a.experiments.get(id)! - b.experiments.get(id)!)
        .map(({ id }) => id),
    })),
    cells: open.cells.map(({ id, training, draft, planned: { cell } }, index) => (
      { index, id, training, draft, cell }
    )),
  };
}

/** The command for one experiment of those that it runs. */
function only(command: string, id: string): string {
  return `${command.replace(/ --only[ =]\S+/, "")} --only ${id}`;
}

function headline({ choice, cells }: OpenLab): string {
  const clips = cells.map(({ lab }) => lab.shared.clip);
  if (clips.some(({ description }) => description.includes("random weights"))) {
    return "A check of the machinery, not a result: the CLIP has seeded random weights";
  }
  if (choice.headline) return choice.headline;
  if (clips.every(({ published }) => published)) return "Prompt learning for CLIP, reproduced";
  return `Prompt learning on ${
    clips.find(({ published }) => !published)!.name
  }: not the papers' weights, so not their experiments`;
}

function titles({ choice, datasets }: OpenLab): Record<string, string> {
  const methods = choice.experiments.flatMap(({ entries }) => entries.map(methodOf));
  return Object.fromEntries([
    ...methods.map(({ name, title }) => [name, title]),
    ...[...datasets.values()].map(({ name, title }) => [name, title]),
  ]);
}
