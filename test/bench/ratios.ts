/** The part of RESULTS.md that sets the published code's steps beside ours. */

import { type Against, type Compared, type Runner, runners } from "./against.ts";

/** The median of numbers, their smallest and their largest. */
export interface Spread {
  median: number;
  least: number;
  most: number;
}

/** How they spread; of an even number of them the median is the mean of the two in the middle. */
export function spread(numbers: readonly number[]): Spread {
  const sorted = numbers.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  const middle = sorted.slice(Math.ceil(half) - 1, Math.floor(half) + 1);
  return {
    median: middle.reduce((sum, n) => sum + n, 0) / middle.length,
    least: sorted[0]!,
    most: sorted.at(-1)!,
  };
}

/** How many times as long one runner's steps take as another's that were taken in the same rounds; undefined where either took none. */
export function ratio({ seconds }: Compared, long: Runner, short: Runner): Spread | undefined {
  const [a, b] = [seconds[long], seconds[short]];
  return a && b && spread(a.map((each, i) => each / b[i]!));
}

const theirs = runners.filter((runner) => runner.startsWith("published"));
const ours = runners.filter((runner) => runner.startsWith("ours"));

/** Ratios first, then the seconds and the memory they are of. */
export function ratiosPart({ measured, machine, versions, results }: Against): string {
  const pairs = ours.flatMap((own) => theirs.map((published) => [published, own] as const));
  const rounds = Math.min(
    ...results.flatMap(({ seconds }) => Object.values(seconds).map(({ length }) => length)),
  );
  const failures = results.flatMap(({ name, failed }) =>
    Object.entries(failed).map(([runner, why]) => `- ${name}, ${runner}: no step: ${why}.`)
  );
  return `## Beside the published code

How many times as long the published code's step takes as ours: the median, and in brackets the smallest and the largest, of
${rounds} rounds or more, in each of which every side took one step right after the other, on the same threads, sizes, class
names and settings, from random weights. *Published bf16* is PyTorch's autocast; the published configurations train in half precision
on a GPU. Seconds are medians of the same steps. Memory is what was resident at most, libraries and weights included: of the
published code during its steps, of ours from its start on. \`deno task bench --against FOLDER --write\` measures it again, with
the published repositories in FOLDER ([how to fetch them](../../truth/README.md)).

${machine}; ${versions}; ${measured}.

${
    table(
      ["step", ...pairs.map(([published, own]) => `${published} / ${own}`)],
      results.map((one) => [one.name, ...pairs.map((pair) => inShort(ratio(one, ...pair)))]),
    )
  }

${
    table(
      ["step", ...runners.flatMap((runner) => [`${runner}, s`, "GB"])],
      results.map(({ name, seconds, peakBytes }) => [
        name,
        ...runners.flatMap((runner) => {
          const taken = seconds[runner];
          return taken
            ? [spread(taken).median.toFixed(2), (peakBytes[runner]! / 1e9).toFixed(1)]
            : ["–", "–"];
        }),
      ]),
    )
  }

${failures.length > 0 ? `${failures.join("\n")}\n\n` : ""}`;
}

/** Median, least and most in so many digits after the point; a dash where there are none. */
export function inShort(found: Spread | undefined, digits = 1): string {
  if (!found) return "–";
  const [median, least, most] = [found.median, found.least, found.most].map((n) =>
    n.toFixed(digits)
  );
  return `**${median}** (${least}–${most})`;
}

/** A Markdown table of a first column of names and others of numbers. */
export function table(head: string[], rows: string[][]): string {
  const rule = head.map((_, i) => i === 0 ? "---" : "---:");
  return [head, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
