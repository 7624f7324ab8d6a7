/**
 * What is kept of trained prompts beside their numbers: all that it takes to use them, and to believe or doubt them.
 * Plain JSON; `docs/prompts.md` describes the file that it lies in.
 *
 * @module
 */
import { UserError } from "../errors.ts";
import {
  array,
  type Check,
  literal,
  nullable,
  number,
  object,
  optional,
  record,
  text,
} from "../shape.ts";

/** The words that prompts are put together from: a task without its CLIP. */
export interface PromptWords {
  /** Class names by label, as the data set gives them. */
  classNames: string[];
  /** The data set's own template: `a photo of a {}.` */
  template: string;
  /** Wordings of it that some papers have of their own, by their name in a task. */
  [wording: string]: unknown;
}

/** An accuracy that was measured with the prompts. */
export interface MeasuredAccuracy {
  /** Short name of the data set. */
  dataset: string;
  /** Which of its classes: `all`, `base`, `new`. */
  classes: string;
  /** How many test images were measured on. */
  n: number;
  /** Accuracy in percent. */
  accuracy: number;
}

/** What trained prompts are: their method, words, CLIP, training and worth. */
export interface PromptRecord {
  /** The version of this layout. */
  format: 1;
  /** Short name of the method. */
  method: string;
  /** The method's resolved settings. */
  settings: Record<string, unknown>;
  /** What the prompts were trained to tell apart. */
  words: PromptWords;
  /** The CLIP that the prompts were trained for; with another they mean nothing. */
  clip: { name: string; sha256: string; imageSize: number; embedDim: number; scale: number };
  /** How an image becomes what the image tower reads. */
  preprocessing: { size: number; steps: string; mean: number[]; std: number[] };
  /** What the prompts were trained on; null where nothing was learned. */
  data: { name: string; title: string; images: number; shots: number } | null;
  /** How long and how fast; null where it isn't known. */
  training: Record<string, unknown> | null;
  /** Seed of all random draws; null where it isn't known. */
  seed: number | null;
  /** What is not as the method's paper has it, a sentence each. */
  deviations: string[];
  /** What was assumed of their data and CLIP or left out, a sentence each. Absent where nothing was. */
  assumed?: string[] | undefined;
  /** The backend that computed. */
  backend: string;
  /** Releases of what they were made with. */
  versions: Record<string, string>;
  /** Accuracies that were measured with them. */
  measured: MeasuredAccuracy[];
}

const shape: Check = object({
  format: literal(1),
  method: text,
  settings: record(),
  words: object({ classNames: array(text), template: text }),
  clip: object({ name: text, sha256: text, imageSize: number, embedDim: number, scale: number }),
  preprocessing: object({ size: number, steps: text, mean: array(number), std: array(number) }),
  data: nullable(object({ name: text, title: text, images: number, shots: number })),
  training: nullable(record()),
  seed: nullable(number),
  deviations: array(text),
  assumed: optional(array(text)),
  backend: text,
  versions: record(text),
  measured: array(object({ dataset: text, classes: text, n: number, accuracy: number })),
});

/**
 * The record that a JSON text holds.
 *
 * @param where the file, for messages
 * @throws {UserError} when it is none
 */
export function parseRecord(json: string, where: string): PromptRecord {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new UserError(`${where}: its record is no JSON; the file is damaged.`);
  }
  const fault = shape(value, "");
  if (fault) throw new UserError(`${where}: in its record ${fault}; the file is damaged.`);
  return value as PromptRecord;
}
