/**
 * The pieces that prompt learners are combined from: a text side, an image side, the student they make, and training by
 * gradients. CoOp, VPT, IVLP, ProGrad and ProMetaR differ in which pieces they take.
 *
 * @module
 */
import { UserError } from "../errors.ts";
import { type Optimiser, sgd } from "../optim/mod.ts";
import type { Streams } from "../random/mod.ts";
import { dispose, matMul, scale, type Tensor, type Tensors, unitLength } from "../tensor/mod.ts";
import { labelLoss } from "./losses.ts";
import type {
  Batch,
  Learner,
  Method,
  Observer,
  State,
  Step,
  StepContext,
  StepResult,
  Task,
} from "./method.ts";
import { descend, type Descent, type StepObjective } from "./objective.ts";
import type { SettingTable } from "./settings.ts";

/** Where text features come from. Its parameters are called `text.…`. */
export interface TextSide {
  /** The initial parameters. */
  init(random: Streams): Tensors;
  /** Text features of unit length, [classes, embedding]. */
  features(params: Tensors): Tensor;
  /** The same as the tower gives them, not of unit length; absent where nothing asks for it. */
  raw?(params: Tensors): Tensor;
  /** How they are computed in one pass with those of other learners. Absent: each has passes of its own. */
  joint?(): Joint;
  /** Frees what was computed for the task. */
  dispose(): void;
}

/** A pass through the text tower for several learners. */
export interface Joint {
  /** The same for text sides that can share a pass. */
  alike: unknown;
  /** How many there is memory for. */
  most: number;
  /** What `f` gives, in which text sides take their features of any of these parameters from one pass. */
  during<T>(all: readonly Tensors[], f: () => T): T;
}

/** Where image features come from. Its parameters are called `image.…`. */
export interface ImageSide {
  /** The initial parameters. */
  init(random: Streams): Tensors;
  /** Image features, not of unit length, [batch, embedding]. */
  features(params: Tensors, batch: Batch): Tensor;
}

/** Images as the frozen tower sees them. */
export const frozenImages: ImageSide = {
  init: () => ({}),
  features: (_, { features }) => {
    if (!features) throw new Error("the batch has no frozen image features");
    return features;
  },
};

/** A tensor that is made when it is first read: evaluation never pays for a teacher. */
export interface Lazy {
  (): Tensor;
  /** Frees it, if it was made. */
  dispose(): void;
}

/** Puts off making a tensor, one that outlives `tidy`, until it is read. */
export function lazy(make: () => Tensor): Lazy {
  let made: Tensor | undefined;
  const read = () => made ??= make();
  return Object.assign(read, { dispose: () => made && dispose(made) });
}

/** Text features that are computed once and stay. The side owns them. */
export function frozenText(features: Lazy): TextSide {
  return { init: () => ({}), features, dispose: features.dispose };
}

/** What a student makes of a batch. */
export interface Answer {
  /** Text features of unit length, [classes, embedding]. */
  texts: Tensor;
  /** Image features of unit length, [batch, embedding]. */
  images: Tensor;
  /** The logits, [batch, classes]. */
  logits: Tensor;
}

/** A student: two sides, and what they answer together. */
export interface Student {
  /** The classes and the CLIP that it was made for. */
  task: Task;
  /** Where its text features come from. */
  text: TextSide;
  /** Where its image features come from. */
  image: ImageSide;
  /** What it makes of a batch; `observe` is told `text` and `image`. */
  answer(params: Tensors, batch: Batch, observe?: Observer): Answer;
}

/**
 * Puts two sides together.
 *
 * @throws {UserError} when there are not at least two classes
 */
export function student(task: Task, text: TextSide, image: ImageSide): Student {
  refuseOneClass(task);
  return {
    task,
    text,
    image,
    answer(params, batch, observe) {
      const texts = text.features(params);
      const images = unitLength(image.features(params, batch));
      observe?.("text", texts);
      observe?.("image", images);
      return { texts, images, logits: cosineLogits(task, images, texts) };
    },
  };
}

/** Refuses a single class, which leaves nothing to tell apart. */
export function refuseOneClass({ classNames }: Task): void {
  if (classNames.length < 2) {
    throw new UserError(
      `a task needs two classes to tell apart, got ${
        JSON.stringify(classNames)
      }: add pictures of another class`,
    );
  }
}

/** exp(logit_scale) · cosine. Images [batch, embedding], texts of unit length [classes, embedding]. → [batch, classes] */
export function classify(task: Task, images: Tensor, texts: Tensor): Tensor {
  return cosineLogits(task, unitLength(images), texts);
}

function cosineLogits({ clip }: Task, images: Tensor, texts: Tensor): Tensor {
  return scale(matMul(images, texts, false, true), clip.scale);
}

