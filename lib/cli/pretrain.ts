/**
 * `deno task pretrain`: trains the pocket CLIP from nothing on drawn, captioned pictures, and says what it then knows of data sets
 * that it was not trained on. Run again after an interruption, it goes on where it was.
 *
 * @module
 */
import { join } from "node:path";
import { captionWords, pocketSets } from "../datasets/mod.ts";
import { pocketRecipe, pretrain as train, zeroShotAccuracy } from "../pretrain/mod.ts";
import { writeWhole } from "../protocols/mod.ts";
import { lossCurve } from "../report/figures/mod.ts";
import { useBackend } from "../tensor/mod.ts";
import { flag, integer, number, parse, text } from "./options.ts";
import { progress } from "./progress.ts";
import { offerNative } from "./native.ts";
import { run } from "./run.ts";
import { print } from "../terminal.ts";

const options = {
  out: text("DIR", "the folder for weights, log, curve and checkpoint", "out/pretrain"),
  steps: integer("steps", pocketRecipe.steps, 1),
  batch: integer("pairs a step", pocketRecipe.batch, 2),
  seed: integer("of the weights and of the pictures", pocketRecipe.seed),
  muonRate: number("highest rate of the blocks' matrices", pocketRecipe.muonRate),
  adamRate: number("highest rate of everything else", pocketRecipe.adamRate),
  look: integer("steps between two looks at the validation images", 500, 1),
  checkpoint: integer("steps between two checkpoints", 100, 1),
  data: text("DIR", "where the pocket data sets are drawn", "out/pocket-data"),
  blind: flag("do not look at the data sets"),
  backend: text("NAME", "native, wasm or cpu (default: the best there is)"),
};

const summary = "Trains the pocket CLIP from nothing on pictures that it draws itself.";

/** What the command does with its arguments; `say` takes the lines of its output. */
export async function pretrain(
  args: readonly string[],
  say: (line: string) => void,
  { silent = false }: { silent?: boolean } = {},
): Promise<void> {
  const { out, look, checkpoint, data, blind, backend, ...given } = parse(
    "pretrain",
    options,
    args,
    summary,
  );
  const recipe = { ...pocketRecipe, ...given };
  await offerNative(backend, say);
  say(`Backend: ${(await useBackend(backend)).reason}`);
  const sets = blind ? [] : await Promise.all(pocketSets.map((set) => set.load(data)));
  const display = progress("pretrain", { silent });
  const begun = performance.now();
  let first: number | undefined;
  const log = await train({
    folder: out,
    recipe,
    words: captionWords(),
    checkpointEvery: checkpoint,
    lookEvery: look,
    look: blind ? undefined : (clip) => zeroShotAccuracy(clip, sets),
    onCheckpoint: (log) =>
      writeWhole(
        join(out, "log.jsonl"),
        log.map((entry) => `${JSON.stringify(entry)}\n`).join(""),
      ),
    onStep({ step, loss, scale }) {
      first ??= step - 1;
      const rate = (step - first) * recipe.batch / (performance.now() - begun) * 1000;
      const note = `loss ${loss.toFixed(3)}, scale ${scale.toFixed(1)}, ${rate.toFixed(0)} pairs/s`;
      display.update(step, recipe.steps, note);
    },
  }).finally(() => display.stop());
  await writeWhole(join(out, "loss.svg"), lossCurve("Pre-training of the pocket CLIP", log));
  const { accuracy } = log[log.length - 1]!;
  for (const line of accuracy ? table(accuracy) : []) say(line);
  const files = ["pocket.safetensors", "log.jsonl", "loss.svg"];
  for (const file of files) say(`Wrote ${join(out, file)}`);
}

/** Zero-shot accuracy, a line for each data set and one for their mean. */
function table(accuracy: Record<string, number>): string[] {
  const values = Object.values(accuracy);
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const width = Math.max(...Object.keys(accuracy).map((name) => name.length));
  return [
    "Zero-shot accuracy on validation images, %:",
    ...[...Object.entries(accuracy), ["mean", mean] as const].map(([name, value]) =>
      `  ${name.padEnd(width)}  ${value.toFixed(1).padStart(5)}`
    ),
  ];
}

if (import.meta.main) {
  await run(
    () => pretrain(Deno.args, print),
    () => "The last checkpoint is kept; the same command goes on from it.",
  );
}
