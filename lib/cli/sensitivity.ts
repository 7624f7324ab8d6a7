/**
 * `deno task sensitivity METHOD --data …`: whether a recipe's differences between seeds are more than rounding.
 *
 * @module
 */
import { type Sensitivity, sensitivity as measure } from "../analysis/mod.ts";
import { disposeClip, loadClip } from "../clip/mod.ts";
import { openImages, resolveOn, userFeatures } from "../engine/mod.ts";
import { method, methods } from "../methods/mod.ts";
import { writeWhole } from "../protocols/mod.ts";
import { type ReportTable, tableMarkdown } from "../report/mod.ts";
import { useBackend } from "../tensor/mod.ts";
import { print } from "../terminal.ts";
import {
  argument,
  choice,
  integer,
  integers,
  needed,
  number,
  parse,
  precisionOption,
  text,
} from "./options.ts";
import { progress } from "./progress.ts";
import { loadGiven, trainedOptions } from "./prompts/given.ts";
import { settingsGiven, trainingGiven } from "./reproduce/settings_given.ts";
import { run } from "./run.ts";

const options = {
  method: argument("METHOD", `what to train: ${methods.map(({ name }) => name).join(", ")}`),
  data: needed(text("NAME=PATH", "the data set, as reproduce takes it: eurosat=./data", "")),
  ...trainedOptions,
  views: integer("fixed views of each image, in place of new crops", undefined, 1),
  crop: number("least share of an image's area that a training crop shows"),
  seeds: integers("the seeds to spread over", [1, 2, 3, 4, 5], 1),
  starts: integer("nudged starts of the first seed", 8, 2),
  nudge: number("a nudge's size, as a share of a parameter's root mean square", 1e-6),
  json: text("FILE", "where every accuracy goes"),
  backend: choice(
    ["native", "webgpu", "wasm", "cpu"],
    "what computes (default: the best there is)",
  ),
  precision: precisionOption,
};

const summary =
  "Trains from several seeds, and from several starts that differ by rounding: a recipe is steady where the second spread is less than half of the first.";

/** Runs the command. → exit code: 1 where the recipe is not steady */
export async function sensitivity(
  args: readonly string[],
  say: (line: string) => void,
  { silent = false }: { silent?: boolean } = {},
): Promise<number> {
  const { data, json, backend, precision, ...given } = parse("sensitivity", options, args, summary);
  const { preset, shots, classes, seeds, starts, nudge, views } = given;
  const by = method(given.method);
  const told = {
    ...{ preset, views, crops: given.crop, settings: settingsGiven(given.set, [by.name]) },
    training: trainingGiven(given),
  };
  say(`Backend: ${(await useBackend(backend, precision)).reason}`);
  const dataset = await loadGiven(data, { clip: given.clip }, say);
  const clip = await loadClip(given.clip);
  const display = progress("sensitivity", { silent });
  try {
    resolveOn(by, clip, dataset, told); // what is wrong with it is said before the first training
    // All starts of a seed see the same views.
    using images = openImages(clip, { workers: 0, cache: userFeatures() });
    const found = await measure(by, {
      ...{ ...told, clip, dataset, images, shots, classes, seeds, starts, nudge },
      onRun: ({ done, of }) => display.update(done, of, ""),
    });
    display.stop();
    say(tableMarkdown(tableOf([found])));
    say(verdict(found));
    if (json) {
      await writeWhole(json, JSON.stringify(found, null, 1) + "\n");
      say(`Wrote ${json}`);
    }
    return found.steady ? 0 : 1;
  } finally {
    display.stop();
    disposeClip(clip);
  }
}

/** One row for each part of the classes. */
function tableOf(found: Sensitivity[]): ReportTable {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    id: "sensitivity",
    title: "Seeds and rounding",
    columns: [
      ...["method", "dataset", "classes"].map((key) => ({ key, title: key })),
      { key: "shots", title: "shots", decimals: 0 },
      { key: "accuracy", title: "accuracy, %" },
      { key: "seeds", title: "spread over seeds" },
      { key: "starts", title: "over nudged starts" },
      { key: "steady", title: "steady" },
    ],
    rows: found.flatMap(({ method, dataset, shots, parts }) =>
      Object.entries(parts).map(([classes, { bySeed, seeds, starts, steady }]) => ({
        ...{ method, dataset, classes, shots, accuracy: mean(bySeed), seeds, starts },
        steady: steady ? "yes" : "no",
      }))
    ),
    notes: ["Accuracy on validation images; a spread is a sample standard deviation, in points."],
  };
}

function verdict({ steady, nudge, parts }: Sensitivity): string {
  if (steady) {
    return `Steady: starts ${nudge} apart end within less than half of what seeds differ by.`;
  }
  const bad = Object.keys(parts).filter((part) => !parts[part]!.steady).join(", ");
  return `Not steady (${bad}): much of what seeds differ by is rounding. Lower the rate, or train for fewer epochs.`;
}

if (import.meta.main) await run(() => sensitivity(Deno.args, print));