/** The gradients a method follows on a batch. */
export interface Rule {
  (params: Tensors, batch: Batch, context: StepContext): Descent;
  /** Its losses and what it follows of their gradients, where it is no more than that. */
  objective?: StepObjective;
}

/** The rule of an objective. */
export function following(objective: StepObjective): Rule {
  const rule: Rule = (params, batch, context) =>
    descend([{ objective, params, batch, context }])[0]!;
  return Object.assign(rule, { objective });
}

/** A learner whose student an optimiser moves along `rule`; by default the SGD that both papers train with. */
export function trained(by: Student, rule: Rule, optimiser: Optimiser = sgd()): Learner {
  const text = by.image === frozenImages ? by.text : undefined;
  return { ...evaluated(by), ...descending(rule, optimiser, text) };
}

/**
 * A learner's part that training uses: an optimiser's steps along `rule`.
 *
 * @param text where all that the rule asks a tower for comes from
 */
export function descending(
  rule: Rule,
  optimiser: Optimiser,
  text?: TextSide,
): Required<Pick<Learner, "optimiser" | "step">> {
  const step: Step = (state, batch, context) =>
    stepped(rule(state.params, batch, context), state, optimiser, context);
  const { objective } = rule;
  const parts = objective && text?.joint && { objective, optimiser, joint: text.joint };
  return { optimiser, step: Object.assign(step, parts && { parts }) };
}

/** The outcome of a step of an optimiser. */
export function stepped(
  { gradients, ...descent }: Descent,
  state: State,
  optimiser: Optimiser,
  { rate, observe }: StepContext,
): StepResult {
  for (const [name, gradient] of Object.entries(gradients)) {
    observe?.(`gradient/${name}`, gradient);
  }
  return { ...descent, state: updated(state, optimiser, gradients, rate) };
}

/** The state after an optimiser's step. */
export function updated(
  state: State,
  optimiser: Optimiser,
  gradients: Tensors,
  rate: number,
): State {
  const moved = optimiser.update(gradients, state.optimiser, state.params, rate);
  return { ...state, params: moved.params, optimiser: moved.state };
}

/** A learner's part that evaluation uses. */
export function evaluated({ task, text, image }: Student): Omit<Learner, "step" | "draw"> {
  return {
    init: (random) => ({ ...text.init(random), ...image.init(random) }),
    prepare: (params) => ({ text: text.features(params) }),
    logits: (params, prepared, batch) =>
      classify(task, image.features(params, batch), prepared.text!),
    images: (params, batch) => unitLength(image.features(params, batch)),
    dispose: () => text.dispose(),
  };
}

/** The same learner, which frees `teacher` too when it is disposed of. */
export function owning(learner: Learner, teacher: Lazy): Learner {
  return {
    ...learner,
    dispose() {
      learner.dispose();
      teacher.dispose();
    },
  };
}

/** The rule of every method that just minimises a loss of what its student answers. */
export function minimise<A extends { logits: Tensor }>(
  answer: (params: Tensors, batch: Batch, context: StepContext) => A,
  loss: (answer: A, batch: Batch, context: StepContext) => Tensor = ({ logits }, { labels }) =>
    labelLoss(logits, labels),
): Rule {
  return following({
    losses(params, batch, context) {
      const answered = answer(params, batch, context);
      return { losses: [loss(answered, batch, context)], logits: answered.logits };
    },
    follow: ([gradients]) => gradients!,
  });
}

/** A way of putting prompts into CLIP: what CoOp, VPT, IVLP and MaPLe are, and what ProMetaR is put on. */
export interface Prompting<S> {
  /** Short name, as on the command line: `coop`. */
  name: string;
  /** Title, as in the papers' tables: `CoOp`. */
  title: string;
  /** What is learned, as a phrase: `a text context`. */
  learned: string;
  /** Its settings, with their defaults and what values they may have. */
  settings: SettingTable<S>;
  /** What it reads of a batch. */
  needs: Method["needs"];
  /** Whether what it learns belongs to the classes it was trained on. */
  classBound?(settings: S): boolean;
  /** The student with these prompts. */
  student(task: Task, settings: S): Student;
}

/** The method that trains prompts by cross-entropy alone. */
export function byCrossEntropy<S>(
  prompting: Prompting<S>,
  about: Pick<Method<S>, "paper" | "presets"> & Partial<Method<S>>,
): Method<S> {
  const { student, ...description } = prompting;
  return {
    ...description,
    ...about,
    learner(task, settings) {
      const by = student(task, settings);
      return trained(
        by,
        minimise((params, batch, { observe }) => by.answer(params, batch, observe)),
      );
    },
  };
}
