/**
 * The page about the pocket suite, docs/pocket.md, its contact sheets, and the table in data/pocket/README.md:
 *
 *     deno run -P=build docs/pocket.ts            # the pages anew from what was measured
 *     deno run -P=build docs/pocket.ts --draw     # the contact sheets too
 *     deno run -P=build docs/pocket.ts --measure  # measures what the pocket CLIP knows, first
 *
 * Tests fail when the pages are not what comes out.
 */
import type { Sensitivity } from "../lib/analysis/mod.ts";
import { buildClip, pocketWeights } from "../lib/clip/mod.ts";
import type { Looks } from "../lib/datasets/pocket/look.ts";
import { type PocketSet, sets, shifts } from "../lib/datasets/pocket/sets.ts";
import { readReport, type ReportJson } from "../lib/report/mod.ts";
import { useBackend } from "../lib/tensor/mod.ts";
import { type Knowledge, measure, type Measured } from "./pocket_knowledge.ts";
import { results } from "./pocket_results.ts";
import { measuredSensitivity, sensitivityTable } from "./pocket_sensitivity.ts";
import { sheetOf, SHOWN } from "./pocket_sheet.ts";

const at = (path: string) => new URL(`../${path}`, import.meta.url);

/** What the page is made of and where it goes. */
export const files = {
  page: at("docs/pocket.md"),
  readme: at("data/pocket/README.md"),
  zeroShot: at("data/pocket/zero_shot.json"),
  report: at("data/pocket/report.json"),
};

/** The page in Markdown; its sheets lie in `pocket/` beside it. */
export function pocketPage(
  measured: Measured,
  report?: ReportJson,
  sensitivities: readonly Sensitivity[] = [],
): string {
  return [
    "<!-- deno-fmt-ignore-file -->",
    "",
    "# The pocket suite",
    "",
    "Written by `docs/pocket.ts` from the drawings' code and from what was measured; do not edit.",
    "",
    "Drawn data sets for a small CLIP, so that every protocol of the papers runs in minutes and offline. They are **not** the papers' data",
    "and say nothing about them: each set stands in for one of theirs.",
    "",
    "- **Drawn** on first use by a rasteriser of this project, 48 × 48 pixels, as PNG files with a split file in CoOp's format, so the ordinary",
    "  loaders read them. Each picture has a seed of its own (set, class, number). Only +, −, ×, ÷, square roots and comparisons are used, which",
    "  IEEE 754 fixes to the bit, and no `Math.sin`, which no standard fixes: the pixels are the same on every machine and engine. Hashes of",
    "  every set's pixels are tests. (The PNG files' bytes may differ with the version of zlib; their pixels do not.)",
    "- **Within a class** pictures differ in colour (60 % in the class's own), place, size, tilt, mirroring, background and noise, and every",
    "  fourth is outlined. Scenes, textures and tiles fill the picture, so there place and background are part of the drawing and nothing is",
    "  outlined.",
    "- **The pocket CLIP** was trained on other drawings of these classes, upright and in usual colours four times of five, with captions",
    "  that name a class only sometimes; combinations marked * it never saw. `data/pocket/README.md` tells how.",
    "- **A set's look** is how its pictures differ from those trained on: how they are held and lit, how sharp they are, what else is in them. Each draws",
    "  its own within the set's bounds. Looks were chosen after the training, on validation images, by zero-shot CLIP, CoOp and the linear",
    "  probe alone: zero-shot at 40 to 75 % on every set and the probe above it at 16 shots, below it at one, as in the papers' curves.",
    "",
    "| set | stands in for | classes | train / val / test | template | look |",
    "| --- | --- | ---: | --- | --- | --- |",
    ...[...sets, ...shifts].map((set) => {
      const { train, val, test } = set.perClass;
      const n = set.subjects.length;
      return `| [${set.title}](#${set.name}) | ${set.plays} | ${n} | ${
        [train, val, test].map((count) => count * n).join(" / ")
      } | ${set.template} | ${lookOf(set)} |`;
    }),
    "",
    "## What is chosen how",
    "",
    "The pocket CLIP is not OpenAI's, so the papers' settings are changed where it needs it; each report lists every change beside its",
    "table. All were chosen on validation images at 16 shots, by CoOp and IVLP; what ProGrad and ProMetaR add has the papers' values.",
    "",
    "- **Steadiness first.** `deno task sensitivity` trains from eight starts that are 1e-6 apart: the final accuracies are to spread by less",
    "  than half of what seeds do; the section on rounding has what was measured. Earlier choices were not steady: at rate 0.05 for 100",
    "  epochs, and on some sets at 0.03 and 0.02 for 50, a difference of 1e-7 grew tenfold every two or three epochs, and rounding alone moved",
    "  CoOp by points. Fewer epochs end before that: up to two points less on classes trained on and a flatter curve over shots, two points",
    "  more on new classes.",
    "- **CoOp, ProGrad**: four vectors from “a picture of a”, rate 0.02, 20 epochs, eight cached views, crops of at least half a picture.",
    "  The words are no set's template: ProGrad's student would begin as its teacher's twin, and its first directions would be rounding.",
    "  Sixteen vectors, or a random start, are much worse: the text tower has seen no such beginnings. They are run as an ablation.",
    "- **Names of textures** say that they are textures: after “a picture of a” an adjective alone is nothing to the pocket CLIP, and contexts",
    "  that had to find the missing word ended up to 26 points apart from starts that were 1e-6 apart, at each of the rates 0.005 to 0.05 that were tried.",
    "- **IVLP, ProMetaR**: batch 16, rate 0.01, crops as above, 8 epochs; **CoCoOp**: batch 8, rate 0.02.",
    "- The shifts have no validation images and decided nothing. Shift A holds pictures that a linear probe on pocket-objects' training",
    "  images gets wrong (`docs/pocket_adversarial.ts`): hard for CLIP too, but not wrong by construction.",
    "",
    "## What the pocket CLIP knows",
    "",
    ...zeroShotTable(measured),
    "",
    ...sensitivityTable(sensitivities),
    ...(report ? results(report, measured) : []),
    "## What a person sees",
    "",
    "Without their labels a person recognises most classes. Hard or impossible to recognise are:",
    "",
    "- **small or veiled pictures**: where a large turn, a small size and a blur meet, coats, liveries and engines are a pixel wide;",
    "- **tiles**: annual crops and forest have few marks of their own; **textures**: fine patterns blur into one colour;",
    "- the stop sign lacks its word;",
    "- **sketches** show hidden edges (an apple is two circles, a cactus a skeleton), and a drawing may vanish on a background of its colour.",
    "",
    ...[...sets, ...shifts].flatMap((set) => [
      `## ${set.name}`,
      "",
      `![${SHOWN} pictures of each class of ${set.title}](pocket/${set.name}.png)`,
      "",
      set.subjects.map(({ name, unseen }) => unseen ? `${name}*` : name).join(", ") + ".",
      "",
    ]),
  ].join("\n");
}

