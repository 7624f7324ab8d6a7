/**
 * Accuracies that somebody asked for while a training runs. They are told and written down; nothing is chosen by them, no
 * random number is drawn for them, and what is learned is the same to the last bit.
 *
 * @module
 */
import type { LoadedDataset } from "../datasets/mod.ts";
import { UserError } from "../errors.ts";
import type { Resolved, State } from "../methods/mod.ts";
import { refuseBound } from "./classifier.ts";
import { evaluate } from "./evaluate.ts";
import type { Images } from "./images.ts";
import type { AskedRecord } from "./record.ts";
import { taskOf } from "./setup.ts";

/** Which accuracies are to be measured while a training runs, and how often. */
export interface Asked {
  /** Measures after every so many epochs, and after the last that is planned. */
  every: number;
  /** The data sets whose test images are measured on, by the names of the results: `{ test: shapes, new: others }`. */
  on: Record<string, LoadedDataset>;
}

/** Measures the accuracies of a training that goes on. Dispose of it after the training. */
export interface Measuring extends Disposable {
  /** Measures `state` after `epoch` (from 0) of `epochs`; undefined where none was asked for after this one. */
  after(state: State, epoch: number, epochs: number): Promise<AskedRecord | undefined>;
}

/**
 * Sets a method up for what is asked.
 *
 * @throws {UserError} where there is nothing to ask: a method without epochs, a part without images, classes that what is
 *   learned can't tell apart
 */
export function measuring(
  { method, settings }: Pick<Resolved, "method" | "settings">,
  trainedOn: LoadedDataset,
  { every, on }: Asked,
  images: Images,
): Measuring {
  const parts = Object.entries(on);
  for (const [name, { title, test, classNames }] of parts) {
    if (test.length === 0) {
      throw new UserError(`there are no images of ${title} to measure ${name} on: leave it out`);
    }
    refuseBound(method, settings, trainedOn.classNames, classNames);
  }
  const learners = parts.map(([name, data]) => ({
    ...{ name, items: data.test },
    learner: method.learner(taskOf(data, images.clip, trainedOn), settings),
  }));
  const free = () => learners.forEach(({ learner }) => learner.dispose());
  if (learners.some(({ learner }) => !learner.step)) {
    free();
    throw new UserError(
      `${method.name} learns without epochs: there is nothing to measure in between`,
    );
  }
  return {
    async after({ params }, epoch, epochs) {
      if ((epoch + 1) % every !== 0 && epoch + 1 !== epochs) return undefined;
      const begun = performance.now();
      const accuracy: Record<string, number> = {};
      for (const { name, items, learner } of learners) {
        const { metrics } = await evaluate(learner, params, items, { needs: method.needs, images });
        accuracy[name] = metrics.accuracy;
      }
      return { accuracy, seconds: (performance.now() - begun) / 1000 };
    },
    [Symbol.dispose]: free,
  };
}
