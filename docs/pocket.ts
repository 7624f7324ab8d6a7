/**
 * The page about the pocket suite, docs/pocket.md, its contact sheets, and the table in data/pocket/README.md:
 *
 *     deno run -P=pretrain docs/pocket.ts            # the pages anew from what was measured
 *     deno run -P=pretrain docs/pocket.ts --draw     # the contact sheets too
 *     deno run -P=pretrain docs/pocket.ts --measure  # measures what the pocket CLIP knows, first
 *
 * Tests fail when the pages are not what comes out.
 */
import { buildClip, pocketWeights } from "../lib/clip/mod.ts";
import type { Look } from "../lib/datasets/pocket/look.ts";
import { type PocketSet, sets, shifts } from "../lib/datasets/pocket/sets.ts";
import { readReport, type ReportJson } from "../lib/report/mod.ts";
import { useBackend } from "../lib/tensor/mod.ts";
import { type Knowledge, measure, type Measured } from "./pocket_knowledge.ts";
import { results } from "./pocket_results.ts";
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
export function pocketPage(measured: Measured, report?: ReportJson): string {
  return [
    "<!-- deno-fmt-ignore-file -->",
    "",
    "# The pocket suite",
    "",
    "Written by `docs/pocket.ts` from the drawings' code and from what was measured; do not edit.",
    "",
    "A small drawn world for a small CLIP, so that every protocol of the papers runs in minutes and offline. It is **not** the papers' data",
    "and says nothing about them: each set plays the part of one of theirs.",
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
    "- **A set's look**, the same for all its pictures, is what words do not fit. Looks were chosen after the training, on validation images,",
    "  so that zero-shot accuracy falls well below a linear probe's: the gap that prompts can learn to close.",
    "",
    "| set | plays | classes | train / val / test | template | look |",
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
    "table. All were chosen on validation images, at 16 shots.",
    "",
    "- **CoOp, ProGrad**: four vectors from “a photo of a”, rate 0.05, 100 epochs, eight cached views, crops of at least half a picture.",
    "  Rates 0.02 to 0.1 were tried on two sets and came within 1.5 points on base classes. Sixteen vectors, or a random start, reached 61 %",
    "  on base classes and 26 % on new ones: the text tower has seen no such beginnings. They are run as an ablation.",
    "- **IVLP, ProMetaR**: batch 16, rate 0.02, crops as above, 10 epochs as published; **CoCoOp**: batch 8, rate 0.02. Tried on things and",
    "  poses: batch 4 with rate 0.01 gave IVLP 79.7/60.9 (base/new) for 82.8/57.8 with batch 16, at three times the cost.",
    "- The shifts have no validation images and decided nothing. Shift A holds pictures that a checkpoint of step 2,300 of the same training",
    "  gets wrong: hard for the final one too, but not wrong by construction.",
    "",
    "## What the pocket CLIP knows",
    "",
    ...zeroShotTable(measured),
    "",
    ...(report ? results(report) : []),
    "## What a person sees",
    "",
    "Seen without labels, most classes say what they are: nearly all of objects, things, pets, vehicles, poses and V2, and of aircraft to",
    "who reads wings and engines. Not, or hardly:",
    "",
    "- **flowers**, being negatives: sunflower, rose, tulip, bluebell, dandelion clock and lavender show themselves; the others are flowers",
    "  that differ in petals;",
    "- **food** in false colours: soups, fried egg and spaghetti need their names; things with a shape (waffle, doughnut, burger, fries) do not;",
    "- **tiles** under haze in false colours: annual crops and forest are nearly blank, pasture and orchard are dots; rivers, lakes, roads,",
    "  houses and halls are plain;",
    "- **textures**: bricks on the slant read as sticks, woven as a blur; **scenes** lie at 43° with a blue sun; the stop sign lacks its word;",
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
  const words = [inWords(set.look(0))];
  if (renderings.join() !== "filled,outlined") words.push(renderings.join(", "));
  return words.filter((word) => word !== "").join("; ");
}

function inWords({ channels, negative, haze, turn }: Look): string {
  return [
    channels && `red, green, blue from ${channels}`,
    negative && "negative",
    haze && `${100 * haze} % haze`,
    turn && `turned by ${Math.round(360 * turn)}°`,
  ].filter((word) => word).join(", ");
}

const whole = (x: number) => x.toFixed(0);

/** What the weights know, in Markdown. */
export function zeroShotTable({ sha256, sets: known }: Measured): string[] {
  const entries = [...sets, ...shifts].map((set) => [set, known[set.name]] as const);
  const eleven = entries.slice(0, sets.length).map(([, knowledge]) => knowledge);
  const mean = (of: (knowledge: Knowledge) => number) =>
    (eleven.reduce((sum, knowledge) => sum + of(knowledge), 0) / eleven.length).toFixed(1);
  return [
    "Accuracy in percent: zero-shot with the set's template, among all classes and among base and new ones alone, on test and on",
    "validation images; a linear probe (16 images of each class, C = 10) on the validation images; zero-shot on these drawn again without",
    "the set's look (of a shift, on its test images). Looks were chosen after the training, on the validation images.",
    "",
    "| set | chance | test: all | base | new | validation: all | base | new | probe | without its look |",
    `| --- |${" ---: |".repeat(9)}`,
    ...entries.map(([{ name, subjects }, { test, validation, probe, upright }]) =>
      `| ${
        [
          name,
          (100 / subjects.length).toFixed(1),
          ...[test.all, test.base, test.new].map(whole),
          ...[validation?.all, validation?.base, validation?.new, probe].map((x) =>
            x === undefined ? "" : whole(x)
          ),
          whole(upright),
        ].join(" | ")
      } |`
    ),
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
    }… by \`deno run -P=pretrain docs/pocket.ts --measure\`.`,
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
  await Deno.writeTextFile(files.page, pocketPage(measured, report));
  await Deno.writeTextFile(
    files.readme,
    withTable(await Deno.readTextFile(files.readme), measured),
  );
}
