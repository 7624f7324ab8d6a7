/**
 * Chooses the pictures of pocket-objects-a, as ImageNet-A's were: those that a classifier trained on the source set gets wrong.
 * Here it is a linear probe on all of pocket-objects' training images, so that zero-shot CLIP is not wrong on them by construction.
 *
 *     deno run -P=build docs/pocket_adversarial.ts   # writes lib/datasets/pocket/adversarial.ts
 */
import { buildClip, pocketWeights } from "../lib/clip/mod.ts";
import { sets, shifts } from "../lib/datasets/pocket/sets.ts";
import { logitsOf, solveLogistic } from "../lib/methods/logistic.ts";
import { useBackend } from "../lib/tensor/mod.ts";
import { features } from "./pocket_knowledge.ts";

/** Pictures that are looked at for so many of each class. */
const LOOKED = 200;
const WANTED = 12;

await useBackend();
const clip = buildClip(await pocketWeights());
const [objects] = sets;
const drawn = {
  ...shifts.find(({ name }) => name.endsWith("-a"))!,
  numbers: () => Array.from({ length: LOOKED }, (_, i) => i),
};
const probe = solveLogistic(await features(clip, objects!, 0, objects!.perClass.train), 10, {
  maxIterations: 200,
  tolerance: 1e-2,
});
const { features: rows, labels, width } = await features(clip, drawn, 0, LOOKED);
const lists = objects!.subjects.map(({ name }, label) => {
  const wrong = labels.flatMap((own, at) => {
    if (own !== label) return [];
    const logits = logitsOf(probe, rows.slice(at * width, (at + 1) * width));
    return logits.indexOf(Math.max(...logits)) === label ? [] : [at % LOOKED];
  });
  if (wrong.length < WANTED) {
    throw new Error(`${name}: only ${wrong.length} of ${LOOKED} are wrong`);
  }
  return `  [${wrong.slice(0, WANTED).join(", ")}], // ${name}`;
});
await Deno.writeTextFile(
  new URL("../lib/datasets/pocket/adversarial.ts", import.meta.url),
  `/**
 * pocket-objects-a: which of the pictures numbered from 0 belong to it, by class: the first twelve of each class that a linear probe on
 * pocket-objects' training images gets wrong, as \`docs/pocket_adversarial.ts\` finds them. Zero-shot CLIP is not wrong on them by
 * construction.
 *
 * @module
 */

/** Numbers of the pictures, by label. */
// deno-fmt-ignore
export const adversarial: readonly (readonly number[])[] = [
${lists.join("\n")}
];
`,
);
