/**
 * What `train` is told, looked through before anything runs.
 *
 * @module
 */
import { type Method, misplaced, toldKinds } from "../methods/mod.ts";
import {
  callback,
  checkOptions,
  flag,
  type Kinds,
  signal,
  whole,
  words,
} from "../options_given.ts";
import type { TrainOptions } from "./trained.ts";

const kinds: Kinds<TrainOptions> = {
  ...toldKinds,
  seed: whole(),
  workers: whole(),
  onEpoch: callback,
  progress: flag,
  signal,
  checkpoint: words,
};

/**
 * @throws {UserError} on an option that there is none of, or a value that it can't have
 */
export function checkTrainOptions(by: Pick<Method, "name" | "settings">, given: object): void {
  checkOptions("train", given, kinds, { meant: misplaced(by, Object.keys(kinds)) });
}
