/**
 * What feature adapters share: a head on frozen image features, held against frozen text features. Nothing goes through
 * a tower while they learn, so that a run takes seconds.
 *
 * @module
 */
import { filled } from "../templates.ts";
import { type Clip, encodeTexts } from "../clip/mod.ts";
import { adam, adamw, type Optimiser, sgd } from "../optim/mod.ts";
import { ensemble, type EnsembleName } from "../templates.ts";
import {
  add,
  concat,
  filterTensors,
  keep,
  matMul,
  mean,
  reshape,
  scale,
  type Tensor,
  type Tensors,
  tidy,
  unitLength,
} from "../tensor/mod.ts";
import { spoken } from "./context.ts";
import { labelLoss } from "./losses.ts";
import type { Batch, Draws, Learner, Method, Task } from "./method.ts";
import { flag, oneOf, real, type SettingTable } from "./settings.ts";
import {
  descending,
  frozenImages,
  type Lazy,
  lazy,
  minimise,
  refuseOneClass,
  type Rule,
} from "./student.ts";

/** What an adapter learns in: all that it takes of a CLIP and of the classes. */
export interface FeatureSpace {
  /** C, the number of classes. */
  classes: number;
  /** The length of a feature. */
  width: number;
  /** exp(logit_scale): what cosines are multiplied by. */
  scale: number;
  /** Text features of each class in each template, not of unit length, [templates, classes, embedding]. */
  texts: Lazy;
}

/** How class names are put into texts: settings that every feature adapter has. */
export interface WordingSettings {
  /** The data set's own template, or many. */
  templates: "custom" | EnsembleName;
  /** Class names with underscores, as published, in place of spaces. */
  underscores: boolean;
}

/** The table of the wording settings. */
export const wordingSettings: SettingTable<WordingSettings> = {
  templates: oneOf("custom", "the data set's own template, or many", [
    "custom",
    "imagenet_80",
    "imagenet_7",
    "prometar_60",
  ]),
  underscores: flag(false, "write class names with underscores where the data set has them"),
};

/** The optimiser's settings of an adapter that is trained by gradients. */
export interface DescentSettings {
  /** The optimiser that training uses. */
  optimiser: "sgd" | "adam" | "adamw";
  /** Weight decay: SGD and Adam add it to the gradient, AdamW takes it off the parameters. */
  weightDecay: number;
  /** ε in the denominator of Adam's and AdamW's step. */
  epsilon: number;
}

/** The table of the optimiser's settings, with these values as defaults. */
export function descentSettings(by: Partial<DescentSettings>): SettingTable<DescentSettings> {
  return {
    optimiser: oneOf(by.optimiser ?? "sgd", "what steps follow", ["sgd", "adam", "adamw"]),
    weightDecay: real(by.weightDecay ?? 0, "weight decay"),
    epsilon: real(by.epsilon ?? 1e-8, "ε, added to the root of Adam's second moment"),
  };
}

function optimiserOf({ optimiser, weightDecay, epsilon }: DescentSettings): Optimiser {
  return {
    sgd: () => sgd({ decay: weightDecay }),
    adam: () => adam({ eps: epsilon, decay: weightDecay }),
    adamw: () => adamw({ eps: epsilon, decay: weightDecay }),
  }[optimiser]();
}

/** The classes' text features, computed when they are first read. */
export function featureSpace(
  { clip, classNames, template }: Task,
  { templates, underscores }: WordingSettings,
): FeatureSpace {
  const names = underscores ? classNames : classNames.map(spoken);
  return spaceOf(clip, names, templates === "custom" ? [template] : ensemble(templates));
}

/** The space of these names, as they are, in these templates. */
export function spaceOf(clip: Clip, names: string[], templates: readonly string[]): FeatureSpace {
  const written = (template: string) => names.map((name) => filled(template, name));
  return {
    classes: names.length,
    width: clip.config.embedDim,
    scale: clip.scale,
    texts: lazy(() =>
      keep(tidy(() => {
        const each = templates.map((template) => encodeTexts(clip, written(template)));
        return concat(each.map((texts) => reshape(texts, [1, ...texts.shape])), 0);
      }))
    ),
  };
}

/** t, the classes' text features averaged over templates as they are, [classes, embedding]. */
export function meanTexts({ texts }: FeatureSpace): Tensor {
  return mean(texts(), [0]);
}

/** s·n(x)·n(w): cosines of features with the classes' weights, which need not be of unit length. → [batch, classes] */
export function cosines({ scale: s }: FeatureSpace, features: Tensor, weights: Tensor): Tensor {
  return scale(matMul(unitLength(features), unitLength(weights), false, true), s);
}

/** A head: what it makes of image features, and the hooks of a {@linkcode Learner} that it needs. */
export interface Head extends Omit<Learner, "prepare" | "logits" | "step" | "dispose"> {
  /** Logits, [batch, classes], of features as the frozen tower gives them, [batch, embedding]. */
  logits(params: Tensors, features: Tensor): Tensor;
  /** A scalar that is added to the cross-entropy. Absent: nothing. */
  penalty?(params: Tensors): Tensor;
  /** The batch that a step learns from, where it is not the images alone. */
  mixed?(batch: Batch, draws?: Draws): Batch;
}

/** A head that learns nothing by steps. */
export function resting(space: FeatureSpace, head: Head): Learner {
  return {
    ...head,
    prepare: () => ({ text: meanTexts(space) }),
    logits: (params, _, batch) => head.logits(params, frozenImages.features({}, batch)),
    dispose: () => space.texts.dispose(),
  };
}

/** A head that is trained by cross-entropy and its penalty. */
export function learning(space: FeatureSpace, head: Head, by: DescentSettings): Learner {
  const { still = [], mixed = (batch: Batch) => batch } = head;
  const moving = (params: Tensors) => filterTensors(params, (name) => !still.includes(name));
  const optimiser = optimiserOf(by);
  const rule: Rule = (params, given, context) => {
    const batch = mixed(given, context.draws);
    const descent = minimise(
      (moved) => {
        const all = { ...params, ...moved };
        return { all, logits: head.logits(all, frozenImages.features({}, batch)) };
      },
      ({ all, logits }, { labels }, { observe }) => {
        const loss = labelLoss(logits, labels);
        observe?.("loss/label", loss);
        const penalty = head.penalty?.(all);
        if (!penalty) return loss;
        observe?.("loss/penalty", penalty);
        return add(loss, penalty);
      },
    )(moving(params), batch, context);
    return { ...descent, labels: batch.labels };
  };
  return {
    ...resting(space, head),
    ...descending(rule, {
      ...optimiser,
      init: (params: Tensors) => optimiser.init(moving(params)),
    }),
  };
}

/** A method of frozen features, which can also be set up without a CLIP: in a space of one's own features. */
export interface FeatureAdapter<S> extends Method<S> {
  /** The learner in a space of features. It owns the space's texts. */
  adapter(space: FeatureSpace, settings: S): Learner;
}

/**
 * Completes a feature adapter. What it learns belongs to its classes, where it does not say otherwise; it is held against
 * zero-shot CLIP, from which most start; no step of it runs a tower.
 */
export function featureAdapter<S extends WordingSettings>(
  description: Omit<FeatureAdapter<S>, "needs" | "learner">,
): FeatureAdapter<S> {
  return {
    needs: { pixels: false, features: true },
    classBound: () => true,
    baseline: "zero-shot",
    passes: 0,
    ...description,
    learner(task, settings) {
      refuseOneClass(task);
      return description.adapter(featureSpace(task, settings), settings);
    },
  };
}
