/** The page of results, RESULTS.md, from what `deno task bench --write` measured. */

import type { Machine } from "../../lib/protocols/mod.ts";
import type { Against } from "./against.ts";
import { predict } from "./cost.ts";
import type { Measurement } from "./measure.ts";
import { halfPart, type HalfSteps } from "./half.ts";
import { ratiosPart } from "./ratios.ts";
import { LOOP } from "./side_by_side.ts";
import { type Starts, startsPart } from "./starts.ts";

/** A run of the benchmarks; what results.json holds and `--json` prints. */
export interface Bench {
  /** The day. */
  measured: string;
  machine: string;
  versions: string;
  /** The cost model's figures, by backend. */
  machines: Record<string, Machine>;
  results: Measurement[];
  /** Steps a second of two processes over those of one. */
  sideBySide: { name: string; backend: string; ratio: number }[];
}

/** At most so much, on two cores. */
interface Limit {
  seconds?: number;
  bytes?: number;
}

/** What this project has set itself, by case and backend. */
export const limits: Record<string, Limit> = {
  "coop/RN50/32x100/exact native": { seconds: 2.2 },
  "prograd/RN50/32x100/exact native": { seconds: 2.6, bytes: 3e9 },
  "prograd/RN50/32x100/views8 native": { seconds: 1 },
  "ivlp/ViT-B-16/4x51/exact native": { seconds: 3 },
  "prometar/ViT-B-16/4x51/exact native": { seconds: 8, bytes: 6e9 },
  "prometar/ViT-B-16/4x500/exact native": { bytes: 16e9 },
  "augment/224px/32 native": { seconds: 32 / 200 },
  "pocket/text/forward-backward native": { seconds: 0.01 },
  "pocket/text/forward-backward wasm": { seconds: 0.04 },
  "pocket/prometar native": { seconds: 0.15 },
};
const SIDE_BY_SIDE = 1.8;

/** The head of the table of the terminal. */
export const tableHead =
  "| step | seconds | predicted | of it products | GFLOP | operations | peak GB |\n" +
  "| --- | ---: | ---: | ---: | ---: | ---: | ---: |";

/** A line of the table. */
export function line(result: Measurement, machine: Machine): string {
  const { name, secondsPerStep, flops, ops, peakBytes } = result;
  return `| ${
    [
      name,
      duration(secondsPerStep),
      duration(predict(result, machine)),
      duration(flops / machine.rate),
      (flops / 1e9).toFixed(1),
      ops,
      gigabytes(peakBytes),
    ].join(" | ")
  } |`;
}

/** What a step asks of a GPU, under its line. */
export function trafficLine(
  { dispatches, uploads, uploadedBytes, reads, readBytes, pipelines }: NonNullable<
    Measurement["traffic"]
  >,
): string {
  return `|   of the GPU: ${dispatches} dispatches; ${uploads} uploads, ${uploadedBytes} bytes; ` +
    `${reads} reads, ${readBytes} bytes; ${pipelines} programs compiled | | | | | | |`;
}

const duration = (seconds: number) =>
  seconds < 0.1 ? `${(1000 * seconds).toFixed(1)} ms` : `${seconds.toFixed(2)} s`;

const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(2);

/**
 * RESULTS.md.
 *
 * @param published the published code's steps beside ours, where they were measured
 * @param half steps in bfloat16 beside float32, likewise
 * @param starts how soon commands start, likewise
 */
