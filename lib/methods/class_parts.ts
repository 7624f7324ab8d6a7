/**
 * Text features of many classes within bounded memory: ImageNet's 1000 train in 16 GB.
 *
 * @module
 */
import {
  type Clip,
  disposeLayout,
  encodeText,
  type IntoTexts,
  layOut,
  type PromptLayout,
  type Slot,
} from "../clip/mod.ts";
import { concat, cut, order, recompute, type Tensor } from "../tensor/mod.ts";

/** What the text tower is given, made of a method's tensors. */
export interface Given {
  /** The vectors in the prompts' context slots. */
  contexts?: Tensor;
  /** What replaces them before later blocks. */
  deep?: (Tensor | undefined)[];
  /** What else is put into the tower. */
  into?: IntoTexts;
}

/** Encodes the prompts of all classes. */
export interface ClassEncoder {
  /**
   * Not of unit length, [classes, embedding]. `inputs` is all that a gradient may go back to, `place` what is made of it
   * for a part of the classes; by default the contexts and the deep prompts.
   */
  features(inputs: Tensor[], place?: (inputs: Tensor[], layout: PromptLayout) => Given): Tensor;
  /**
   * The same for several contexts in one pass, each [classes, embedding]. A gradient keeps as much as theirs together.
   */
  together(contexts: Tensor[]): Tensor[];
  /** How many contexts `memory` has room for, where their gradients are asked for. */
  room: number;
  /** Frees the layouts. */
  dispose(): void;
}

/** Bytes of activations that are kept for a gradient. */
const MEMORY = 1e10;

/** Numbers kept of each row in a layer, in multiples of the width, for first and for second derivatives (measured). */
const KEPT = [0, 30, 180];

/**
 * Prepares prompts that use `contexts` vectors. Where a gradient's activations would take more than `memory` bytes,
 * classes are encoded in parts, of which nothing is kept: each is computed again when the gradient comes.
 */
export function encodeClasses(
  prompts: Slot[][],
  contexts: number,
  tower: Clip["text"],
  memory: number = MEMORY,
): ClassEncoder {
  const layouts = new Map<number, PromptLayout[]>(); // by the number of parts
  const inParts = (count: number): PromptLayout[] => {
    const known = layouts.get(count);
    if (known) return known;
    const size = Math.ceil(prompts.length / count);
    const starts = prompts.map((_, i) => i).filter((i) => i % size === 0);
    const made = starts.map((i) => layOut(prompts.slice(i, i + size), contexts, 1, tower));
    layouts.set(count, made);
    return made;
  };
  const inGroups = new Map<number, PromptLayout>();
  const [whole] = inParts(1) as [PromptLayout];
  const kept = (derivatives: number) =>
    4 * whole.frozen.size * tower.layers * KEPT[Math.min(derivatives, 2)]!;
  return {
    features(inputs, place = ([contexts, ...deep]) => ({ contexts: contexts!, deep })) {
      const encode = (layout: PromptLayout) => (inputs: Tensor[]) => {
        const { contexts, deep, into } = place(inputs, layout);
        return [encodeText(tower, layout, contexts, deep, into)];
      };
      const count = Math.ceil(kept(Math.max(...inputs.map(order))) / memory);
      if (count <= 1) return encode(whole)(inputs)[0]!;
      return concat(inParts(count).map((part) => recompute(encode(part), inputs)[0]!), 0);
    },
    together(all) {
      const groups = all.length;
      const layout = inGroups.get(groups) ?? layOut(prompts, contexts, groups, tower);
      inGroups.set(groups, layout);
      const features = encodeText(tower, layout, concat(all, 0));
      return cut(features, ...Array<number>(groups - 1).fill(prompts.length));
    },
    room: Math.floor(memory / kept(1)),
    dispose: () => [...layouts.values(), ...inGroups.values()].flat().forEach(disposeLayout),
  };
}
