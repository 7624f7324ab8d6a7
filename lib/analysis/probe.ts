/**
 * A reading of ProMetaR's virtual tasks at any prompts, whoever trains them: a step that is told and dropped, with an
 * inner step of length 0, so that what it pulls back is the plain gradient of the query loss at the prompts.
 *
 * @module
 */
import { takeNotes } from "../engine/mod.ts";
import {
  type Batch,
  type Draws,
  headed,
  type Learner,
  type Method,
  method,
  type Observer,
  plusScaled,
  prometar,
  resolveSettings,
  stateAt,
  type Task,
  type Vectors,
} from "../methods/mod.ts";
import { type Tensors, tidy } from "../tensor/mod.ts";

/** What is read of a batch that is parted into support and query. */
export interface Reading {
  /** ∇L_query, with the query augmented as the settings say. */
  query: Vectors;
  /** ∇L_support, the gradient of the support's cross-entropy. */
  support: Vectors;
  /** g_R, the regulariser's gradient on the support. */
  regulariser: Vectors;
  /** M(g_R) = γ⊙g_R: what the regulariser adds to the inner step. */
  modulated: Vectors;
  /** The query loss. */
  loss: number;
}

/** Reads batches. Its tensors are freed by `Symbol.dispose`. */
export interface Probe extends Disposable {
  /** The learner by which virtual tasks are drawn. */
  learner: Learner;
  /** Tells `observe` what {@linkcode readingOf} reads. */
  tell(params: Tensors, batch: Batch, draws: Draws, observe: Observer): void;
  /** Tells, and reads what was told. */
  read(params: Tensors, batch: Batch, draws: Draws): Promise<Reading>;
}

/** What the batches must hold for it. */
export const probeNeeds: Method["needs"] = { pixels: true, features: true };

/**
 * A probe for prompts like those of `settings` (IVLP's or ProMetaR's). γ is what the parameters' own modulation says, 1
 * where they have none.
 */
export function probeOf(task: Task, settings: Record<string, unknown>): Probe {
  const meta = method(prometar.name);
  const shared = Object.entries(settings).filter(([key]) => Object.hasOwn(meta.settings, key));
  const learner = meta.learner(
    task,
    resolveSettings(meta, Object.fromEntries(shared), {
      innerRate: 0,
      outerRatio: 1,
      firstOrder: true,
      regularisedStep: false,
      metaLearning: true,
      ...settings.regulariser === "none" && { regulariser: meta.settings.regulariser!.default },
    }),
  );
  const tell: Probe["tell"] = (params, batch, draws, observe) =>
    tidy(() => void learner.step!(stateAt(learner, params), batch, { rate: 0, draws, observe }));
  return {
    learner,
    tell,
    async read(params, batch, draws) {
      const notes = takeNotes(wantedByProbe);
      tell(params, batch, draws, notes.observe);
      return readingOf(await notes.read());
    },
    [Symbol.dispose]: () => learner.dispose(),
  };
}

/** The observations that a reading is made of. */
export function wantedByProbe(name: string): boolean {
  return /^(outer\/loss$|outer\/gradient\/|inner\/(task|regulariser|gradient)\/)/.test(name) &&
    !name.includes("modulation.");
}

/** A reading, from what was told. */
export function readingOf(seen: Vectors): Reading {
  const support = headed("inner/task/", seen);
  return {
    query: headed("outer/gradient/", seen),
    support,
    regulariser: headed("inner/regulariser/", seen),
    modulated: plusScaled(headed("inner/gradient/", seen), support, -1),
    loss: seen["outer/loss"]![0]!,
  };
}
