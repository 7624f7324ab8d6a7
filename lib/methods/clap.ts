/**
 * CLAP: ZS-LP held near the text features, each class by a multiplier of its own (Silva-Rodríguez et al. 2024, equations
 * 5 to 8): CE + mean_c λ_c·d(w_c, t_c).
 *
 * λ_c is the mean probability that zero-shot CLIP gives class c on its own training images. As shipped it stays; the
 * augmented Lagrangian's outer step, λ ← max(0, λ + ρ·d), ρ ← d, is the setting `adaptive`.
 *
 * @module
 */
import { UserError } from "../errors.ts";
import {
  add,
  div,
  mean,
  mul,
  neg,
  oneHot,
  relu,
  shift,
  softmax,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  type Tensors,
  unitLength,
  zeros,
} from "../tensor/mod.ts";
import {
  cosines,
  type FeatureAdapter,
  featureAdapter,
  type FeatureSpace,
  type Head,
  learning,
  meanTexts,
} from "./feature_adapter.ts";
import type { Batch } from "./method.ts";
import { clapPaper } from "./papers.ts";
import { flag, oneOf } from "./settings.ts";
import { clapPresets, probe, zsLp, type ZsLpSettings } from "./zs_lp.ts";

/** CLAP's settings. */
export interface ClapSettings extends ZsLpSettings {
  /** d, the distance between a class's weights w_c and its text feature t_c. */
  distance: "l2" | "cosine";
  /** What the multipliers λ are initialised with. */
  multipliers: "class" | "corrected" | "constant" | "balanced";
  /** Whether λ is updated after each epoch by the augmented Lagrangian's outer step; as shipped it is not. */
  adaptive: boolean;
}

/** d(w_c, t_c), [classes]. */
const distances: Record<ClapSettings["distance"], (w: Tensor, t: Tensor) => Tensor> = {
  l2: (w, t) => sum(square(sub(w, t)), [-1]),
  cosine: (w, t) => shift(neg(sum(mul(unitLength(w), unitLength(t)), [-1])), 1),
};

/** λ at first, [classes]: of each class zero-shot CLIP's mean probability on its own images, or what is made of it. */
function firstMultipliers(space: FeatureSpace, seen: Batch[], how: ClapSettings["multipliers"]) {
  const { classes } = space;
  if (how === "balanced") return add(zeros([classes]), shift(zeros([1]), 1));
  const counts = Array.from({ length: classes }, () => 0);
  for (const label of seen[0]!.labels) counts[label]!++;
  const bare = counts.indexOf(0);
  if (bare >= 0) {
    throw new UserError(
      `clap weighs a class by its training images, and class ${bare} has none: give it some, or set multipliers to balanced`,
    );
  }
  const ofViews = seen.map(({ features, labels }) => {
    const probabilities = softmax(cosines(space, features!, meanTexts(space)));
    return sum(mul(probabilities, oneHot(labels, classes)), [0]);
  });
  const shares = counts.map((count) => 1 / (count * seen.length));
  const own = mul(ofViews.reduce(add), tensor(shares, [classes]));
  const level = mean(own, [0], true); // [1]
  if (how === "corrected") return div(own, level);
  return how === "constant" ? add(zeros([classes]), level) : own;
}

/** ZS-LP's classifier with λ in `clap.multipliers` and, where they move, ρ in `clap.penalty`. */
function held(space: FeatureSpace, settings: ClapSettings): Head {
  const by = probe(space, settings.start);
  const distance = (params: Tensors) =>
    distances[settings.distance](params["probe.weight"]!, meanTexts(space));
  return {
    ...by,
    still: ["clap.multipliers", "clap.penalty"],
    init: (random) => ({
      ...by.init(random),
      "clap.multipliers": zeros([space.classes]),
      ...settings.adaptive && { "clap.penalty": zeros([space.classes]) },
    }),
    views: settings.multipliers === "balanced" ? 0 : VIEWS,
    gather: (params, seen) => ({
      ...params,
      ...by.gather?.(params, seen),
      "clap.multipliers": firstMultipliers(space, seen, settings.multipliers),
    }),
    penalty: (params) => mean(mul(params["clap.multipliers"]!, distance(params))),
    ...settings.adaptive && {
      endEpoch(state) {
        const { "clap.multipliers": lambda, "clap.penalty": rho } = state.params;
        const d = sum(square(sub(state.params["probe.weight"]!, meanTexts(space))), [-1]);
        const moved = { "clap.multipliers": relu(add(lambda!, mul(rho!, d))), "clap.penalty": d };
        return { ...state, params: { ...state.params, ...moved } };
      },
    },
  };
}

/** Random views of each training image, which the published code makes once and trains on. */
const VIEWS = 20;

/** The method CLAP: a linear classifier held near the text features, by class-adaptive multipliers. */
export const clap: FeatureAdapter<ClapSettings> = featureAdapter<ClapSettings>({
  ...zsLp,
  name: "clap",
  module: import.meta.url,
  title: "CLAP",
  paper: clapPaper,
  learned: "a linear classifier of image features, held near the text features",
  settings: {
    ...zsLp.settings,
    distance: oneOf("l2", "d, how far a class's weights are from its text feature", [
      "l2",
      "cosine",
    ]),
    multipliers: oneOf(
      "class",
      "λ at first: class, zero-shot CLIP's confidence in each; corrected, that with mean 1; constant, its mean; balanced, 1",
      ["class", "corrected", "constant", "balanced"],
    ),
    adaptive: flag(false, "move λ after each epoch, as an augmented Lagrangian does"),
  },
  presets: clapPresets,
  adapter: (space, settings) => learning(space, held(space, settings), settings),
});
