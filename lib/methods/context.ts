/**
 * Learned text context (CoOp, Zhou et al. 2022, section 3.2): M vectors in the place of the words around a class name.
 *
 * @module
 */
import {
  type Clip,
  context,
  disposeLayout,
  layOut,
  type PromptLayout,
  type Slot,
  tokenSlots,
} from "../clip/mod.ts";
import { UserError } from "../errors.ts";
import { wordsBefore } from "../templates.ts";
import { reshape, type Tensor, type Tensors, unitLength, wrap } from "../tensor/mod.ts";
import { gaussian } from "./initial.ts";
import { encodeClasses } from "./class_parts.ts";
import type { Task } from "./method.ts";
import { count, flag, oneOf, type SettingTable, words } from "./settings.ts";
import type { TextSide } from "./student.ts";
import { wording } from "./wording.ts";

/** The settings of a learned text context. */
export interface ContextSettings {
  /** M, the number of learned context vectors. */
  contextLength: number;
  /**
   * Initialisation of the context: `random`, `template` (the data set's own words, right-aligned in zeros), or words
   * whose embeddings it starts as.
   */
  init: string;
  /** Where the class name stands: after the context, in its middle, or before it. */
  classTokenPosition: "end" | "middle" | "front";
  /** Whether each class has a context of its own, rather than one for all. */
  classSpecific: boolean;
}

/** The settings that methods with a context share. */
export const contextSettings: SettingTable<ContextSettings> = {
  contextLength: count(16, "M, the number of context vectors"),
  init: words(
    "random",
    "what the context starts from: random, N(0, 0.02); template, the words of the data set's template after zeros; or words",
  ),
  classTokenPosition: oneOf("end", "where the class name stands", ["end", "middle", "front"]),
  classSpecific: flag(false, "class-specific context (CSC): vectors of its own for each class"),
};

/** A class name as it is written into a prompt. */
export function spoken(className: string): string {
  return className.replaceAll("_", " ");
}

/** The words that a context is initialised with, and how many of its last vectors they fill. */
interface Start {
  /** What stands before the class name in the tokenised prompt. */
  prefix: string;
  /** Vectors that have a word; the others are `X` in the prompt. */
  words: string;
  filled: number;
}

function startOf(task: Task, { contextLength: m, init }: ContextSettings): Start {
  if (init === "random") return { prefix: Array(m).fill("X").join(" "), words: "", filled: 0 };
  if (init !== "template") {
    const spokenWords = spoken(init);
    const tokens = task.clip.tokenizer.encode(spokenWords).length;
    if (tokens < m) {
      throw new UserError(
        `the context "${init}" has ${tokens} tokens, fewer than contextLength ${m}: lower contextLength or add words`,
      );
    }
    return { prefix: spokenWords, words: spokenWords, filled: m };
  }
  const template = spoken(wordsBefore(wording(task, "prograd")));
  const filled = template.split(" ").length; // words are counted, not tokens, as published
  if (filled > m) {
    throw new UserError(
      `the template "${template}" has ${filled} words, more than contextLength ${m}: raise contextLength`,
    );
  }
  const prefix = [...Array(m - filled).fill("X"), template].join(" ");
  return { prefix, words: template, filled };
}

/** The prompts of all classes, as slots: SOS, context and class name in the wanted order, then what follows to EOT. */
export function contextPrompts(task: Task, settings: ContextSettings): Slot[][] {
  const { contextLength: m, classTokenPosition, classSpecific } = settings;
  const { prefix } = startOf(task, settings);
  const { begin, encode } = task.clip.tokenizer;
  const names = task.classNames.map(spoken);
  const tokens = tokenSlots(task.clip, names.map((name) => `${prefix} ${name}.`));
  // In CLIP's tokenizer a placeholder is a token.
  const lead = begin.length + (settings.init === "random" ? encode(prefix).length : m);
  return tokens.map((row, label) => {
    const vectors = Array.from({ length: m }, (_, i) => context(classSpecific ? label * m + i : i));
    const before = { end: m, middle: Math.floor(m / 2), front: 0 }[classTokenPosition];
    const rest = row.slice(lead);
    const name = before === m ? 0 : encode(names[label]!).length;
    return [
      ...begin,
      ...vectors.slice(0, before),
      ...rest.slice(0, name),
      ...vectors.slice(before),
      ...rest.slice(name),
    ];
  });
}