/** The look of a set in words. */
function lookOf(set: PocketSet): string {
  const renderings = [...new Set([0, 1, 2, 3].map(set.rendering))];
  const words = [inWords(set.looks)];
  if (renderings.join() !== "filled,outlined") words.push(renderings.join(", "));
  return words.filter((word) => word !== "").join("; ");
}

function inWords({ turn, zoom, light, haze, blur, clutter }: Looks): string {
  const degrees = (turns: number) => Math.round(360 * turns);
  const percent = (share: number) => Math.round(100 * share);
  return [
    turn && `turned by ${degrees(turn[0])} to ${degrees(turn[1])}°`,
    zoom && `${percent(zoom[0])} to ${percent(zoom[1])} % of the usual size`,
    light && `light coloured up to ${percent(light)} %`,
    haze && `haze up to ${percent(haze)} %`,
    blur && `blur up to ${blur} ${blur === 1 ? "pixel" : "pixels"}`,
    clutter && `up to ${clutter} other shapes`,
  ].filter((word) => word).join(", ");
}

const whole = (x: number) => x.toFixed(0);

/** What the weights know, in Markdown. */
export function zeroShotTable({ sha256, sets: known }: Measured): string[] {
  const entries = [...sets, ...shifts].map((set) => [set, known[set.name]] as const);
  const eleven = entries.slice(0, sets.length).map(([, knowledge]) => knowledge);
  const mean = (of: (knowledge: Knowledge) => number) =>
    (eleven.reduce((sum, knowledge) => sum + of(knowledge!), 0) / eleven.length).toFixed(1);
  return [
    "Accuracy in percent: zero-shot with the set's template, among all classes and among base and new ones alone, on test and on",
    "validation images; a linear probe (16 images of each class, C = 10) on the validation images; zero-shot on these drawn again without",
    "the set's look (of a shift, on its test images). Looks were chosen after the training, on the validation images.",
    "",
    "| set | chance | test: all | base | new | validation: all | base | new | probe | without its look |",
    `| --- |${" ---: |".repeat(9)}`,
    ...entries.map(([{ name, subjects }, knowledge]) => {
      const { test, validation, probe, upright } = knowledge!;
      return `| ${
        [
          name,
          (100 / subjects.length).toFixed(1),
          ...[test.all, test.base, test.new].map(whole),
          ...[validation?.all, validation?.base, validation?.new, probe].map((x) =>
            x === undefined ? "" : whole(x)
          ),
          whole(upright),
        ].join(" | ")
      } |`;
    }),
    `| mean of the eleven | | ${
      [
        mean(({ test }) => test.all),
        mean(({ test }) => test.base),
        mean(({ test }) => test.new),
        mean(({ validation }) => validation!.all),
        mean(({ validation }) => validation!.base),
        mean(({ validation }) => validation!.new),
        mean(({ probe }) => probe!),
        mean(({ upright }) => upright),
      ].join(" | ")
    } |`,
    "",
    `Measured with the weights of SHA-256 ${
      sha256.slice(0, 12)
    }… by \`deno run -P=build docs/pocket.ts --measure\`.`,
  ];
}

/** The README with the table anew: what stands between its heading and the end. */
export function withTable(readme: string, measured: Measured): string {
  const heading = "## What it knows\n";
  const [before] = readme.split(heading);
  return `${before}${heading}\n${zeroShotTable(measured).join("\n")}\n`;
}

if (import.meta.main) {
  if (Deno.args.includes("--measure")) {
    await useBackend();
    const clip = buildClip(await pocketWeights());
    await Deno.writeTextFile(files.zeroShot, JSON.stringify(await measure(clip), null, 1) + "\n");
  }
  const measured = JSON.parse(await Deno.readTextFile(files.zeroShot));
  const known = await Deno.stat(files.report).then(() => true, () => false);
  const report = known ? await readReport(files.report) : undefined;
  if (Deno.args.includes("--draw")) {
    for (const set of [...sets, ...shifts]) {
      await Deno.writeFile(at(`docs/pocket/${set.name}.png`), await sheetOf(set));
    }
  }
  await Deno.writeTextFile(files.page, pocketPage(measured, report, await measuredSensitivity()));
  await Deno.writeTextFile(
    files.readme,
    withTable(await Deno.readTextFile(files.readme), measured),
  );
}
