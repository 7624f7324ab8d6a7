/**
 * `deno task evaluate FILE --data …`: what saved prompts are worth on a data set, class by class.
 *
 * @module
 */
import { embeddings, featurePoints } from "../analysis/mod.ts";
import { type Clip, disposeClip, loadClip } from "../clip/mod.ts";
import type { LoadedDataset } from "../datasets/mod.ts";
import { type Examination, loadTrained, type Prompts } from "../engine/mod.ts";
import { type PromptRecord, readPrompts } from "../prompts/mod.ts";
import { printable } from "../errors.ts";
import { method } from "../methods/mod.ts";
import { writeWhole } from "../protocols/mod.ts";
import { featureMap } from "../report/figures/mod.ts";
import { type EvaluatedPart, evaluationPage } from "../report/mod.ts";
import { useBackend } from "../tensor/mod.ts";
import { print } from "../terminal.ts";
import {
  argument,
  choice,
  flag,
  integer,
  needed,
  parse,
  precisionNote,
  precisionOption,
  text,
} from "./options.ts";
import { progress } from "./progress.ts";
import { loadGiven, partOf } from "./prompts/given.ts";
import { readingOptions } from "./reproduce/options.ts";
import { run } from "./run.ts";

const options = {
  file: argument("FILE", "saved prompts, as train and save write them"),
  data: needed(text(
    "NAME=PATH",
    "the data set, as reproduce takes it: eurosat=./data, folder:./birds",
    "",
  )),
  ...readingOptions,
  classes: choice(
    ["all", "base", "new", "both"],
    "its classes: all, the first half, the other, or the two halves (default: the two, for prompts of the first half)",
  ),
  json: flag("everything as JSON"),
  report: text(
    "FILE",
    "an HTML page with figures: reliability, confusion, maps of features before and after, every class",
  ),
  clip: text("NAME|PATH", "the CLIP of the prompts, where it isn't found by its name"),
  backend: choice(
    ["native", "webgpu", "wasm", "cpu"],
    "what computes (default: the best there is)",
  ),
  precision: precisionOption,
  workers: integer("threads that read images", 1),
};

const summary = "Measures saved prompts on a data set: accuracy, class by class, and calibration.";

/** What the command does with its arguments; `say` takes the lines of its output. */
export async function evaluate(
  args: readonly string[],
  say: (line: string) => void,
  { silent = false }: { silent?: boolean } = {},
): Promise<void> {
  const given = parse("evaluate", options, args, summary);
  const { file, data, classes, json, report, clip, backend, precision, workers } = given;
  const computed = await useBackend(backend, precision);
  const half = precisionNote(computed);
  if (half && !json) say(half);
  const own = await loadClip(clip ?? (await readPrompts(file)).record.clip.name);
  using prompts = await loadTrained(file, own, { workers }).catch((error) => {
    disposeClip(own);
    throw error;
  });
  const display = progress("evaluate", { silent });
  try {
    const whole = await loadGiven(data, given, json ? undefined : say);
    const parts: EvaluatedPart[] = [];
    for (const part of partsOf(whole, prompts.record, classes)) {
      const data = partOf(whole, part);
      const title = `${whole.title}, ${part} classes`;
      const found = await prompts.evaluate(data, {
        classes: part,
        onBatch: (done, total) => display.update(done, total, `${part} classes`),
      });
      parts.push({ title, found, figures: report ? await maps(prompts, own, data, title) : [] });
    }
    display.stop();
    if (json) {
      say(JSON.stringify({ prompts: prompts.record, ...half && { backend: computed }, parts }));
    } else for (const part of parts) for (const line of lines(part)) say(line);
    if (report) {
      await writeWhole(
        report,
        evaluationPage(headline(prompts), [...about(prompts.record), ...half ? [half] : []], parts),
      );
      if (!json) say(`Wrote ${report}`);
    }
  } finally {
    display.stop();
    disposeClip(own);
  }
}

/** Where pictures and class names lie before and after training, by PCA and by UMAP. */
async function maps(
  prompts: Prompts,
  clip: Clip,
  data: LoadedDataset,
  title: string,
): Promise<string[]> {
  const found = await embeddings(prompts, clip, data);
  return (["pca", "umap"] as const).map((by) => {
    const { points, note } = featurePoints(found, { by });
    return featureMap(`${title}: features of ${found.labels.length} pictures`, note, points);
  });
}

/** Prompts of the first half of the classes are asked about both halves, where nothing else is said. */
function partsOf(
  { classNames }: LoadedDataset,
  { words }: PromptRecord,
  given: "all" | "base" | "new" | "both" | undefined,
): ("all" | "base" | "new")[] {
  const half = Math.ceil(classNames.length / 2);
  const ofBase = words.classNames.length === half && half < classNames.length &&
    words.classNames.every((name, i) => name === classNames[i]);
  if (given === "both" || given === undefined && ofBase) return ["base", "new"];
  return [given ?? "all"];
}

function lines({ title, found }: { title: string; found: Examination }): string[] {
  const { n, accuracy, macroF1, calibrationError } = found.metrics;
  const width = Math.max(...found.classes.map(({ className }) => printable(className).length));
  return [
    `${printable(title)}: ${accuracy.toFixed(2)} % of ${n} images, macro-F1 ${
      macroF1.toFixed(2)
    } %, ` +
    `calibration error ${calibrationError.toFixed(2)} %`,
    ...found.classes.map(({ className, n, accuracy, mistaken }) => {
      const share = accuracy === null ? "none" : `${accuracy.toFixed(1)} %`;
      const other = mistaken ? `  ${mistaken.n} taken for ${printable(mistaken.className)}` : "";
      return `  ${printable(className).padEnd(width)}  ${share.padStart(7)} of ${n}${other}`;
    }),
  ];
}

function headline({ record }: Prompts): string {
  const on = record.data ? `, trained on ${record.data.title}` : "";
  return `${method(record.method).title}${on}`;
}

function about({ clip, data, seed, words, deviations, assumed = [] }: PromptRecord): string[] {
  return [
    `CLIP ${clip.name} (${
      clip.sha256.slice(0, 12)
    }…), ${words.classNames.length} classes trained on.`,
    ...data ? [`${data.shots} images of each class, ${data.images} in all, seed ${seed}.`] : [],
    ...assumed.length > 0 ? [`Assumed: ${assumed.join("; ")}.`] : [],
    ...deviations.length > 0 ? [`Not as in the method's paper: ${deviations.join("; ")}.`] : [],
  ];
}

if (import.meta.main) await run(() => evaluate(Deno.args, print));
