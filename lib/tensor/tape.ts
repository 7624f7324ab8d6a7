/**
 * Reverse-mode differentiation that is right to any order.
 *
 * TensorFlow.js 4.22 computes wrong second derivatives without a word: a gradient that re-uses an op's saved output
 * loses the path through that output under nested `tf.grad` (tfjs issue 3252). Here a gradient rule is a function of
 * tracked tensors made of the same ops, so its own derivative is whatever those ops' rules say. A tape also gives what
 * `tf.grads` can't: several cotangents pulled back through one forward pass, which is half of ProGrad's cost.
 *
 * Only ops of `lib/tensor` are recorded. TensorFlow.js serves as the kernels beneath them.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import { add } from "./elementwise.ts";

/**
 * A TensorFlow.js tensor of any rank, float32 unless said otherwise. Ranks are not in the type: TensorFlow.js calls a
 * tensor whose shape is a plain `number[]` rank 0.
 */
export type Tensor = tf.Tensor<tf.Rank.R0>;

/** One input of an op, and how the op pulls a cotangent of its output back to that input. */
export type Edge = readonly [input: Tensor, pull: (cotangent: Tensor) => Tensor];

interface Node {
  outputs: Tensor[];
  inputs: Tensor[];
  /** Cotangents of the outputs, undefined where nothing reads one, pulled back to each input. */
  pull: (cotangents: (Tensor | undefined)[]) => (Tensor | undefined)[];
  /** Whether no derivative of `pull` reads a cotangent's entries. */
  frozen?: boolean;
}

interface Tape {
  nodes: Node[];
  /** Ids of the tensors that depend on what is differentiated. */
  tracked: Set<number>;
}

/** The tapes that are recording, outermost first. */
const tapes: Tape[] = [];

/**
 * Declares that `output` was computed from the inputs of `edges`. An op calls this once for each output; a rule may use
 * the op's inputs and outputs freely and must be made of differentiable ops.
 */
export function record<T extends Tensor>(output: T, ...edges: Edge[]): T {
  for (const tape of tapes) {
    const live = edges.filter(([input]) => tape.tracked.has(input.id));
    if (live.length > 0) {
      append(
        tape,
        [output],
        live.map(([input]) => input),
        ([d]) => live.map(([, pull]) => pull(d!)),
      );
    }
  }
  return output;
}

/** A tensor for each of these: cotangents of outputs, gradients for inputs. */
export type Alike<T extends Tensor[]> = { [K in keyof T]: Tensor };

/**
 * The same for outputs whose cotangents are cheaper to pull back together. `pull` gets one for each output, zeros where
 * nothing reads it, and gives one for each input, or for those that are tracked.
 */
export function recordJointly<T extends Tensor[]>(
  outputs: [...T],
  inputs: Tensor[],
  pull: (cotangents: Alike<T>) => (Tensor | undefined)[],
  frozen = false,
): T {
  for (const tape of tapes) {
    if (!inputs.some((input) => tape.tracked.has(input.id))) continue;
    append(tape, outputs, inputs, (cotangents) => {
      const whole = cotangents.map((d, i) => d ?? tf.zerosLike(outputs[i]!));
      const pulled = pull(whole as Alike<T>);
      return pulled.map((d, i) => tape.tracked.has(inputs[i]!.id) ? d : undefined);
    }, frozen);
  }
  return outputs;
}

/**
 * The same for a linear op with frozen coefficients: its rule only passes cotangents on, so that under an outer tape, where
 * all of a pull-back stays, those at least can go.
 */
export function recordFrozen<T extends Tensor[]>(
  outputs: [...T],
  inputs: Tensor[],
  pull: (cotangents: Alike<T>) => Tensor[],
): T {
  return recordJointly(outputs, inputs, pull, true);
}

function append(
  tape: Tape,
  outputs: Tensor[],
  inputs: Tensor[],
  pull: Node["pull"],
  frozen = false,
): void {
  for (const output of outputs) tape.tracked.add(output.id);
  tape.nodes.push({ outputs, inputs, pull, frozen });
}

/** Whether some recording tape follows `x`: an op may skip what only its derivative needs when none does. */
export function isTracked(x: Tensor): boolean {
  return order(x) > 0;
}

/** The order up to which `x` is being differentiated: how many recording tapes follow it. */
export function order(x: Tensor): number {
  return tapes.reduce((n, tape) => tape.tracked.has(x.id) ? n + 1 : n, 0);
}

