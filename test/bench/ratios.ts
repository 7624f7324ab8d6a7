/** The part of RESULTS.md that sets the published code's steps beside ours. */

import { inShort, type Spread, spread } from "../../docs/spread.ts";
import { table } from "../../docs/table_text.ts";
import { method } from "../../lib/methods/mod.ts";
import {
  type Against,
  type Compared,
  compared,
  releaseOf,
  type Runner,
  runners,
} from "./against.ts";

/** How many times as long one runner's steps take as another's that were taken in the same rounds; undefined where either took none. */
export function ratio({ seconds }: Compared, long: Runner, short: Runner): Spread | undefined {
  const [a, b] = [seconds[long], seconds[short]];
  return a && b && spread(a.map((each, i) => each / b[i]!));
}

const theirs = runners.filter((runner) => runner.startsWith("published"));
const ours = runners.filter((runner) => runner.startsWith("ours"));

/** What is compared and how, and each release of PyTorch. */
export function ratiosPart(all: readonly Against[]): string {
  const rounds = Math.min(
    ...all.flatMap(({ results }) =>
      results.flatMap(({ seconds }) => Object.values(seconds).map(({ length }) => length))
    ),
  );
  return `## Beside the published code

How many times as long the published code's step takes as ours: the median, and in brackets the smallest and the largest, of
${rounds} rounds or more, in each of which every side took one step right after the other, on the same threads, sizes, class
names and settings, from random weights. *Published bf16* is PyTorch's autocast; the published configurations train in half precision
on a GPU. Seconds are medians of the same steps. Memory is what was resident at most, libraries and weights included: of the
published code during its steps, of ours from its start on. \`deno task bench --against FOLDER --write\` measures it again, with
the published repositories in FOLDER ([how to fetch them](../../truth/README.md)); PyTorch is that of the venv which
\`PLUMBLINE_TRUTH\` names.

${all.map(releasePart).join("")}`;
}

/** Ratios first, then the seconds and the memory they are of. */
function releasePart({ measured, machine, versions, results }: Against): string {
  const pairs = ours.flatMap((own) => theirs.map((published) => [published, own] as const));
  const remarks = results.flatMap(({ name, failed, apart }) => [
    ...apart
      ? [`- ${name}: each side had the memory to itself and was warmed up for each step.`]
      : [],
    ...Object.entries(failed).map(([runner, why]) => `- ${name}, ${runner}: no step: ${why}.`),
  ]);
  const half = results.some(({ seconds, failed }) => "ours bf16" in { ...seconds, ...failed });
  return `${machine}; ${versions}; ${measured}.${
    half ? "" : " bfloat16 is slower than float32 on this CPU, and was left out."
  }

${
    table(
      ["step", ...pairs.map(([published, own]) => `${published} / ${own}`)],
      results.map((one) => [one.name, ...pairs.map((pair) => inShort(ratio(one, ...pair)))]),
      "numbers",
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
      "numbers",
    )
  }

${remarks.length > 0 ? `${remarks.join("\n")}\n\n` : ""}`;
}

/** How many times the published code's speed ours has, in a row for each machine, release of PyTorch and precision: README's table. */
export function inBrief(all: readonly Against[]): string {
  const names = compared.filter((name) =>
    all.some(({ results }) => results.some((one) => one.name === name))
  );
  const row = (against: Against, precision: "fp32" | "bf16") => [
    against.machine.split(",")[0]!.replace(/\(R\)| Processor/g, ""),
    releaseOf(against).replace("PyTorch ", ""),
    precision,
    ...names.map((name) => {
      const found = against.results.find((one) => one.name === name);
      const times = found && ratio(found, `published ${precision}`, `ours ${precision}`);
      return times ? times.median.toFixed(1) : "–";
    }),
  ];
  return table(
    ["cores", "PyTorch", "precision", ...names.map(titleOf)],
    all.flatMap((one) =>
      [row(one, "fp32"), row(one, "bf16")].filter((cells) => cells.slice(3).some((x) => x !== "–"))
    ),
    "numbers",
  );
}

/** `prometar/ViT-B-16/4x51/exact`: ProMetaR, 51 classes. */
function titleOf(name: string): string {
  const [by, , shape] = name.split("/") as [string, string, string];
  return `${method(by).title}, ${shape.split("x")[1]} classes`;
}
