/**
 * What a trajectory holds outside its steps: logits and text features before and after training, and its teachers.
 *
 * @module
 */
import type { TensorFile } from "../clip/mod.ts";
import { ensemble } from "../datasets/mod.ts";
import type { Batch, Learner, Task } from "../methods/mod.ts";
import { diverseTeacher, ensembleFeatures, templateFeatures } from "../methods/zero_shot.ts";
import {
  clone,
  dispose,
  numbersOf,
  scale,
  type Tensor,
  tensor,
  type Tensors,
  unitLength,
} from "../tensor/mod.ts";

/** What is computed from. */
export interface Situation {
  task: Task;
  learner: Learner;
  /** Parameters before or after training. */
  params: Tensors;
  /** The first batch, with frozen features. Inside `tidy`. */
  first(): Batch;
  /** The first batch of the inputs, however many of its images the steps take. Inside `tidy`. */
  whole(): Batch;
  /** The method that was recorded. */
  method: string;
}

/** Something recorded outside the steps. */
export interface Outside {
  key: RegExp;
  what: string;
  /** Of which parameters. */
  when: "before" | "after";
  compute(situation: Situation): Tensor;
}

const evaluated = ({ learner, params, first }: Situation) =>
  learner.logits(params, learner.prepare(params), first());
const texts = ({ learner, params }: Situation) => learner.prepare(params).text!;

/** Everything that is known. Text features are compared at unit length, as they are used. */
export const outsides: readonly Outside[] = [
  {
    key: /^eval_logits_init(_batch0)?$/,
    what: "logits before training",
    when: "before",
    compute: evaluated,
  },
  {
    key: /^eval_logits_final(_batch0)?$/,
    what: "logits after training",
    when: "after",
    compute: evaluated,
  },
  { key: /^text_features$/, what: "frozen text features", when: "before", compute: texts },
  {
    key: /^text_features_final(_unnorm)?$/,
    what: "text features after training",
    when: "after",
    compute: texts,
  },
  {
    key: /^zs_text_features$/,
    what: "the teacher's text features",
    when: "before",
    compute: ({ task }) => released(templateFeatures(task.clip, task.classNames, task.template)),
  },
  {
    key: /^fixed_embeddings(_unnorm)?$/,
    what: "the teacher's text features, averaged",
    when: "before",
    compute: ({ task }) =>
      released(
        ensembleFeatures(task.clip, task.classNames, ensemble("prometar_60"), { raw: true }),
      ),
  },
  {
    key: /^evalLogitsFinal$/,
    what: "logits after training",
    when: "after",
    compute: ({ learner, params, whole }) =>
      learner.logits(params, learner.prepare(params), whole()),
  },
  {
    key: /^teacherTextFeatures(Unnormalised)?$/,
    what: "the teacher's text features",
    when: "before",
    compute: ({ task, method }) =>
      released(
        method === "promptsrc"
          ? diverseTeacher(task)()
          : templateFeatures(task.clip, task.classNames, task.template),
      ),
  },
];

/** The same numbers in the surrounding `tidy`, of features that would be kept beyond it. */
export function released(features: Tensor): Tensor {
  const own = scale(features, 1);
  dispose(features);
  return own;
}

/** Computes one of them, and reads what was recorded. */
export async function both(
  { key, compute }: Outside,
  recordedAs: string,
  file: TensorFile,
  situation: Situation,
): Promise<[own: Float32Array, recorded: Float32Array]> {
  const { shape, data } = file.readFloats(recordedAs);
  const isLogits = /logits/i.test(key.source);
  return [
    await numbersOf(() => clone(compute(situation))), // which may belong to the learner
    isLogits ? data : await numbersOf(() => unitLength(tensor(data, shape))),
  ];
}
