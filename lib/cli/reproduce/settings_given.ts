/**
 * What the command line sets in place of what experiments have: CLIP, shots and seeds, training, and a method's settings,
 * `--set lambda=0.8`.
 *
 * @module
 */
import { nearest } from "../../errors.ts";
import { method, type Training } from "../../methods/mod.ts";
import { type Entry, type Experiment, methodOf } from "../../protocols/mod.ts";
import { UsageError } from "../options.ts";
import type { ReproduceOptions } from "./options.ts";

/**
 * The experiments with what the user sets in place of theirs.
 *
 * @throws {UsageError} when it is out of range, or no method has the setting
 */
export function experimentsGiven(
  experiments: readonly Experiment[],
  options: ReproduceOptions,
): Experiment[] {
  const { clip, shots, seeds, rate, crop, views } = options;
  if (rate !== undefined && !(rate > 0)) {
    throw new UsageError(`reproduce: --rate is ${rate}; give a number over 0, such as 0.002`);
  }
  if (crop !== undefined && !(crop > 0 && crop <= 1)) {
    throw new UsageError(`reproduce: --crop is ${crop}; give a share over 0 and up to 1`);
  }
  const names = experiments.flatMap(({ entries }) => entries.map((e) => methodOf(e).name));
  const training = trainingGiven(options);
  const settings = Object.entries(settingsGiven(options.set, [...new Set(names)]));
  const entry = (from: Entry): Entry => {
    const has = methodOf(from).settings;
    const own = Object.fromEntries(settings.filter(([key]) => Object.hasOwn(has, key)));
    return {
      ...from,
      ...Object.keys(own).length > 0 && { settings: { ...from.settings, ...own } },
      ...Object.keys(training).length > 0 && { training: { ...from.training, ...training } },
      ...crop !== undefined && { crops: crop },
      ...views !== undefined && { views: views || undefined },
    };
  };
  return experiments.map((experiment) => ({
    ...experiment,
    clip: clip ?? experiment.clip,
    shots: shots ?? experiment.shots,
    seeds: seeds ?? experiment.seeds,
    entries: experiment.entries.map(entry),
  }));
}

/** What of the training is given. */
export function trainingGiven(
  { epochs, batch, rate }: {
    epochs?: number | undefined;
    batch?: number | undefined;
    rate?: number | undefined;
  },
): Partial<Training> {
  return {
    ...epochs !== undefined && { epochs },
    ...batch !== undefined && { batchSize: batch },
    ...rate !== undefined && { rate },
  };
}

/**
 * Settings by name, their values read as JSON where they are JSON and as text where not.
 *
 * @throws {UsageError} when one is not KEY=VALUE, or no chosen method has it
 */
export function settingsGiven(given: string[], methods: string[]): Record<string, unknown> {
  const known = new Set(methods.flatMap((name) => Object.keys(method(name).settings)));
  return Object.fromEntries(given.map((text) => {
    const at = text.indexOf("=");
    const key = text.slice(0, at);
    if (at < 1) {
      throw new UsageError(
        `reproduce: --set takes KEY=VALUE, such as lambda=0.8: got ${JSON.stringify(text)}`,
      );
    }
    if (!known.has(key)) {
      const near = nearest(key, known);
      throw new UsageError(
        `reproduce: none of ${methods.join(", ")} has a setting ${key}: ${
          near ? `did you mean ${near}?` : `they have ${[...known].sort().join(", ")}`
        }`,
      );
    }
    return [key, value(text.slice(at + 1))];
  }));
}

function value(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
