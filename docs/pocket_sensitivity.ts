/**
 * How much of what seeds differ by on the pocket suite is rounding alone: measured with the recipe's own entries of base-to-new, on
 * more validation images than a set has, and told as a table.
 *
 *     deno run -P=build docs/pocket_sensitivity.ts METHOD,… SET,…   # adds to data/pocket/sensitivity.json
 */
import { fileURLToPath } from "node:url";
import { type Sensitivity, sensitivity, type Spread } from "../lib/analysis/mod.ts";
import { loadClip } from "../lib/clip/mod.ts";
import { dataset } from "../lib/datasets/mod.ts";
import { sets } from "../lib/datasets/pocket/sets.ts";
import { recipes, writeWhole } from "../lib/protocols/mod.ts";
import { roundingShare } from "../lib/results/mod.ts";
import { openImages, userFeatures } from "../lib/engine/mod.ts";
import { useBackend } from "../lib/tensor/mod.ts";
import { PER_CLASS, withMoreValidation } from "./pocket_validation.ts";

const file = new URL("../data/pocket/sensitivity.json", import.meta.url);
const experiment = recipes.find(({ name }) => name === "pocket")!.experiments(true)
  .find(({ id }) => id === "pocket/base-to-new")!;

/** What was measured; nothing where nothing was. */
export async function measuredSensitivity(): Promise<Sensitivity[]> {
  const known = await Deno.stat(file).then(() => true, () => false);
  return known ? JSON.parse(await Deno.readTextFile(file)) : [];
}

/** The table in Markdown, and what it comes to. */
export function sensitivityTable(found: readonly Sensitivity[]): string[] {
  if (found.length === 0) return [];
  const rows = found.flatMap(({ method, dataset, parts }) =>
    Object.entries(parts).map(([classes, part]) => ({ method, dataset, classes, ...part }))
  );
  const { of, steady, variance, width } = roundingShare(rows);
  return [
    "## How much of an interval is rounding",
    "",
    "Sample standard deviations of the final accuracy, in points, on validation images: over seeds, and over starts that are 1e-6 apart.",
    `With a set's own eight images of each class one image may be all that seeds differ by: where it decided, or training was changed since,`,
    `it was measured on ${PER_CLASS} of each class, the others drawn alike.`,
    `${steady} of ${of} are steady: the second is less than half of the first, or nothing. Of the variance over seeds, on average over these,`,
    `${(100 * variance).toFixed(1)} % is rounding, so of an interval's width ${
      (100 * width).toFixed(1)
    } %.`,
    "",
    "| method | set | classes | images | accuracy | over seeds | over nudged starts | steady |",
    "| --- | --- | --- | ---: | ---: | ---: | ---: | --- |",
    ...rows.map(({ method, dataset, classes, images, bySeed, byStart, seeds, starts, steady }) => {
      const mean = bySeed.reduce((sum, value) => sum + value, 0) / bySeed.length;
      return `| ${method} | ${dataset} | ${classes} | ${images} | ${mean.toFixed(1)} | ${
        seeds.toFixed(2)
      } (${bySeed.length}) | ${starts.toFixed(2)} (${byStart.length}) | ${
        steady ? "yes" : "**no**"
      } |`;
    }),
    "",
    "In brackets how many. Measured by `deno run -P=build docs/pocket_sensitivity.ts METHODS SETS`.",
    "",
    ...unmeasured(found),
    ...steady < of ? [...rows.filter(({ steady }) => !steady).map(unsteadyWords), ""] : [],
  ];
}

/** What is behind a spread that is not steady, in images: one image is the least that accuracies can differ by. */
function unsteadyWords(
  { method, dataset, classes, images, bySeed, byStart }: Spread & {
    method: string;
    dataset: string;
    classes: string;
  },
): string {
  const apart = (values: readonly number[]) =>
    `${values.filter((value) => value !== values[0]).length} of ${values.length}`;
  const most = (values: readonly number[]) =>
    Math.round((Math.max(...values) - Math.min(...values)) * images / 100);
  return `- **${method} on ${dataset}, ${classes}, is not steady**: of ${images} validation images, the ${byStart.length} starts differ by at most ${
    most(byStart)
  } (${apart(byStart)} end elsewhere than the first), the seeds by ${most(bySeed)} (${
    apart(bySeed)
  }). ${
    most(byStart) > 2
      ? "Rounding alone decides here: a difference of that size between methods means nothing."
      : "One image is the least that accuracies can differ by: the test cannot tell so few apart."
  }`;
}

/** What of the recipe was not measured. */
function unmeasured(found: readonly Sensitivity[]): string[] {
  const known = new Set(found.map(({ method, dataset }) => `${method} ${dataset}`));
  const methods = experiment.entries.map(({ method }) => method)
    .filter((name) => name !== "zero-shot");
  const left = methods.flatMap((name) => {
    const without = sets.filter((set) => !known.has(`${name} ${set.name}`));
    if (without.length === 0) return [];
    return [
      `${name} on ${
        without.length === sets.length ? "any set" : without.map((set) => set.name).join(", ")
      }`,
    ];
  });
  return left.length === 0 ? [] : [`Not measured: ${left.join("; ")}.`, ""];
}

if (import.meta.main) {
  const [methods, sets] = Deno.args.map((list) => list.split(",")) as [string[], string[]];
  await useBackend();
  const clip = await loadClip("pocket");
  // All starts of a seed, and the methods on features, see the same views.
  using images = openImages(clip, { workers: 0, cache: userFeatures() });
  for (const name of sets) {
    const loaded = await withMoreValidation(
      await dataset(name).load("out/pocket-data"),
      "out/pocket-validation",
    );
    for (const wanted of methods) {
      const { method, preset, settings, training, views, crops } = experiment.entries
        .find(({ method }) => method === wanted)!;
      const told = { preset, settings, training, views, crops };
      const found = await sensitivity(method, {
        ...{
          ...told,
          clip,
          images,
          dataset: loaded,
          classes: "base",
          seeds: [1, 2, 3, 4, 5],
          starts: 8,
        },
      });
      const others = (await measuredSensitivity())
        .filter((one) => one.method !== method || one.dataset !== name);
      const all = [...others, found].sort((a, b) =>
        a.method.localeCompare(b.method) || a.dataset.localeCompare(b.dataset)
      );
      await writeWhole(fileURLToPath(file), JSON.stringify(all) + "\n");
      console.log(name, method, JSON.stringify(found.parts));
    }
  }
}
