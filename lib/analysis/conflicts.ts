/**
 * ProGrad's premise looked at: how the gradient of cross-entropy, G_d = ∇L_ce, lies to that of distillation from zero-shot
 * CLIP, G_g = ∇L_kl, at every step, and what the projection takes away (Zhu et al. 2023, section 3.2, equation 5).
 *
 * cos = ⟨G_d, G_g⟩/(‖G_d‖·‖G_g‖); the two conflict where it is negative. What is removed, G_d − G, is
 * λ·max(−cos, 0)·‖G_d‖ long.
 *
 * @module
 */
import type { StepAt } from "../engine/mod.ts";
import { UserError } from "../errors.ts";
import {
  type Batch,
  cosineSimilarity,
  euclideanNorm,
  headed,
  type Learner,
  type Observer,
  pickBatch,
  plusScaled,
  prograd,
  resolveSettings,
  stateAt,
  type Task,
  type Vectors,
} from "../methods/mod.ts";
import { flag, words } from "../options_given.ts";
import { streams } from "../random/mod.ts";
import { type Tensors, tidy } from "../tensor/mod.ts";
import { accuracies, checkStudy, resolveStudy, type Study, trainStudy } from "./study.ts";

/** One step. */
export interface ConflictStep extends StepAt {
  /** The cosine of the gradients, cos(G_d, G_g); 0 where either vanishes. */
  cosine: number;
  /** ‖G_d − G‖/‖G_d‖ with the G that was followed: 0 where nothing was removed. */
  removed: number;
  /** The norm of the cross-entropy's gradient, ‖G_d‖. */
  taskNorm: number;
  /** The norm of the distillation loss's gradient, ‖G_g‖. */
  generalNorm: number;
  /** cos within each context vector, first to last. Of class-specific contexts, class by class. */
  vectors: number[];
}

/** The gradients of one class's images in a batch: its part of G_d against its part of G_g. */
export interface ClassConflict {
  /** The epoch, from 0. */
  epoch: number;
  /** The class's label. */
  label: number;
  /** The class, as the data set names it. */
  className: string;
  /** How many images. */
  images: number;
  /** Cosine of the two gradients. */
  cosine: number;
}

/** A training's conflicts. */
export interface ConflictTrace {
  /** Short name of the method. */
  method: string;
  /** Short name of the data set. */
  dataset: string;
  /** Seed of all random draws. */
  seed: number;
  /** The steps, first to last. */
  steps: ConflictStep[];
  /** Of the first batch of every epoch, where `perClass` asks for it. */
  classes: ClassConflict[];
  /** The share of steps whose gradients conflict. */
  share: number;
  /** Test accuracies in percent, by the study's names. */
  accuracy: Record<string, number>;
}

/** What is traced besides. */
export interface ConflictStudy extends Study {
  /** ProGrad by default. CoOp's gradients are compared all the same, though it follows G_d as it is. */
  method?: string;
  /** Whether classes are looked at one by one, once an epoch. */
  perClass?: boolean;
}

/**
 * Trains and records the two gradients' angle at every step.
 *
 * @throws {UserError} as `fit` does, and for a method that does not learn a context of words by steps
 *
 * @example
 * ```ts
 * import { fewShot, useBackend } from "@plumbline/plumbline";
 * import { traceConflicts } from "@plumbline/plumbline/analysis";
 * import { randomClip, smallConfig } from "@plumbline/plumbline/clip";
 * import { drawnShapes, drawShapes } from "@plumbline/plumbline/datasets";
 * import assert from "node:assert/strict";
 * await useBackend("wasm");
 * const root = await Deno.makeTempDir();
 * await drawShapes(root);
 * const dataset = fewShot(await drawnShapes.load(root), 4, 1);
 * const clip = randomClip(smallConfig, 1);
 * const trace = await traceConflicts({
 *   clip,
 *   dataset,
 *   views: 1,
 *   settings: { contextLength: 4, init: "random" },
 *   training: { epochs: 2 },
 * });
 * assert.equal(trace.steps.length, 2);
 * assert.ok(trace.steps.every(({ cosine }) => Math.abs(cosine) <= 1));
 * ```
 */
