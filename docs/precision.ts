/**
 * The page of precisions, docs/precision.md, made from data/precision/ and data/whole_runs/precision.json:
 *
 *     deno run -P=docs docs/precision.ts
 *
 * A test fails when the page is not what comes out.
 */
import steps from "../data/precision/steps.json" with { type: "json" };
import published from "../data/whole_runs/precision.json" with { type: "json" };
import { type Paired, pairedOverUnit, signed } from "../lib/results/mod.ts";
import type { Pair, PocketPairs } from "./precision_pocket.ts";
import { inShort, spread } from "./spread.ts";
import { percent, table } from "./table_text.ts";

type Step = (typeof steps.results)[number];

/** What of a step is timed. */
type Timed = "seconds" | "cpuSeconds";

/** The pocket suite in both precisions, where it was run: docs/precision_pocket.ts writes it. */
function readPocket(): PocketPairs | undefined {
  try {
    return JSON.parse(
      Deno.readTextFileSync(new URL("../data/precision/pocket.json", import.meta.url)),
    );
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

const pocket = readPocket();
const pairs: readonly Pair[] = pocket?.pairs ?? [];

/** Median, least and most of the ratios fp32/bf16 of steps that were taken alternately. */
function faster(one: Step, of: Timed): { median: number; said: string } {
  const { fp32, bf16 } = one[of];
  const ratios = fp32.map((seconds, i) => seconds / bf16[i]!);
  const found = spread(ratios);
  return { median: found.median, said: inShort(found, 2) };
}

function step(one: Step): string[] {
  const { name, imageFeatures, textFeatures, loss, gradients, seconds } = one;
  return [
    name,
    ...[imageFeatures, textFeatures, loss, gradients].map((error) => error.toExponential(1)),
    percent(spread(seconds.fp32).median),
    percent(spread(seconds.bf16).median),
    faster(one, "seconds").said,
    faster(one, "cpuSeconds").said,
  ];
}

/** bf16 − fp32 in points over all data sets, of each method. */
function differences(protocol: string, classes: string, shots?: number): Map<string, Paired> {
  const own = pairs.filter((pair) =>
    pair.protocol === protocol && pair.classes === classes && (!shots || pair.shots === shots)
  );
  const found = new Map<string, Paired>();
  for (const [method, rows] of Map.groupBy(own, (pair) => pair.method)) {
    const side = (key: "fp32" | "bf16") =>
      rows.map(({ dataset: place, seed, ...row }) => ({ place, seed, value: row[key] }));
    found.set(method, pairedOverUnit(side("bf16"), side("fp32"), "places")!);
  }
  return found;
}

/** All that is compared, a row each. */
const compared = [
  { what: "base-to-new, base classes", of: differences("base-to-new", "base") },
  { what: "base-to-new, new classes", of: differences("base-to-new", "new") },
  ...[...new Set(pairs.filter((pair) => pair.protocol === "few-shot").map(({ shots }) => shots))]
    .sort((a, b) => a - b)
    .map((shots) => ({
      what: `few-shot, ${shots} ${shots === 1 ? "shot" : "shots"}`,
      of: differences("few-shot", "all", shots),
    })),
];

function accuracyRows(): string[][] {
  return compared.flatMap(({ what, of }) =>
    [...of].map(([method, { mean, interval, n }]) => [
      ...[what, method, String(n), signed(mean, 2)],
      interval ? `[${interval.map((end) => signed(end, 2)).join(", ")}]` : "–",
    ])
  );
}

/** Which seeds, and how to run them again. */
function seeds({ command }: PocketPairs): string {
  const all = [...new Set(pairs.map(({ seed }) => seed))].sort((a, b) => a - b);
  return `${all.length === 1 ? "one, seed" : "seeds"} ${
    all.join(", ")
  }; \`${command}\`,\nwith and without \`--precision bf16\``;
}

/** What the intervals say together. */
function verdict(): string {
  const all = compared.flatMap(({ of }) =>
    [...of.values()].flatMap(({ interval }) => interval ? [interval] : [])
  );
  const outside = all.filter(([low, high]) => low > 0 || high < 0).length;
  const widest = Math.max(...all.map(([low, high]) => high - low));
  const apart = pairs.map(({ fp32, bf16 }) => Math.abs(bf16 - fp32));
  const same = apart.filter((x) => x === 0).length;
  return `Of ${all.length} intervals ${outside} ${
    outside === 1 ? "leaves" : "leave"
  } 0 out, where chance alone makes one in twenty do so; the widest is ${
    percent(widest)
  } points. Single cells differ by up to ${
    percent(Math.max(...apart))
  } points, and ${same} of ${pairs.length} accuracies are the same.`;
}

/** The largest error of a kind over the published steps. */
function worst(precision: "bf16" | "fp16", kind: "loss" | "grad"): string {
  const found = published.records.flatMap((record) => {
    const errors: Partial<Record<string, number | string>> = record[precision];
    const error = errors[kind];
    return typeof error === "number" ? [error] : [];
  });
  return Math.max(...found).toExponential(0);
}

/** The section of accuracies. */
function accuracies(measured: PocketPairs): string {
  const { seconds, device } = measured;
  return `## What it does to accuracies

The pocket suite in both precisions, bf16 − fp32 in points: the mean over the data sets and its 95 % interval over them, each the average
over its seeds (${seeds(measured)}). ${verdict()}

${table(["experiment", "method", "sets", "difference", "95 % interval"], accuracyRows())}

The cells took ${seconds.fp32} s in fp32 and ${seconds.bf16} s in bf16 (${device}, beside other programs).
`;
}

/** The page. */
export function page(): string {
  const own = steps.results;
  const [large, small] = [
    own.filter(({ name }) => !name.startsWith("pocket/")),
    own.filter(({ name }) => name.startsWith("pocket/")),
  ];
  const range = (all: Step[]) => {
    const medians = all.map((one) => faster(one, "cpuSeconds").median);
    return `${percent(Math.min(...medians))} to ${percent(Math.max(...medians))}`;
  };
  const most = (key: "loss" | "gradients") =>
    Math.max(...large.map((one) => one[key])).toExponential(0);
  return `<!-- deno-fmt-ignore-file -->

# Precision

Written by \`docs/precision.ts\` from \`data/precision/\` and \`data/whole_runs/precision.json\`; do not edit.

\`--precision bf16\` (of \`reproduce\`, \`train\`, \`evaluate\`, \`predict\` and \`sensitivity\`; \`precision: "bf16"\` of \`run\`;
\`useBackend("native", "bf16")\`) computes products with frozen weights in bfloat16 on the native backend: linear layers forward,
backward and in second derivatives, and the convolutions of ResNets. A factor is rounded to eight bits, sums are in float32, a product is
rounded again. All else stays in float32: prompts and whatever else is learned, attention's own products, norms, softmax, losses, the
optimiser, and what reads pixels. float32 stays the default, and computes the same bits as before there was this option.

- **It is another cell.** The precision is part of a cell's identity and of the key of cached features: nothing computed in one is
  served to the other. Records, reports and prompt files name it, and the list of deviations says it beside the numbers.
- **It needs fast units for it** (\`amx_bf16\` of Intel, \`avx512_bf16\` of AMD, \`bf16\` of ARM). Where the CPU has none, \`reproduce\`
  measures that it is slower, and says so: an Intel Xeon without AMX does 156 GFLOP/s in bfloat16 and 281 in float32, though it has \`avx512_bf16\`. Other
  backends refuse it in a line.
- **Attention's products stay in float32**, measured on 12 heads of 197 tokens of 32 images: 6.9 + 5.9 ms in float32, 3.4 + 3.1 ms in bfloat16, but
  rounding their factors and results takes 5 ms more, since these are as large as the products are short.
- **Why not twice as fast.** A large product alone is (454 against 193 GFLOP/s of 1700 × 512 × 1536 on these two threads), and so is a convolution
  of 3 × 3 (947 against 488, 64 channels of 56 × 56 in 32 images). Of IVLP's step at ViT-B/16 frozen products are 73 % in float32; in bfloat16 they
  are 54 %, rounding to and fro is 11 %, attention's own products 9 %, and what is left goes over rows in float32. A ResNet does
  not round to and fro: from one convolution to the next its pictures stay in bfloat16, with bias, sum and rectifier in the convolution.
- **Memory**: a frozen weight is kept in both, two bytes more each, and its float32 transpose is not made. At most resident during CoOp's step at
  RN50 2.07 GB against 1.95, during IVLP's at ViT-B/16 2.22 against 2.40.
- \`verify\` and certificates are in float32: rounding to eight bits is no proof that code is the same.

## What a step loses and saves

Random weights, the published models' sizes; ${steps.machine}; ${steps.measured}. Errors are ‖bf16 − fp32‖ / ‖fp32‖: of the frozen towers'
features, and of the loss and all gradients of the first step (of ProMetaR with its second derivatives). Seconds are medians of steps
that were taken alternately; the ratio is the median of the pairs', with the smallest and the largest; CPU seconds are those of all
threads, in which other programs show less.
\`deno run -P=bench test/bench/precision.ts --write\` measures it again.

${
    table(
      [
        "step",
        "image features",
        "text features",
        "loss",
        "gradients",
        "fp32, s",
        "bf16, s",
        "fp32 / bf16",
        "in CPU seconds",
      ],
      own.map(step),
    )
  }

In CPU seconds steps of real size are ${range(large)} times as fast; losses move by up to ${
    most("loss")
  } and gradients by up to ${most("gradients")}. ${
    small.length === 0
      ? ""
      : `At pocket size (one thread) nothing is gained, as rounding takes what small products save: ${
        range(small)
      } times.`
  }

The published steps themselves, under half precision as their configurations have it
([whole runs](whole_runs.md)): under fp16 a loss moves by up to ${
    worst("fp16", "loss")
  } and a gradient by up to ${
    worst("fp16", "grad")
  } of the largest of its row, under bf16 by up to ${worst("bf16", "loss")} and ${
    worst("bf16", "grad")
  }.

${pocket ? accuracies(pocket) : ""}`;
}

if (import.meta.main) {
  await Deno.writeTextFile(new URL("precision.md", import.meta.url), page());
}
