/**
 * Whether planned cells can run, found before the first of them does: what a method is set up with, and what it is trained and
 * tested on. Nothing is encoded and nothing learned.
 *
 * @module
 */
import type { Clip } from "../clip/mod.ts";
import { taskOf } from "../engine/mod.ts";
import type { LoadedDataset } from "../datasets/mod.ts";
import { UserError } from "../errors.ts";
import { nothingDrawn } from "../methods/mod.ts";
import { filled } from "../templates.ts";
import { tidy } from "../tensor/mod.ts";
import type { PlannedCell } from "./plan_cell.ts";

/**
 * Sets every method up for the classes of its cells, and lets it go again.
 *
 * @throws {UserError} naming the cell: for settings that do not go together or do not fit the CLIP, names that are too long for a
 *   prompt, and splits without the images that it takes
 */
export function rehearse(planned: readonly PlannedCell[], clip: Clip): void {
  const done = new Set<string>();
  const started = new Set<string>();
  for (const { cell, method, settings, training, source, validation, targets } of planned) {
    const where = `${cell.method} on ${cell.dataset}`;
    if (training.epochs > 0 && source.train.length === 0) {
      throw new UserError(
        `${where}: there are no images to train on${
          cell.shots === 0 ? " at 0 shots" : ""
        }: take a data set with a training split, or --methods zero-shot.`,
      );
    }
    if (validation.length === 0 && choosesOn(settings)) {
      throw new UserError(
        `${where}: it chooses on validation images, and the split has none: give it some, or leave them out by --set ${
          Number(settings.patience) > 0 ? "patience=0" : "sweep=false"
        }.`,
      );
    }
    for (const { dataset } of targets) {
      if (dataset.test.length > 0) continue;
      throw new UserError(
        `${where}: ${dataset.name} has no images to test on: check its test split.`,
      );
    }
    const sets = [source, ...targets.map(({ dataset }) => dataset)];
    for (const set of sets) {
      const key = JSON.stringify([cell.method, settings, set.template, set.classNames]);
      if (done.has(key)) continue;
      done.add(key);
      // What it starts from depends on the names only by their number: once a method is enough, and it may be large.
      const start = JSON.stringify([cell.method, settings, set.template]);
      const isFirst = !started.has(start);
      started.add(start);
      setUp(where, () => method.learner(taskOf(set, clip), settings), set, clip, isFirst);
    }
  }
}

/** Early stopping and the linear probe's sweep. */
function choosesOn({ patience, sweep }: Record<string, unknown>): boolean {
  return Number(patience) > 0 || sweep === true;
}

function setUp(
  where: string,
  make: () => ReturnType<PlannedCell["method"]["learner"]>,
  { title, classNames, template, templates = [template] }: LoadedDataset,
  clip: Clip,
  starts: boolean,
): void {
  const most = clip.config.text.contextLength;
  const { begin, end, encode } = clip.tokenizer;
  for (const each of templates) {
    for (const name of classNames) {
      const length = begin.length + encode(filled(each, name)).length + end.length;
      if (length <= most) continue;
      throw new UserError(
        `${where}: the prompt of class "${
          name.slice(0, 80)
        }" of ${title} is ${length} tokens long, and this CLIP reads ${most}: shorten the name or the template.`,
      );
    }
  }
  try {
    const learner = make();
    try {
      if (starts) tidy(() => void learner.init(nothingDrawn));
    } finally {
      learner.dispose();
    }
  } catch (error) {
    throw error instanceof UserError ? new UserError(`${where}: ${error.message}`) : error;
  }
}