export async function traceConflicts(study: ConflictStudy): Promise<ConflictTrace> {
  checkStudy("traceConflicts", study?.method ?? prograd.name, study, {
    method: words,
    perClass: flag,
  });
  const { method = prograd.name, perClass = false, ...plain } = study;
  const { seed = 1, clip } = plain;
  const resolved = resolveStudy(method, plain);
  refuseUnlike(resolved);
  const { task, settings } = resolved;
  using referee = method === prograd.name ? undefined : refereeOf(task, settings);
  const steps: ConflictStep[] = [];
  const classes: ClassConflict[] = [];
  let epochBegins = true;
  using trained = await trainStudy(method, plain, {
    around: (learner) => ({
      ...learner,
      step(state, batch, context) {
        const { observe } = context;
        const look = referee?.learner ?? learner;
        if (referee) gradientsOf(look, state.params, batch, "referee/", observe);
        if (perClass && epochBegins) {
          for (const [label, places] of placesOf(batch.labels)) {
            const own = pickBatch(batch, places);
            gradientsOf(look, state.params, own, `class/${label}/${places.length}/`, observe);
          }
        }
        return learner.step!(state, batch, context);
      },
    }),
    watch: {
      wants: (name) => /^(referee\/|class\/\d+\/\d+\/)?(task|general|gradient)\//.test(name),
      step(at, seen) {
        steps.push(conflictOf(at, seen, clip.text.width));
        if (epochBegins) classes.push(...classConflicts(at.epoch, seen, task.classNames));
        epochBegins = at.step === at.steps - 1;
      },
    },
  });
  return {
    method,
    dataset: study.dataset.name,
    seed,
    steps,
    classes,
    share: steps.filter(({ cosine }) => cosine < 0).length / Math.max(1, steps.length),
    accuracy: accuracies(trained),
  };
}

/**
 * A step's angle, from the gradients that ProGrad's step tells, `task/…`, `general/…`, `gradient/…`, or those of the
 * reference that is computed beside another method's step, `referee/task/…`.
 *
 * @param width of the context vectors
 */
export function conflictOf(at: StepAt, seen: Vectors, width: number): ConflictStep {
  const refereed = Object.keys(seen).some((name) => name.startsWith("referee/"));
  const told = refereed ? headed("referee/", seen) : seen;
  const [task, general] = [headed("task/", told), headed("general/", told)];
  const taskNorm = euclideanNorm(task);
  const removed = euclideanNorm(plusScaled(task, headed("gradient/", seen), -1));
  return {
    ...at,
    cosine: cosineSimilarity(task, general),
    removed: taskNorm === 0 ? 0 : removed / taskNorm,
    taskNorm,
    generalNorm: euclideanNorm(general),
    vectors: rows(task["text.0"]!, width).map((row, i) =>
      cosineSimilarity({ row }, { row: rows(general["text.0"]!, width)[i]! })
    ),
  };
}

/** Only a context of words that is trained step by step has the two gradients. */
function refuseUnlike({ method, task, settings }: ReturnType<typeof resolveStudy>): void {
  const learner = method.learner(task, settings);
  using _ = { [Symbol.dispose]: () => learner.dispose() };
  if (!learner.step) {
    throw new UserError(
      `${method.title} takes no steps along gradients: there are none to hold against distillation's`,
    );
  }
  if (tidy(() => Object.keys(learner.init(streams(1)))).join() === "text.0") return;
  throw new UserError(
    `${method.title} trains more than one context of words, whose gradients can't be held against distillation's: ` +
      "take a method that learns a context alone",
  );
}

/** A ProGrad on the same context, whose gradients are read and not followed. */
function refereeOf(
  task: Task,
  settings: Record<string, unknown>,
): Disposable & { learner: Learner } {
  const shared = Object.entries(settings).filter(([key]) => Object.hasOwn(prograd.settings, key));
  const learner = prograd.learner(task, resolveSettings(prograd, Object.fromEntries(shared)));
  return { learner, [Symbol.dispose]: () => learner.dispose() };
}

/** What a learner's step would tell on a batch; the step itself is dropped. */
function gradientsOf(
  learner: Learner,
  params: Tensors,
  batch: Batch,
  heading: string,
  observe?: Observer,
): void {
  const told: Observer = (name, value) => observe?.(heading + name, value);
  tidy(() => void learner.step!(stateAt(learner, params), batch, { rate: 0, observe: told }));
}

function classConflicts(epoch: number, seen: Vectors, classNames: string[]): ClassConflict[] {
  const headings = new Set(
    Object.keys(seen).flatMap((name) => name.match(/^class\/\d+\/\d+\//)?.[0] ?? []),
  );
  return [...headings].map((heading) => {
    const [, label, images] = heading.split("/").map(Number) as [number, number, number];
    const own = headed(heading, seen);
    const cosine = cosineSimilarity(headed("task/", own), headed("general/", own));
    return { epoch, label, className: classNames[label]!, images, cosine };
  });
}

function placesOf(labels: number[]): Map<number, number[]> {
  return Map.groupBy(labels.keys(), (place) => labels[place]!);
}

function rows(values: ArrayLike<number>, width: number): number[][] {
  const all = Array.from(values);
  return Array.from(
    { length: all.length / width },
    (_, i) => all.slice(i * width, (i + 1) * width),
  );
}
