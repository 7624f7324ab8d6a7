/**
 * What a prompt-learning method is, and what it is made for and given.
 *
 * @module
 */
import type { Clip } from "../clip/mod.ts";
import type { Optimiser } from "../optim/mod.ts";
import type { Streams } from "../random/mod.ts";
import type { Tensor, Tensors } from "../tensor/mod.ts";
import type { Made } from "./made.ts";
import type { StepObjective } from "./objective.ts";
import type { SettingTable } from "./settings.ts";
import type { Joint } from "./student.ts";
import type { Vectors } from "./vectors.ts";

/** Where a method comes from. */
export interface Citation {
  /** The paper's title. */
  title: string;
  /** Where and when it appeared: `ICCV 2023`. */
  venue: string;
  /** The paper's number at arXiv, such as `2205.14865`; blank where it is not there. */
  arxiv: string;
  /** The authors' code on GitHub, and its licence; `none` where it has none. Absent where none was found. */
  code?: { repository: string; licence: string };
}

/** A classification problem: the classes to tell apart, and the CLIP to do it with. */
export interface Task {
  /** The frozen CLIP, which the task does not own. */
  clip: Clip;
  /** Class names by label, as the data set gives them. */
  classNames: string[];
  /** The data set's custom template: `a photo of a {}.` */
  template: string;
  /** Whether the classes are unseen in training: other ones of the data set, or another data set's. Default false. */
  unseen?: boolean;
  /** Names of all the data set's classes, where those told apart are some of them. */
  allClassNames?: string[] | undefined;
  /** Several templates of the user's own, which go before the papers' ensembles. */
  templates?: readonly string[];
  /** Short name of the data set, by which papers word templates of their own; absent where the classes are of none. */
  dataset?: string;
}

/** A batch of labelled images. */
export interface Batch {
  /** The label of each image, from 0. */
  labels: number[];
  /** Normalised pixels, [batch, size, size, 3]: for methods with visual prompts. */
  pixels?: Tensor | undefined;
  /** What the frozen image tower makes of them, not of unit length, [batch, embedding]: for all others, and for teachers. */
  features?: Tensor | undefined;
}

/** What a run carries from step to step: plain named tensors, ready to be written to a checkpoint. */
export interface State {
  /** The parameters by name. */
  params: Tensors;
  /** What the optimiser remembers, as its `init` names it: `momentum.text.0`. Empty where nothing is learned by steps. */
  optimiser: Tensors;
  /** What a method carries besides, such as PromptSRC's average over epochs. Absent where there is none. */
  extra?: Tensors;
}

/** Statistics of the gradients of a step, from what the step tells its observer. */
export interface GradientStatistics {
  /** Whether they are made of what is told under this name, such as `task/text.0`. */
  wants(name: string): boolean;
  /** The statistics by name, such as `conflict/cosine`; `seen` holds what was told and wanted. */
  from(seen: Vectors): Record<string, number>;
}

/** Called with named tensors as a step computes them: `gradient/text.0`, `loss/teacher`. They are gone after the step. */
export type Observer = (name: string, value: Tensor) => void;

/**
 * Random choices of one step, drawn outside it so that a run can be replayed: numbers under the names that the method's
 * `draw` gives them, such as the places in the batch of `query` and `support` images.
 */
export type Draws = Record<string, number[]>;

/** What a step is given besides the batch. */
export interface StepContext {
  /** The step's learning rate. */
  rate: number;
  /** What the learner's `draw` gave. */
  draws?: Draws | undefined;
  /** Is told what the step computes. */
  observe?: Observer | undefined;
}

/** The state before the first step of a learner, at these parameters, whose handles it takes over. Inside `tidy`. */
export function stateAt(learner: Pick<Learner, "optimiser">, params: Tensors): State {
  return { params, optimiser: learner.optimiser?.init(params) ?? {} };
}

/** A step's outcome; the tensors are the caller's. */
export interface StepResult {
  /** The state after the step: new tensors for what moved, the old ones for what did not. */
  state: State;
  /** The training loss, a scalar. */
  loss: Tensor;
  /** The logits before the step, [batch, classes]. */
  logits: Tensor;
  /** The labels of the rows of `logits`, where the step learned from other rows than the batch's. */
  labels?: number[];
}

/** One step of training. */
export interface Step {
  (state: State, batch: Batch, context: StepContext): StepResult;
  /** What it is made of, where steps of several learners can be computed in one. */
  parts?: { objective: StepObjective; optimiser: Optimiser; joint(): Joint };
}

/**
 * A method set up for one task. Its functions make tensors freely: call them inside `tidy`. A learner learns by `step`,
 * or all at once by `solve`, or not at all.
 */
