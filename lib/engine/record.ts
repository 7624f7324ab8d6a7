/**
 * The record of one run: everything that a reader needs to believe, repeat or doubt its numbers. Plain JSON.
 *
 * @module
 */
import type { ClipConfig } from "../clip/mod.ts";

/** What was run: one cell of the grid protocol × method × data set × shots × seed. */
export interface Cell {
  /** `few-shot`, `base-to-new`, … */
  protocol: string;
  /** Short name of the method. */
  method: string;
  /** The data set trained on. */
  dataset: string;
  /** Training images of each class. */
  shots: number;
  /** Seed of all random draws. */
  seed: number;
}

/** One pass over the training images. */
export interface EpochRecord {
  /** The epoch, from 0. */
  epoch: number;
  /** The learning rate of the epoch. */
  rate: number;
  /**
   * Mean over the steps of the loss that a step gives: cross-entropy with what the method adds to it. Of ProGrad and
   * ProMetaR the cross-entropy of the batch, of ProMetaR before its regularised step: the published code's log shows
   * another, the outer loss times the outer ratio, which `observe` gets as `outer/loss`.
   */
  loss: number;
  /** Training accuracy over the epoch's (augmented) images, in percent. */
  accuracy: number;
  /** How long the epoch took, in seconds. */
  seconds: number;
  /** What the gradients were like, means over its steps by name (see `statisticsOf`). Absent where not asked for. */
  gradients?: Record<string, number>;
  /** What was measured after it because it was asked for. Absent where it was not. */
  asked?: AskedRecord;
}

/** Accuracies in the midst of a training. Nothing is chosen by them. */
export interface AskedRecord {
  /** Accuracies in percent, by the names of what they were measured on: `test`, `new`. */
  accuracy: Record<string, number>;
  /** Seconds that measuring took, which are no part of the epoch's. */
  seconds: number;
}

/**
 * Measures over one set of test images. All but `n` are percentages.
 *
 * @category Evaluate
 */
export interface Metrics {
  /** The number of test images. */
  n: number;
  /** Top-1 accuracy in percent; of equal logits the first class counts. */
  accuracy: number;
  /** Top-5 accuracy in percent: the share of images whose class is among the five likeliest. */
  top5: number;
  /** Macro-F1 in percent: the mean F1 over the labels that occur. */
  macroF1: number;
  /** The mean over classes of the accuracy within the class, in percent. */
  perClassAccuracy: number;
  /** The expected calibration error in percent, over 15 equal bins of confidence (Guo et al. 2017). */
  calibrationError: number;
}

/** One evaluation: a data set, which of its classes, and what came out. */
export interface ResultRecord {
  /** Short name of the data set. */
  dataset: string;
  /** Which of its classes were told apart: all, or only the base or the new ones. */
  classes: "all" | "base" | "new";
  /** Accuracy and the other measures. */
  metrics: Metrics;
  /** SHA-256 of the predicted labels in the order of the test split. */
  predictions: string;
}

/** The weights a run used. */
export interface ClipRecord {
  /** The architecture's name: `ViT-B/16`, `RN50`. */
  name: string;
  /** SHA-256 of the weights. */
  sha256: string;
  /** What they are, in words: "OpenAI's weights", "seeded random weights". */
  description: string;
  /** Whether they are the published weights, known by their hash: only then are results set beside the papers'. */
  published?: boolean;
  /** What the config file beside them says: with the weights it decides the numbers. Absent where none was followed. */
  config?: ClipConfig;
  /** What nothing beside the weights says and was taken to be as in OpenAI's CLIPs, a sentence. */
  assumed?: string;
}

/** What was read of one data set. */
export interface DataRecord {
  /** Short name of the data set. */
  dataset: string;
  /** SHA-256 of the split file. */
  splitSha256: string;
  /** Images that the split lists and the folder lacks: when there are any, the result is not the paper's experiment. */
  missing: number;
  /** What was assumed of it or left out, a sentence each: how it was split, files that are not read, names that were respelt. */
  assumed?: string[];
}

/** What a method says of itself. */
export interface MethodRecord {
  /** The method's title, as in the papers' tables. */
  title: string;
  /** Whether it uses training images. */
  learns: boolean;
  /** Short name of the method that it is held against. */
  baseline?: string | undefined;
  /** Whether the method's published values in this protocol and on this CLIP are of this preset. */
  published: boolean;
  /** What decides its numbers. */
  code?: CodeRecord | undefined;
}

/** Which code a method's numbers come from. */
export interface CodeRecord {
  /** A hash of the code. */
  hash: string;
  /**
   * What was hashed: the `module` that defines the method and what it imports; where it names none, the text of its
   * `functions` and nothing that they call; the `release`, where the sources are on the web.
   */
  of: "module" | "functions" | "release";
}

/**
 * The record of one cell.
 *
 * @category Reproduce
 */
export interface RunRecord {
  /** The version of this schema. */
  schema: 1;
  /** What was run. */
  cell: Cell;
  /** What the method says of itself. Absent in records of version 0.2. */
  method?: MethodRecord;
  /** The method's resolved settings. */
  settings: Record<string, unknown>;
  /** Keys of `settings` that differ from the paper's preset. */
  overrides: string[];
  /** The preset and the table of the paper it belongs to. */
  preset: { name: string; table: string };
  /** What differs from the paper, a sentence each. */
  deviations: string[];
  /** The weights it used. */
  clip: ClipRecord;
  /** What was read of each data set, trained on or tested on. */
  data?: DataRecord[] | undefined;
  /**
   * The backend that computed, why it was chosen, and the device that it ran on; the precision of products with frozen
   * weights where that is not float32.
   */
  backend: { name: string; reason: string; device: string; precision?: string };
  /** Releases of what it was run with. */
  versions: Record<string, string>;
  /** Git commit of the code and whether files differed from it; absent outside a clone. */
  code?: { commit: string; dirty: boolean } | undefined;
  /** The command that made this record. */
  command: string;
  /** When the run started, as ISO 8601 has it. */
  started: string;
  /** How many seconds the run took: in all, for training, and for evaluation. */
  seconds: { total: number; training: number; evaluation: number };
  /** The most memory that the process held, in bytes, as seen after epochs and evaluations. */
  peakBytes: number;
  /** How many cells trained as one, this one among them: numbers differ in rounding. Absent: it trained alone. */
  stacked?: number;
  /** The number of trainable parameters. */
  parameters: number;
  /** The records of the epochs, first to last. */
  epochs: EpochRecord[];
  /** An evaluation for each data set tested on. */
  results: ResultRecord[];
}
