/**
 * The page of others' seeds, docs/seeds.md, made from data/reported/seeds.json:
 *
 *     deno run -P=docs docs/seeds.ts
 *
 * A test fails when the page is not what comes out.
 */
import { pairedDifference, summarize } from "../lib/results/mod.ts";
import { reportedSources } from "../lib/report/reported.ts";
import { type ReportedSeeds, reportedSeeds } from "../lib/report/reported_seeds.ts";

/** Where the page goes. */
export const page: URL = new URL("seeds.md", import.meta.url);

/** The page in Markdown. */
export function seedsPage(): string {
  const all = reportedSeeds();
  const plain = all.filter(({ variant }) => variant === undefined);
  const baseToNew = plain.filter(({ protocol, sources }) =>
    protocol === "base-to-new" && sources.includes("tcpt")
  );
  return [
    "<!-- deno-fmt-ignore-file -->",
    "",
    "# What three seeds can say",
    "",
    "Written by `docs/seeds.ts` from `data/reported/seeds.json`; do not edit.",
    "",
    "The papers give means of three seeds. Here are runs of which each seed is known, and what they say about how far",
    "apart two methods must lie before three seeds tell them apart. None of these numbers is this project's.",
    "",
    "## How far seeds lie apart",
    "",
    "Base-to-new, ViT-B/16, 16 shots, all run by one third party [tcpt]: the sample standard deviation over three seeds,",
    "in points, median and largest over the methods.",
    "",
    ...spreads(baseToNew),
    "",
    "## How often three seeds rank two methods",
    "",
    "For every pair of those methods, the differences seed by seed and their 95 % interval (Student's t, two degrees of",
    "freedom). A pair counts as told apart where the interval leaves out 0, which by chance alone one in twenty does.",
    "",
    ...ranked(baseToNew),
    "",
    "## All values",
    "",
    ...table(all),
    "",
    "## Sources",
    "",
    ...[...new Set(all.flatMap(({ sources }) => sources))].map((key) => {
      const { title, where, licence } = reportedSources[key]!;
      return `- [${key}] ${title}: ${where}. Licence: ${licence ?? "not stated"}.`;
    }),
    "",
  ].join("\n");
}

const measures = ["base", "new"];

/** The methods' seeds of one set and measure, those with three seeds. */
function seedsOf(of: ReportedSeeds[], dataset: string, measure: string) {
  return of.filter((one) => one.dataset === dataset).flatMap(({ method, measures }) => {
    const seeds = Object.values(measures[measure] ?? {});
    return seeds.length === 3 ? [{ method, seeds }] : [];
  });
}

const sets = (of: ReportedSeeds[]) => [...new Set(of.map(({ dataset }) => dataset))];

function spreads(of: ReportedSeeds[]): string[] {
  const rows = sets(of).map((dataset) => {
    const cells = measures.flatMap((measure) => {
      const found = seedsOf(of, dataset, measure)
        .map(({ method, seeds }) => ({ method, sd: summarize(seeds).sd ?? 0 }))
        .sort((a, b) => a.sd - b.sd);
      const middle = [Math.floor, Math.ceil].map((to) => found[to((found.length - 1) / 2)]!.sd);
      const most = found[found.length - 1]!;
      return [((middle[0]! + middle[1]!) / 2).toFixed(2), `${most.sd.toFixed(2)} (${most.method})`];
    });
    return `| ${[dataset, ...cells].join(" | ")} |`;
  });
  return [
    "| set | base, median | base, largest | new, median | new, largest |",
    "| --- | ---: | --- | ---: | --- |",
    ...rows,
  ];
}

function ranked(of: ReportedSeeds[]): string[] {
  const total = measures.map(() => ({ apart: 0, pairs: 0 }));
  const rows = sets(of).map((dataset) => {
    const cells = measures.map((measure, m) => {
      const found = seedsOf(of, dataset, measure);
      let apart = 0;
      let pairs = 0;
      found.forEach((a, i) =>
        found.slice(i + 1).forEach((b) => {
          const { interval } = pairedDifference(a.seeds, b.seeds);
          pairs++;
          if (interval && (interval[0] > 0 || interval[1] < 0)) apart++;
        })
      );
      total[m]!.apart += apart;
      total[m]!.pairs += pairs;
      return `${apart} of ${pairs}`;
    });
    return `| ${[dataset, ...cells].join(" | ")} |`;
  });
  const sum = total.map(({ apart, pairs }) =>
    `**${apart} of ${pairs}** (${Math.round(100 * apart / pairs)} %)`
  );
  return [
    "| set | base: pairs told apart | new: pairs told apart |",
    "| --- | --- | --- |",
    ...rows,
    `| ${["all", ...sum].join(" | ")} |`,
  ];
}

function table(all: ReportedSeeds[]): string[] {
  const shown = (seeds: Record<string, number>) =>
    Object.entries(seeds).map(([seed, value]) => `${seed}: ${value}`).join(", ");
  return [
    "| protocol | CLIP | shots | method | set | measure | by seed | run by | training | read in |",
    "| --- | --- | ---: | --- | --- | --- | --- | --- | --- | --- |",
    ...all.flatMap(({ measures, variant, ...of }) =>
      Object.entries(measures).filter(([measure]) => measure !== "H").map(([measure, seeds]) => {
        const method = variant ? `${of.method}, ${variant}` : of.method;
        const cells = [of.protocol, of.clip, of.shots, method, of.dataset, measure, shown(seeds)];
        const who = [of.ranBy, of.training ?? "", of.sources.map((key) => `[${key}]`).join(" ")];
        return `| ${[...cells, ...who].join(" | ")} |`;
      })
    ),
  ];
}

if (import.meta.main) await Deno.writeTextFile(page, seedsPage());