export function resultsPage(
  bench: Bench,
  published: readonly Against[] = [],
  half?: HalfSteps,
  starts?: Starts,
): string {
  const { measured, machine, versions, machines, results, sideBySide } = bench;
  return `<!-- deno-fmt-ignore-file -->

# Benchmarks: results and how to repeat them

Written by \`deno task bench --write\`; do not edit.

${published.length > 0 ? ratiosPart(published) : ""}${half ? halfPart(half) : ""}${
    starts ? startsPart(starts) : ""
  }## A step's seconds, memory and work

\`\`\`
deno task bench                              # everything on the best backend, the pocket size on wasm too
deno task bench --only pocket/ --backend wasm
deno task bench --only prograd/RN50/32x100/exact --json
deno task bench --against FOLDER             # beside the published code
deno run -P=bench test/bench/method_costs.ts && deno task methods --docs   # the costs in docs/methods.md
\`\`\`

Weights and pixels are random from a seed, sizes are those of the published models, class names are ImageNet's. Each step runs in a
process of its own, so that the peak of memory (resident pages, weights and libraries included) is the step's. Of big steps the median
of three after a first one is taken, of those beyond 10 s what comes in 20 s; of pocket-size ones mitata's median, on one thread
(\`TF_NUM_INTRAOP_THREADS=1\`), since at that size two threads mostly wait for each other. *Predicted* is the cost model of \`cost.ts\`:
FLOPs at the rate of a large matrix product, measured in the same run, plus operations at the overhead of one. What a step takes beyond
that is memory traffic, products too small for the rate, on one thread the other core, and other programs: compare with the prediction
beside a figure, not with seconds from elsewhere.

\`exact\` encodes new images at every step, as the papers do; \`from-jpeg\` also reads and augments them, in one worker ahead of the steps:
what it takes beyond \`exact\` is what the pictures cost. \`views8\` takes features of eight cached views. \`whole-prompts\` runs the same
kernels on all 77 tokens of every prompt, as the published code does, for what cutting at EOT and sharing the beginning save.
\`features/…/cached\` is what a new run does for frozen features that an earlier one left on the disk, reading and hashing the pictures
included. \`augment\` reads 32 training views of 224 pixels from JPEGs of 500 × 375 with both cores.

## ${machine}

${versions}; ${measured}.
${Object.entries(machines).map(([backend, figures]) => table(bench, backend, figures)).join("\n")}
## Against what was set

| what | measured | at most | reached |
| --- | ---: | ---: | --- |
${results.flatMap(against).join("\n")}

| two cells side by side, one thread each | times one | at least | reached |
| --- | ---: | ---: | --- |
${
    sideBySide.map(({ name, backend, ratio }) =>
      name === LOOP
        ? `| a loop without memory: what the cores allow | ${ratio.toFixed(2)} | – | – |`
        : `| ${name}, ${backend} | ${ratio.toFixed(2)} | ${SIDE_BY_SIDE} | ${
          yes(ratio >= SIDE_BY_SIDE)
        } |`
    ).join("\n")
  }

${rooflines(bench)}`;
}

const yes = (reached: boolean) => reached ? "yes" : "**no**";

function table({ results }: Bench, backend: string, machine: Machine): string {
  return `
**${backend}**: ${(machine.rate / 1e9).toFixed(0)} GFLOP/s in a large product, ${
    (machine.overhead * 1e6).toFixed(0)
  } µs an operation.

${tableHead}
${
    results.filter((result) => result.backend === backend).map((result) => line(result, machine))
      .join("\n")
  }
`;
}

/** A line for each limit of a case. */
function against({ name, backend, secondsPerStep, peakBytes }: Measurement): string[] {
  const { seconds, bytes } = limits[`${name} ${backend}`] ?? {};
  const what = `${name}, ${backend}`;
  return [
    ...(seconds === undefined ? [] : [
      `| ${what} | ${duration(secondsPerStep)} | ${duration(seconds)} | ${
        yes(secondsPerStep <= seconds)
      } |`,
    ]),
    ...(bytes === undefined ? [] : [
      `| ${what} | ${gigabytes(peakBytes)} GB | ${(bytes / 1e9).toFixed(0)} GB | ${
        yes(peakBytes <= bytes)
      } |`,
    ]),
  ];
}