/** The values of a function and the linear map that pulls cotangents of them back to its inputs. */
export interface Pullback<Y extends Tensor[]> {
  /** The function's values. */
  values: Y;
  /** Gradients for each input, of Σᵢ ⟨valuesᵢ, cotangentsᵢ⟩. May be called more than once. */
  pull(cotangents: (Tensor | null)[]): Tensor[];
}

/**
 * Runs `f` once and returns its values with their pullback to `inputs`. Call it inside `tidy`: the activations live as
 * long as the surrounding scope.
 */
export function vjp<Y extends Tensor[]>(f: () => Y, inputs: Tensor[]): Pullback<Y> {
  const tape: Tape = { nodes: [], tracked: new Set(inputs.map((x) => x.id)) };
  tapes.push(tape);
  let values: Y;
  try {
    values = f();
  } finally {
    tapes.splice(tapes.indexOf(tape), 1);
  }
  return { values, pull: (cotangents) => pullBack(tape, values, cotangents, inputs) };
}

function pullBack(
  tape: Tape,
  values: Tensor[],
  cotangents: (Tensor | null)[],
  inputs: Tensor[],
): Tensor[] {
  // While an outer tape records, the intermediate cotangents are part of its graph and must stay.
  const free = tapes.length === 0;
  const gradients = new Map<number, Tensor>();
  const holders = new Map<number, number>(); // how many entries of `gradients` hold a tensor made here
  const hold = (x: Tensor) => holders.set(x.id, (holders.get(x.id) ?? 0) + 1);
  const read = new Set<number>(); // cotangents that an outer tape's rules may still read
  const release = (x: Tensor, frozen = false) => {
    const left = (holders.get(x.id) ?? Infinity) - 1;
    holders.set(x.id, left);
    if (!frozen) read.add(x.id);
    if (left === 0 && (free || !read.has(x.id))) x.dispose();
  };
  const accumulate = (x: Tensor, cotangent: Tensor) => {
    const sum = gradients.get(x.id);
    const total = sum === undefined ? cotangent : add(sum, cotangent);
    gradients.set(x.id, total);
    if (sum === undefined) return;
    hold(total);
    release(sum, true); // nor does a sum's rule read what was summed
    release(cotangent, true);
  };
  values.forEach((value, i) => {
    const cotangent = cotangents[i];
    if (!cotangent) return;
    holders.set(cotangent.id, Infinity); // the caller's own
    accumulate(value, cotangent);
  });
  for (const { outputs, inputs: from, pull, frozen } of tape.nodes.toReversed()) {
    const cotangents = outputs.map((output) => gradients.get(output.id));
    if (cotangents.every((d) => d === undefined)) continue;
    const pulled = free ? tidyPull(pull, cotangents) : pull(cotangents);
    pulled.forEach((d, i) => {
      if (d === undefined) return;
      hold(d);
      accumulate(from[i]!, d);
    });
    outputs.forEach((output, i) => {
      const cotangent = cotangents[i];
      if (cotangent === undefined) return;
      gradients.delete(output.id);
      release(cotangent, frozen);
    });
  }
  return inputs.map((x) => gradients.get(x.id) ?? tf.zerosLike(x));
}

/** Pulls, and frees all that was made on the way. */
function tidyPull(pull: Node["pull"], cotangents: (Tensor | undefined)[]): (Tensor | undefined)[] {
  let pulled: (Tensor | undefined)[] = [];
  tf.tidy(() => {
    pulled = pull(cotangents);
    return pulled.filter((d) => d !== undefined);
  });
  return pulled;
}

/** Runs `f` unrecorded. */
export function withoutTapes<T>(f: () => T): T {
  const held = tapes.splice(0);
  try {
    return f();
  } finally {
    tapes.push(...held);
  }
}

/** Gradients of the scalar `f()` for each of `inputs`, and its value. To be called inside `tidy`. */
export function valueAndGrad<T extends Tensor[]>(
  f: () => Tensor,
  inputs: [...T],
): { value: Tensor; gradients: Alike<T> } {
  const { values: [value], pull } = vjp(() => [f()], inputs);
  return { value, gradients: pull([tf.onesLike(value)]) as Alike<T> };
}

/** Gradients of the scalar `f()` for each of `inputs`. To be called inside `tidy`. */
export function grad<T extends Tensor[]>(f: () => Tensor, inputs: [...T]): Alike<T> {
  return valueAndGrad(f, inputs).gradients;
}
