/**
 * The releases of what computes.
 *
 * @module
 */
import project from "../../deno.json" with { type: "json" };

/** This module's, TensorFlow.js's, and those of what runs both: Deno's, or another's by its name. */
export function versions(): Record<string, string> {
  const tfjs = project.imports["@tensorflow/tfjs-core"].split("@").at(-1)!;
  return { plumbline: project.version, ...runtime(), "tfjs-core": tfjs };
}

function runtime(): Record<string, string> {
  if ("Deno" in globalThis) return { deno: Deno.version.deno };
  const { bun, node } = globalThis.process?.versions ?? {};
  if (bun !== undefined) return { bun };
  return node !== undefined ? { node } : { browser: navigator.userAgent };
}
