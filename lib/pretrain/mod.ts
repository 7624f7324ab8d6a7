/**
 * Pre-training of the pocket CLIP: Radford et al. 2021's contrastive learning, small, on pictures that are drawn as they are needed.
 *
 * @module
 */
export { initialWeights, pocketConfig, vocabularyOf } from "./model.ts";
export type { DrawnPairs } from "./draw.ts";
export { contrastive, type Gradients, type Pairs } from "./loss.ts";
export { pocketRecipe, pretrain, type PretrainLogEntry, type PretrainOptions } from "./pretrain.ts";
export { type PretrainRecipe, type PretrainState, type Shown } from "./step.ts";
export { zeroShotAccuracy } from "./zero_shot.ts";
