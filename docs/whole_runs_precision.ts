/** What half precision does to the published steps: a section of docs/whole_runs.md. */
import halves from "../data/whole_runs/precision.json" with { type: "json" };
import { table } from "./table_text.ts";

/** The largest errors by kind, or why there are none. */
type Errors = Partial<Record<"loss" | "grad" | "param", number>> & { failed?: string };

interface Halved extends Record<"fp32" | "bf16" | "fp16", Errors> {
  record: string;
}

const records: readonly Halved[] = halves.records;

function halved({ record, fp32, bf16, fp16 }: Halved): string[] {
  const kinds = ["loss", "grad", "param"] as const;
  const worst = (found: Errors) => kinds.map((kind) => found[kind]?.toExponential(0) ?? "–");
  const [a, b, c] = [fp32, bf16, fp16].map(worst);
  return [`\`${record}\``, ...kinds.map((_, i) => [a[i], b[i], c[i]].join(" · "))];
}

/** The largest error of a kind, over the records. */
function most(precision: "bf16" | "fp16", kind: "loss" | "grad"): string {
  const found = records.map((record) => record[precision]);
  return Math.max(...found.flatMap(({ [kind]: error }) => error ?? []))
    .toExponential(0);
}

/** The section. */
export function precisionSection(): string {
  return `## What half precision does to the published numbers

The papers' configurations train in half precision; the records and everything above are fp32. The
published steps again with the weights of products, prompts and images in bfloat16 and in half, norms
in fp32, as the published \`convert_weights\` has it (${halves.environment}): the largest error of a
step's losses, gradients and parameters against the fp32 record, relative to the largest of its row;
fp32 · bf16 · fp16. A dash: the published code does not run so on a CPU.

${table(["record", "loss", "gradients", "parameters"], records.map(halved))}

Under fp16 a loss moves by up to ${most("fp16", "loss")} and a gradient by up to ${
    most("fp16", "grad")
  }, under bf16 by up to ${most("bf16", "loss")} and ${most("bf16", "grad")}; the parameters' errors
are mostly the rounding of what is stored. plumbline's tolerances of 1e-4 to the records say that the
code is the same, not that a published number is known as well.

`;
}
