/**
 * The classes' text features under trained prompts, where these features are all that classifying takes.
 *
 * @module
 */
import { UserError } from "../errors.ts";
import type { Learner } from "../methods/mod.ts";
import type { ClassFeatures } from "../prompts/mod.ts";
import { dispose, read, tidy, wrap } from "../tensor/mod.ts";
import type { Made } from "./classifier.ts";

/** Images that the claim is tried on. */
const TRIED = 4;

/**
 * The features, once made-up image features get the learner's own logits by them: scale · cosine.
 *
 * @throws {UserError} where they don't
 */
export async function classFeatures(
  { method, task, params }: Made,
  learner: Learner,
): Promise<ClassFeatures> {
  const { clip, classNames } = task;
  const width = clip.config.embedDim;
  const refuse = (): never => {
    throw new UserError(
      `${method.name} classifies by more than its classes' text features, so these alone would give other answers: ` +
        "take a method with text prompts alone (coop, kgcoop, prograd), or export its checkpoint.",
    );
  };
  if (method.needs.pixels) refuse();
  const trial = Float32Array.from({ length: TRIED * width }, (_, i) => Math.sin(i * i + 1));
  const made = tidy(() => {
    const prepared = learner.prepare(params);
    const logits = learner.logits(params, prepared, {
      labels: [],
      features: wrap(trial, [TRIED, width]),
    });
    return { text: prepared.text?.clone(), logits: logits.clone() };
  });
  try {
    if (made.text?.shape.join() !== [classNames.length, width].join()) return refuse();
    const data = (await read(made.text)).slice();
    const logits = await read(made.logits);
    const off = logits.some((logit, i) => {
      const [image, label] = [Math.floor(i / classNames.length), i % classNames.length];
      const row = trial.subarray(image * width, (image + 1) * width);
      let [dot, square] = [0, 0];
      row.forEach((x, j) => {
        dot += x * data[label * width + j]!;
        square += x * x;
      });
      return Math.abs(clip.scale * dot / Math.sqrt(square) - logit) > 1e-4 * clip.scale;
    });
    if (off) refuse();
    const { name, sha256, scale } = clip;
    return { clip: { name, sha256 }, scale, classNames, data, width };
  } finally {
    dispose(made);
  }
}
