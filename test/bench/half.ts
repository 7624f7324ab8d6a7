/** The part of RESULTS.md that sets steps in bfloat16 beside the same in float32. */

import { inShort, spread } from "../../docs/spread.ts";
import { table } from "../../docs/table_text.ts";

/** Native's precisions, which are set beside each other. */
export const compared = ["fp32", "bf16"] as const;

/** What one case gave. Errors are ‖bf16 − fp32‖ / ‖fp32‖. */
export interface Halved {
  name: string;
  /** Of the frozen towers, before any step. */
  imageFeatures: number;
  textFeatures: number;
  /** Of the first step. */
  loss: number;
  gradients: number;
  /** Seconds of steps that were taken alternately, by precision. */
  seconds: { fp32: number[]; bf16: number[] };
  /** What the same steps took of the CPUs, together: what other programs do shows less in them. */
  cpuSeconds: { fp32: number[]; bf16: number[] };
}

/** What data/precision/steps.json holds. */
export interface HalfSteps {
  measured: string;
  machine: string;
  results: Halved[];
}

/** How many times as long the steps take in float32, pair by pair. */
export function halfRatio({ fp32, bf16 }: Halved["seconds"]) {
  return spread(fp32.map((each, i) => each / bf16[i]!));
}

/** The part. */
export function halfPart({ measured, machine, results }: HalfSteps): string {
  const rounds = Math.min(...results.map(({ seconds }) => seconds.fp32.length));
  return `## In bfloat16

Steps with \`--precision bf16\` beside the same in float32: the median of how many times as long float32 takes, and in brackets the
smallest and the largest, of ${rounds} pairs or more that were taken alternately; seconds are medians of the same steps. CPU seconds
are those of all threads, in which other programs show less.
\`deno run -P=bench test/bench/precision.ts --write\` measures it again; [what it costs in truth](../../docs/precision.md).

${machine}; ${measured}.

${
    table(
      [
        "step",
        "fp32 / bf16",
        "in CPU seconds",
        ...compared.map((precision) => `${precision}, s`),
      ],
      results.map((one) => [
        one.name,
        inShort(halfRatio(one.seconds), 2),
        inShort(halfRatio(one.cpuSeconds), 2),
        ...compared.map((precision) => spread(one.seconds[precision]).median.toFixed(3)),
      ]),
      "numbers",
    )
  }

`;
}