export interface Learner {
  /** The initial parameters. */
  init(random: Streams): Tensors;
  /** What evaluation computes once: text features, where they don't depend on the image. */
  prepare(params: Tensors): Tensors;
  /** The logits, [batch, classes]. */
  logits(params: Tensors, prepared: Tensors, batch: Batch): Tensor;
  /** The images' features, of unit length, [batch, embedding]. Absent: those of the frozen tower, or none of their own. */
  images?(params: Tensors, batch: Batch): Tensor;
  /** What moves the parameters in `step`, which starts from its `init`. Absent where nothing is remembered. */
  optimiser?: Optimiser;
  /** One step of training. */
  step?: Step;
  /** The random choices of a step on a batch with these labels. Absent where there are none. */
  draw?: ((labels: number[], random: Streams) => Draws | undefined) | undefined;
  /**
   * Parameters from all training images at once, seen as in evaluation (one centre crop each), in place of `step`. What
   * has to be chosen is chosen on `validation`.
   */
  solve?(training: Batch, validation?: Batch): Made;
  /**
   * Parameters made of the training images' features at once, before any step: a cache, an initialisation, or all that is
   * learned. `seen` has a batch of all images for each of `views` random views. What has to be chosen is chosen on
   * `validation`.
   */
  gather?(params: Tensors, seen: Batch[], validation?: Batch): Made;
  /** Names of parameters that are set and not trained, such as a cache's labels. Absent: none. */
  still?: string[];
  /** Random views of each training image that `gather` is given. Absent: none. */
  views?: number;
  /** Parameters after training, when something is chosen on validation images at the end, such as Tip-Adapter's α. */
  choose?(params: Tensors, validation: Batch): Made;
  /** What happens to the state after an epoch, from 0, of so many. Absent: nothing. */
  endEpoch?(state: State, epoch: number, epochs: number): State;
  /** The state to evaluate, from the one that training ended with. Absent: the same. */
  finish?(state: State): State;
  /**
   * Early stopping: after each epoch the accuracy on the validation images is measured; training ends after so many
   * epochs without a better one, and the best epoch's state (the first of equals) is kept. Absent: all epochs are run.
   */
  patience?: number | undefined;
  /** Frees what was computed for the task. */
  dispose(): void;
}

/**
 * How long and how fast to train.
 *
 * @category Train
 */
export interface Training {
  /** How many passes over the training images there are. */
  epochs: number;
  /** How many images a step's batch has. */
  batchSize: number;
  /** The learning rate that the cosine starts from. */
  rate: number;
  /** How many of the first epochs warm up; of the first steps, when the schedule is by steps. */
  warmupEpochs: number;
  /** The learning rate of the warm-up: of all of it when constant, of its beginning when linear. */
  warmupRate: number;
  /** How the rate warms up: `constant`, or `linear` up to `rate` after the first epoch or step. Default constant. */
  warmup?: "constant" | "linear";
  /** Whether the rate follows epochs or single steps. Default epochs. */
  schedule?: "epochs" | "steps";
  /** The number of steps in all, in place of whole epochs: there are as many epochs as these take. */
  steps?: number;
  /** The learning rate that the cosine falls towards. Default 0. */
  lastRate?: number;
  /** How many fixed random views each image has, made once, in place of a new crop in every epoch. Absent: new crops. */
  views?: number | undefined;
  /** The least share of an image's area that a crop shows. Default 0.08. */
  crops?: number | undefined;
}

/**
 * A named setting of a method: which table it belongs to and what it changes.
 *
 * @category Train
 */
export interface Preset<S> {
  /** The paper and table or figure whose setting this is. */
  table: string;
  /** The settings that differ from the method's defaults. */
  settings: Partial<S>;
  /** The settings that the paper changes for some data sets and numbers of shots. */
  adjust?(at: { dataset: string; shots: number }): Partial<S>;
  /** The training for a number of shots, on a data set for which the paper may have a rule of its own. */
  training(shots: number, dataset?: string): Training;
  /** The CLIP that the table was made with, such as `ViT-B/16`. */
  backbone: string;
  /**
   * Whether the method's published values in this protocol and on this CLIP are of this preset, so that results may be set
   * beside them. Absent: the values are of the first preset.
   */
  published?(at: { protocol: string; clip: string }): boolean;
  /** What is not as the paper has it, a sentence each. */
  deviations: string[];
}

/**
 * A prompt-learning method.
 *
 * @category Train
 */
export interface Method<S = Record<string, unknown>> {
  /** The method's short name, as on the command line: `prograd`. */
  name: string;
  /** The method's title, as in the papers' tables: `ProGrad`. */
  title: string;
  /** The paper that the method comes from. */
  paper: Citation;
  /** What is learned, as a phrase: `a text context`. */
  learned: string;
  /** What has misled those who ran or compared with its published code, a sentence each. */
  traps?: string[];
  /** The method's settings, with their defaults and what values they may have. */
  settings: SettingTable<S>;
  /** The method's presets by name; the first is the default. */
  presets: Record<string, Preset<S>>;
  /** What steps and evaluation read of a batch: its `pixels`, its `features`, or both. */
  needs: { pixels: boolean; features: boolean };
  /** Whether what it learns belongs to the classes it was trained on, so that it can't tell others apart. */
  classBound?(settings: S): boolean;
  /**
   * Whether it uses training images. The result of a method that does not depends on neither shots nor seed, and is computed
   * once. Default true.
   */
  learns?: boolean;
  /**
   * Whether something is chosen on validation images under these settings, such as the epoch to stop at. Absent: nothing is,
   * and the method is given none. `test`: it is chosen on the test images, as some published numbers are.
   */
  selects?(settings: S): boolean | "test";
  /**
   * What a training step costs, in forward passes of what is trained; a backward pass counts as two. Default 3. The time of
   * a run is estimated from it.
   */
  passes?: number;
  /** Whether every image has texts of its own, so that text features can't be computed once for all. Default false. */
  textsPerImage?: boolean;
  /** Statistics of its gradients beside their norm: their means over an epoch go into the record. Absent: none. */
  statistics?: GradientStatistics;
  /** Short name of the method that reports compare it with. Default `coop`. */
  baseline?: string;
  /**
   * URL of the module that defines the method: `import.meta.url` there. A hash of its text and of what it imports says which
   * code a result is of; without it, a hash of `learner`'s text. Other processes import the method from there.
   */
  module?: string | undefined;
  /** Sets the method up for a task. Settings come from `resolveSettings`. */
  learner(task: Task, settings: S): Learner;
}
