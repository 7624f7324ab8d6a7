/**
 * In which precision the large products are computed: a setting of the run, chosen with the backend. Only products with
 * frozen weights depend on it (linear.ts, convolution.ts); all else, and what is learned, is float32 throughout.
 *
 * @module
 */
import { readWholeSync } from "../bounds.ts";
import { nearest, UserError } from "../errors.ts";
import type { Backend } from "./choice.ts";
import { permitted } from "./permitted.ts";

/**
 * `fp32`: float32, as all of the papers' mathematics is meant. `bf16`: frozen weights, and what they are multiplied by,
 * rounded to bfloat16, summed in float32 and rounded again; on the native backend alone. `fp16`: frozen weights of linear layers
 * rounded to float16, which is how they are kept, all else float32; on WebGPU alone.
 *
 * @category Load
 */
export type Precision = "fp32" | "bf16" | "fp16";

/** All of them, the default first. */
export const precisions: readonly Precision[] = ["fp32", "bf16", "fp16"];

/** What holds now. */
let current: Precision = "fp32";

/** The precision of products with frozen weights, as `useBackend` was told last. */
export function precisionInUse(): Precision {
  return current;
}

/** Makes it hold from now on. For the choice of a backend, which has checked that it can. */
export function setPrecision(precision: Precision): void {
  current = precision;
}

/**
 * Reads a precision as a user names it.
 *
 * @throws {UserError} for one that there is not
 */
export function knownPrecision(name: string): Precision {
  const found = precisions.find((candidate) => candidate === name);
  if (found !== undefined) return found;
  const meant = nearest(name, precisions);
  throw new UserError(
    `--precision names an unknown precision ${JSON.stringify(name)}: ${
      meant === undefined ? `it is one of ${precisions.join(", ")}.` : `did you mean ${meant}?`
    }`,
  );
}

/**
 * The backend with this precision, as its reason then says it.
 *
 * @throws {UserError} where the backend does not compute in it
 */
export function withPrecision(backend: Backend, precision: Precision): Backend {
  if (precision === "fp32") return backend;
  const { name, reason, device } = backend;
  const [needed, way] = precision === "fp16"
    ? ["webgpu", "take --backend webgpu"]
    : ["native", "set native up (deno task native) and take --backend native"];
  if (name !== needed) {
    throw new UserError(
      `--precision ${precision} needs the ${needed} backend, and this is ${
        reason.replace(/\.$/, "")
      }: leave it out, or ${way}.`,
    );
  }
  if (precision === "fp16") {
    return { ...backend, precision, reason: `${reason.replace(/\.$/, "")}, in fp16.` };
  }
  const slow = device.includes("GPU") || hasFastUnits(cpuInfo()) !== false
    ? ""
    : ", for which this CPU has no fast units: expect it to be slower than fp32";
  return { ...backend, precision, reason: `${reason.replace(/\.$/, "")}, in ${precision}${slow}.` };
}

/** What Linux says of the CPU; undefined where that may not be read, or elsewhere. */
export function cpuInfo(): string | undefined {
  const path = "/proc/cpuinfo";
  if (Deno.build.os !== "linux" || !permitted({ name: "read", path })) return undefined;
  try {
    return new TextDecoder().decode(readWholeSync(path));
  } catch {
    return undefined;
  }
}

/**
 * Whether a CPU multiplies bfloat16 faster than float32, by what Linux says of it; undefined where it says nothing of its
 * units. Intel's is fast by AMX alone: an Emerald Rapids whose AMX a virtual machine hides does 156 GFLOP/s in bfloat16 and
 * 281 in float32 (oneDNN 3.11, two threads), an EPYC with the same `avx512_bf16` twice as many as in float32.
 */
export function hasFastUnits(info: string | undefined): boolean | undefined {
  const flags = info?.match(/^(?:flags|Features)\s*:.*$/m)?.[0];
  if (flags === undefined) return undefined;
  if (/\bamx_bf16\b/.test(flags)) return true;
  return /\b(?:avx512_bf16|bf16)\b/.test(flags) && !/\bGenuineIntel\b/.test(info!);
}