/** The context's initialisation: [M, width], or [classes, M, width] when class-specific. */
function initialContext(
  task: Task,
  settings: ContextSettings,
  random: Parameters<TextSide["init"]>[0],
): Tensor {
  const { contextLength: m, init, classSpecific } = settings;
  const { text: { width, tokens }, tokenizer } = task.clip;
  const copies = classSpecific ? task.classNames.length : 1;
  const shape = classSpecific ? [copies, m, width] : [m, width];
  if (init === "random") return gaussian(random, shape);
  const { words, filled } = startOf(task, settings);
  const vectors = new Float32Array(m * width);
  tokenizer.encode(words).slice(0, filled).forEach((id, i) =>
    vectors.set(tokens.row(id), (m - filled + i) * width)
  );
  const all = new Float32Array(copies * vectors.length);
  for (let c = 0; c < copies; c++) all.set(vectors, c * vectors.length);
  return wrap(all, shape);
}

/** A text side with a learned context, see {@linkcode rawContext}, its features of unit length. */
export function learnedContext(
  task: Task,
  settings: ContextSettings,
  depth = 1,
  memory?: number,
): TextSide {
  const raw = rawContext(task, settings, depth, memory);
  return {
    ...raw,
    features: (params) => unitLength(raw.features(params)),
    raw: raw.features,
  };
}

/**
 * Text features, not of unit length, of a learned context, `text.0`, and `depth − 1` deep prompts, `text.1` …, [M, width] from N(0, 0.02),
 * that replace what became of it before the later blocks. `memory`: see `encodeClasses`.
 */
export function rawContext(
  task: Task,
  settings: ContextSettings,
  depth = 1,
  memory?: number,
): TextSide {
  const { clip } = task;
  const { contextLength: m, classSpecific, classTokenPosition } = settings;
  if (depth > 1 && (classSpecific || classTokenPosition !== "end")) {
    throw new UserError(
      "deep text prompts go with a shared context before the class name: lower depth",
    );
  }
  if (depth > clip.text.layers) {
    throw new UserError(
      `text prompts ${depth} layers deep do not fit ${clip.name}, which has ${clip.text.layers}: lower depth`,
    );
  }
  const vectors = classSpecific ? task.classNames.length * m : m;
  const prompts = contextPrompts(task, settings);
  const encoder = encodeClasses(prompts, vectors, clip.text, memory);
  const deep = Array.from({ length: depth - 1 }, (_, i) => `text.${i + 1}`);
  const contextOf = (params: Tensors) => reshape(params["text.0"]!, [vectors, clip.text.width]);
  let given: Map<Tensor, Tensor> | undefined;
  return {
    init: (random) => ({
      "text.0": initialContext(task, settings, random),
      ...Object.fromEntries(deep.map((name) => [name, gaussian(random, [m, clip.text.width])])),
    }),
    features: (params) =>
      given?.get(params["text.0"]!) ??
        encoder.features([contextOf(params), ...deep.map((name) => params[name]!)]),
    ...depth === 1 && {
      joint() {
        const texts = given ??= textsGiven(clip.text, prompts);
        return {
          alike: texts,
          most: encoder.room,
          during(all, f) {
            const features = encoder.together(all.map(contextOf));
            all.forEach((params, i) => texts.set(params["text.0"]!, features[i]!));
            try {
              return f();
            } finally {
              texts.clear();
            }
          },
        };
      },
    },
    dispose: encoder.dispose,
  };
}

/** Features by their contexts while a pass for several learners is in use, for text sides with these prompts. */
function textsGiven(tower: Clip["text"], prompts: Slot[][]): Map<Tensor, Tensor> {
  const key = JSON.stringify(prompts);
  const known = passes.get(tower) ?? new Map<string, Map<Tensor, Tensor>>();
  passes.set(tower, known);
  const texts = known.get(key) ?? new Map<Tensor, Tensor>();
  known.set(key, texts);
  return texts;
}

const passes = new WeakMap<Clip["text"], Map<string, Map<Tensor, Tensor>>>();

/** Layouts for contexts that differ from image to image, by the number of images. */
export function conditionalLayouts(
  task: Task,
  settings: ContextSettings,
): { forImages(n: number): PromptLayout; dispose(): void } {
  const prompts = contextPrompts(task, settings);
  const made = new Map<number, PromptLayout>();
  return {
    forImages(n) {
      let layout = made.get(n);
      if (!layout) made.set(n, layout = layOut(prompts, settings.contextLength, n, task.clip.text));
      return layout;
    },
    dispose: () => made.forEach(disposeLayout),
  };
}
