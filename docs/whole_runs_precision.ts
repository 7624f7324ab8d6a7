/** What half precision does to the published steps: a section of docs/whole_runs.md. */
import halves from "../data/whole_runs/precision.json" with { type: "json" };
import { table } from "./table_text.ts";

/** The largest errors by kind (`modulation`: gradients of ProMetaR's modulation network), or why there are none. */
type Errors = Partial<Record<"loss" | "grad" | "param" | "modulation", number>> & {
  failed?: string;
};

interface Halved extends Record<"fp32" | "bf16" | "fp16", Errors> {
  record: string;
}

const records: readonly Halved[] = halves.records;

function halved({ record, fp32, bf16, fp16 }: Halved): string[] {
  const kinds = ["loss", "grad", "param"] as const;
  const worst = (found: Errors) => kinds.map((kind) => found[kind]?.toExponential(0) ?? "–");
  const [a, b, c] = [fp32, bf16, fp16].map(worst) as [string[], string[], string[]];
  return [`\`${record}\``, ...kinds.map((_, i) => [a[i], b[i], c[i]].join(" · "))];
}

/** The largest error of a kind, over the records. */
function most(precision: "bf16" | "fp16", kind: "loss" | "grad" | "modulation"): string {
  const found = records.map((record) => record[precision]);
  return Math.max(...found.flatMap(({ [kind]: error }) => error ?? []))
    .toExponential(0);
}

/** Of each record that could not be replayed in half, why. */
function failures(): string {
  return records.flatMap(({ record, bf16, fp16 }) =>
    Object.entries({ bf16, fp16 }).flatMap(([kind, { failed }]) =>
      failed ? [`- \`${record}\` in ${kind}: ${failed}\n`] : []
    )
  ).join("");
}

/** The section. */
export function precisionSection(): string {
  return `## What half precision does to the published numbers

The papers' configurations train in half precision; the records and everything above are fp32. The
published steps again, built for fp16 as those configurations say (${halves.environment}): the published
\`convert_weights\` makes half what products use, norms and the prompts inside the towers stay fp32;
under bf16 the same in bfloat16. The largest error of a step's losses, gradients and parameters against
the fp32 record, relative to the largest of its row; fp32 · bf16 · fp16. A dash: the record holds none${
    failures() ? ", or the published code does not run so on a CPU" : ""
  }.

${table(["record", "loss", "gradients", "parameters"], records.map(halved))}

${failures()}Under fp16 a loss moves by up to ${most("fp16", "loss")} and a gradient by up to ${
    most("fp16", "grad")
  }, under bf16 by up to ${most("bf16", "loss")} and ${most("bf16", "grad")}; the parameters' errors
are mostly the rounding of what is stored. plumbline's tolerances of 1e-4 to the records say that the
code is the same, not that a published number is known as well.

The gradients of ProMetaR's modulation network are products of small ones: relative to the largest of
its matrix they move by up to ${most("bf16", "modulation")} under bf16, and by ${
    most("fp16", "modulation")
  } under fp16, where those of six of the eight
matrices lie below fp16's least number, 6e-8, and are zero.

`;
}