/** What the limits are, from the work counted and the rate measured. */
function rooflines({ results, machines }: Bench): string {
  const share = (name: string) => {
    const found = results.find((result) => result.name === name && result.backend === "native");
    if (!found) return "not measured here";
    const products = found.flops / machines.native!.rate;
    return `${(found.flops / 1e9).toFixed(0)} GFLOP, ${duration(products)} at this run's rate, ` +
      `${(100 * products / found.secondsPerStep).toFixed(0)} % of the step`;
  };
  /** Products of the published step against ours: so many passes of images of 35 GFLOP, and of all 77 tokens of each class. */
  const times = (name: string, images: number, texts: number, classes: number) => {
    const found = results.find((result) => result.name === name && result.backend === "native");
    const whole = images * 35e9 + texts * classes * 77 * 24 * 512 ** 2 * 12;
    return found ? (whole / found.flops).toFixed(1) : "–";
  };
  return `## The rooflines

What a step cannot be faster than is its products at the machine's rate.

- **ProMetaR**, 4 images, 51 classes: ${
    share("prometar/ViT-B-16/4x51/exact")
  }. It is the work of the
  published iteration itself. In images that go through ViT-B/16 (35 GFLOP each way): the frozen teacher 4; the regularised step 4 forth
  and 2 × 4 back, as γ needs the gradients of both losses apart; the inner step on the support of 3, 3 forth and 2 × 3 back; the outer
  loss, whose mix-up reads 2 images, 2 forth and 2 back; the Hessian-vector product 3 × 3. That is 38, and the text tower goes 11 times
  over all classes. Reverse over reverse takes 3 passes for the Hessian-vector product of two losses along two directions, forward over
  reverse would take 4. Nothing can be shared across the regularised step, which moves all prompts. What is saved is what does not
  depend on prompts: the first block's queries, keys and values of an image have no derivative, and prompts that the next block replaces
  are keys and values alone, computed once for all images.
  Of the CPU time of a step of 20 classes (2026-11-30, on busy cores) 63 % was products of two matrices, 11 % attention's, 20 %
  activations, norms, softmaxes' derivatives and sums, each kernel a pass over memory. These are formulas in C++ now, a pass each: the step
  took 1.19 times as long before in CPU seconds with three of the layers (1.16 to 1.32 in six alternating pairs; 1.18 in bf16), and 1.18
  times in the one pair of all twelve. Not tried, with the most that this profile gives them: attention's products, at half a large product's
  rate as their side of 64 is short (5 %); the text tower's of 88 rows, at two thirds of it (2 %); moves between rows and heads (2 %).
  System time was 2 to 7 % of most steps, and once 16 %. Tried without gain: the C library's memory in huge pages
  (\`GLIBC_TUNABLES=glibc.malloc.hugetlb=1\`), 10.4 and 12.4 s a step beside 10.9 and 11.9 on two Xeon cores.
- **CoOp**, RN50, 32 images, 100 classes: ${share("coop/RN50/32x100/exact")}; **ProGrad**:
  ${share("prograd/RN50/32x100/exact")}. Most of it is the image tower's convolutions. The
  attention pooling, where one token asks, takes 1 GFLOP instead of 27 by bringing queries to the places' width instead of places to the
  queries'; a bias, what a block adds to it
  and the rectifier are part of the convolution, which oneDNN does as it goes.
  Beside the published code these two say as much of a machine as of code: nine tenths of ours are convolutions, three quarters of
  theirs the products of whole prompts. On two cores whose convolutions were half as fast against products (measured before: CoOp 2.7 s
  against 10.3, ProGrad 3.0 against 20.2) they were 3.7 and 6.8 times, where here they are as the table above says.
- **IVLP**, 4 images, 51 classes: ${share("ivlp/ViT-B-16/4x51/exact")}.
- **Beside the published code at one rate**: it sends all 77 tokens of every class through the text tower. If both sides did nothing but
  products and at one rate, IVLP's step at 51 classes would take it ${
    times("ivlp/ViT-B-16/4x51/exact", 8, 2, 51)
  } times as long as ours, ProMetaR's ${
    times("prometar/ViT-B-16/4x20/exact", 38, 11, 20)
  } times at 20 classes and ${times("prometar/ViT-B-16/4x51/exact", 38, 11, 51)}
  at 51: images are the same work on both sides. What is measured beyond that is a better rate, so it differs from machine to machine.
- **Pocket size**: ${share("pocket/prometar")}; the rest is the overhead of its operations, and as
  much again of TensorFlow.js and the tape about each.
- **Trainings stacked into one**: \`reproduce --stack N\` trains cells of one sweep as one: a pass through the text tower is for all
  of them, and losses, joins and optimisers are each one's own. Five seeds of CoOp, and five λ of ProGrad, at the pocket size (15
  classes, 4 vectors) take 2.1 and 2.0 times less CPU time a step on one thread (medians of seven alternating rounds, 2026-11-30).
  Whole cells, from start to report, five seeds on pocket-tiles at 16 shots, take 1.8 times less of CoOp (1.4 to 2.0) and 1.7 times
  less of ProGrad (1.4 to 2.1; medians and ranges of five pairs each), features of the images cached; the machine was busy, which
  these spreads show. Where images have to be read first, that is as much in both: 23 s beside 38.5 of five cells that it was
  measured with. \`pocket/coop-of-four\` has the products of four trainings in one step, 2.2 times less than four steps: about all
  that can be won. Parameters differ by 3e-7 of the largest after 140 steps. Where a training is not steady, that is enough: two of
  the five seeds of CoOp ended in other accuracies (the first spreads by 6.3 points from starts that are 1e-7 apart, too), and all
  of ProGrad's in the same predictions. At real size, where products fill the cores, there is nothing to gain on a CPU.
- **Many classes**: where the activations that a gradient needs would pass 10 GB, the text tower encodes classes in parts, keeps nothing of
  them, and computes each once more when the gradient comes (\`prometar/ViT-B-16/4x1000/exact\`).
- **Layout by backend**: sharing the beginning of prompts pays where operations are cheap against products; at the pocket size native does
  without.

No GPU was at hand: nothing here was measured on one.
`;
}
