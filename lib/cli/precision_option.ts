/**
 * The option that says in which precision a command computes, and what is said where that is not float32.
 *
 * @module
 */
import { type Backend, precisions } from "../tensor/mod.ts";
import { choice } from "./options.ts";

/** `--precision` */
export const precisionOption = choice(
  precisions,
  "of products with frozen weights: float32; bfloat16, on native alone, about twice as fast on CPUs with units for it; or weights kept as float16, on WebGPU alone, half their memory or less; numbers differ (docs/precision.md)",
  "fp32",
);

/** A line for whoever reads numbers that are not of float32. */
export function precisionNote({ precision, reason }: Backend): string | undefined {
  return precision && `Backend: ${reason}`;
}
