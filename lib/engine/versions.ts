/**
 * The releases of what computes.
 *
 * @module
 */
import project from "../../deno.json" with { type: "json" };

/** This module's, Deno's and TensorFlow.js's. */
export function versions(): Record<string, string> {
  const tfjs = project.imports["@tensorflow/tfjs-core"].split("@").at(-1)!;
  return { plumbline: project.version, deno: Deno.version.deno, "tfjs-core": tfjs };
}
