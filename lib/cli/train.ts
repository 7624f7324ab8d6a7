/**
 * `deno task train METHOD --data … --save FILE`: trains prompts on one data set and keeps them in a file.
 *
 * @module
 */
import { dirname, resolve } from "node:path";
import { disposeClip, loadClip } from "../clip/mod.ts";
import { fewShot } from "../datasets/mod.ts";
import { type EpochRecord, resolveOn, train as trainPrompts } from "../engine/mod.ts";
import { method, methods } from "../methods/mod.ts";
import { writeWhole } from "../protocols/mod.ts";
import { csvCurves, type CurveLog, tensorboardCurves } from "../report/mod.ts";
import { trainingCurves } from "../report/figures/mod.ts";
import { printable, UserError } from "../errors.ts";
import { useBackend } from "../tensor/mod.ts";
import { print } from "../terminal.ts";
import {
  argument,
  choice,
  integer,
  needed,
  parse,
  precisionOption,
  text,
  words,
} from "./options.ts";
import { duration, progress } from "./progress.ts";
import {
  askedFor,
  askedLine,
  costOf,
  loadGiven,
  partOf,
  refuseAsked,
  trainedOptions,
} from "./prompts/given.ts";
import { readingOptions } from "./reproduce/options.ts";
import { settingsGiven, trainingGiven } from "./reproduce/settings_given.ts";
import { run } from "./run.ts";

const options = {
  method: argument("METHOD", `what to train: ${methods.map(({ name }) => name).join(", ")}`),
  data: needed(text(
    "NAME=PATH",
    "the data set, as reproduce takes it: eurosat=./data, folder:./birds",
    "",
  )),
  save: needed(text("FILE", "where the prompts go, a .safetensors file", "")),
  ...readingOptions,
  ...trainedOptions,
  seed: integer("of the images that are chosen and of all random draws", 1),
  log: choice(
    ["csv", "tensorboard"],
    "curves while it runs, beside the prompts: FILE.csv, or a folder FILE.events for tensorboard --logdir",
  ),
  evaluateEvery: integer(
    "also measures after every so many epochs, into the curves of --log; nothing is chosen by it",
    undefined,
    1,
  ),
  evaluateOn: words(
    ["validation", "test", "new"],
    "what it measures on: images of the classes trained on, or test images of the others (default: test, and new of --classes base)",
  ),
  curve: text("FILE", "where the training curve goes, an SVG"),
  backend: choice(
    ["native", "webgpu", "wasm", "cpu"],
    "what computes (default: the best there is)",
  ),
  precision: precisionOption,
  workers: integer("threads that read images", 1),
};

const summary = "Trains prompts on a few images of each class and keeps them in a file.";

/** What the command does with its arguments; `say` takes the lines of its output. */
export async function train(
  args: readonly string[],
  say: (line: string) => void,
  { silent = false }: { silent?: boolean } = {},
): Promise<void> {
  const given = parse("train", options, args, summary);
  const { save, shots, classes, preset, seed, workers } = given;
  const by = method(given.method);
  const settings = settingsGiven(given.set, [by.name]);
  refuseAsked(given);
  await refuseUnwritable(save);
  say(`Backend: ${(await useBackend(given.backend, given.precision)).reason}`);
  const whole = await loadGiven(given.data, given, say);
  const data = partOf(fewShot(whole, shots, seed), classes);
  const clip = await loadClip(given.clip);
  const display = progress("train", { silent });
  const epochs: EpochRecord[] = [];
  const told = { preset, settings, training: trainingGiven(given) };
  try {
    const { training } = resolveOn(by, clip, data, told);
    const evaluateEvery = askedFor(given, data, whole);
    const asked = Object.keys(evaluateEvery?.on ?? {});
    if (evaluateEvery && training.epochs > 0) say(costOf(evaluateEvery, training.epochs));
    const log = given.log && logs[given.log](save.replace(/\.safetensors$/, ""), asked);
    using trained = await trainPrompts(by, clip, data, {
      ...{ ...told, seed, workers, evaluateEvery, checkpoint: `${save}.checkpoint` },
      onEpoch(epoch) {
        epochs.push(epoch);
        log?.add(epoch);
        const { loss, accuracy } = epoch;
        const note = `loss ${loss.toFixed(3)}, accuracy ${accuracy.toFixed(1)} %`;
        display.update(epochs.length, training.epochs, note);
        if (!epoch.asked) return;
        display.clear();
        say(askedLine(epoch.epoch + 1, epoch.asked));
      },
    });
    display.stop();
    const seconds = epochs.reduce((sum, { asked }) => sum + (asked?.seconds ?? 0), 0);
    if (evaluateEvery) say(`Measuring in between took ${duration(seconds)}.`);
    for (const line of trained.deviations) say(`Note: ${printable(line)}.`);
    const parts = classes === "all" ? ["all"] as const : ["base", "new"] as const;
    for (const part of parts) {
      const tested = part === "all" ? data : partOf(whole, part);
      if (tested.test.length === 0) continue;
      const { metrics } = await trained.evaluate(tested, { classes: part });
      const { accuracy, n } = metrics;
      say(`Accuracy on ${n} test images, ${part} classes: ${accuracy.toFixed(2)} %`);
    }
    await trained.save(save);
    say(`Wrote ${save}`);
    if (log) say(`Wrote ${log.path}`);
    if (given.curve) {
      await writeWhole(given.curve, curve(by.title, whole.title, epochs, seed));
      say(`Wrote ${given.curve}`);
    }
  } finally {
    display.stop();
    disposeClip(clip);
  }
}

/** Where each kind of curves goes, from the path of the prompts. */
const logs: Record<"csv" | "tensorboard", (path: string, asked: string[]) => CurveLog> = {
  csv: (path, asked) => csvCurves(`${path}.csv`, asked),
  tensorboard: (path) => tensorboardCurves(`${path}.events`),
};

/** Before an hour of training, not after it. */
async function refuseUnwritable(path: string): Promise<void> {
  const folder = await Deno.stat(dirname(resolve(path))).catch(() => undefined);
  if (!folder?.isDirectory) {
    throw new UserError(`There is no folder ${dirname(resolve(path))} for --save; make it first.`);
  }
}

function curve(title: string, panel: string, epochs: EpochRecord[], seed: number): string {
  return trainingCurves(
    `Training ${title} on ${panel}`,
    "loss, nats",
    epochs.map(({ epoch, loss }) => ({
      ...{ panel, label: title, method: title, seed, epoch: epoch + 1, value: loss },
    })),
  );
}

if (import.meta.main) {
  await run(
    () => train(Deno.args, print),
    () =>
      "What was learned so far is in FILE.checkpoint, if any; the same command goes on from there.",
  );
}
