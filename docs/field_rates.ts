/**
 * Rates of the field's methods on the pocket suite, by validation images: each method as the recipe's few-shot experiment has
 * it, with 16 images of each class and seed 1, at rates of the series 1, 3, 10, … about what is published or was chosen.
 * The rule: the best accuracy on all validation images, averaged over the sets; of equals the lowest rate.
 *
 *     deno run -P=build docs/field_rates.ts METHOD=RATE,RATE,… …   # adds to data/field/rates.json
 */
import { loadClip } from "../lib/clip/mod.ts";
import { dataset, fewShot } from "../lib/datasets/mod.ts";
import { train } from "../lib/engine/mod.ts";
import { recipes } from "../lib/protocols/mod.ts";
import { useBackend } from "../lib/tensor/mod.ts";

/** Accuracy in percent of one method by rate and data set. */
export type Tried = Record<string, Record<string, number>>;

const file = new URL("../data/field/rates.json", import.meta.url);
const sets = ["pocket-tiles", "pocket-flowers"];
const { entries } = recipes.find(({ name }) => name === "field")!.experiments(true)
  .find(({ id }) => id === "field/few-shot")!;

/** The rate that the rule takes, of those that were tried on all sets. */
export function chosenRate(tried: Tried): number {
  const sets = Math.max(...Object.values(tried).map((by) => Object.keys(by).length));
  return Object.entries(tried).map(([rate, by]) => ({ rate: Number(rate), of: Object.values(by) }))
    .filter(({ of }) => of.length === sets)
    .map(({ rate, of }) => ({ rate, mean: of.reduce((a, b) => a + b, 0) / sets }))
    .sort((a, b) => b.mean - a.mean || a.rate - b.rate)[0]!.rate;
}

/** What was measured, by method. */
export async function measuredRates(): Promise<Record<string, Tried>> {
  const known = await Deno.stat(file).then(() => true, () => false);
  return known ? JSON.parse(await Deno.readTextFile(file)) : {};
}

if (import.meta.main) {
  await useBackend();
  const clip = await loadClip("pocket");
  for (const argument of Deno.args) {
    const [wanted, rates] = argument.split("=") as [string, string];
    const { method, preset, settings, training, views, crops } = entries
      .find(({ method }) => method === wanted)!;
    for (const rate of rates.split(",").map(Number)) {
      for (const name of sets) {
        const whole = await dataset(name).load("out/pocket-data");
        const told = { preset, settings, training: { ...training, rate }, views, crops };
        using trained = await train(method as string, clip, fewShot(whole, 16, 1), {
          ...told as object,
          progress: false,
        });
        const { accuracy } = await trained.test({ ...whole, test: whole.val });
        console.log(method, rate, name, accuracy.toFixed(1));
        const all = await measuredRates();
        const own = all[wanted] ??= {};
        (own[rate] ??= {})[name] = accuracy;
        await Deno.writeTextFile(file, JSON.stringify(all, null, 2) + "\n");
      }
    }
  }
}
