/**
 * Which backend computes: the first of native, webgpu and wasm that works here, or exactly the one that was asked for.
 * The pure part; what makes each of them work is in backend.ts.
 *
 * @module
 */
import { nearest, UserError } from "../errors.ts";
import type { Precision } from "./precision.ts";

/**
 * A way to compute: TensorFlow's C library, WebGPU, WebAssembly, or plain JavaScript (slow: for tests).
 *
 * @category Load
 */
export type BackendName = "native" | "webgpu" | "wasm" | "cpu";

/**
 * What computes from now on. All of it goes into the run record.
 *
 * @category Load
 */
export interface Backend {
  /** Which of the four backends computes. */
  name: BackendName;
  /** One sentence: why this backend and no better one. */
  reason: string;
  /** What it computes on, such as `CPU (x86_64, 2 threads)`. */
  device: string;
  /** The precision of products with frozen weights, where that is not float32. */
  precision?: Exclude<Precision, "fp32">;
}

/** The backend and its precision in one name, `native bf16`: what of them decides numbers. float32 goes without saying. */
export function computedIn(name: string, precision?: string): string {
  return precision === undefined ? name : `${name} ${precision}`;
}

/**
 * Sets a backend up and says what it computes on; throws a `UserError` that says why it can't.
 *
 * @param software whether a GPU that is computed by the CPU will do: slow, and for tests
 */
export type SetUp = (software: boolean) => Promise<string>;

const names: readonly BackendName[] = ["native", "webgpu", "wasm", "cpu"];

/** WebGPU on a software adapter, as it is asked for. */
const SOFTWARE = "webgpu:software";

/** Best first. `cpu` is never chosen, only asked for. */
const order: readonly BackendName[] = ["native", "webgpu", "wasm"];

/**
 * Sets up the backend that is asked for, or the first of native → webgpu → wasm whose set-up succeeds.
 *
 * @param asked a name, and who asked (for messages): `--backend`, `PLUMBLINE_BACKEND`
 * @throws {UserError} for an unknown name, or when the backend asked for doesn't work here
 */
export async function choose(
  asked: { name: string; by: string } | undefined,
  setUps: Record<BackendName, SetUp>,
): Promise<Backend> {
  if (asked !== undefined) {
    const software = asked.name === SOFTWARE;
    const name = software ? "webgpu" : known(asked.name, asked.by);
    return { name, device: await setUps[name](software), reason: `${name}, as ${asked.by} asks.` };
  }
  const failures: string[] = [];
  for (const name of order) {
    try {
      return { name, device: await setUps[name](false), reason: reason(name, failures) };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      failures.push(error.message.replace(/\.$/, ""));
    }
  }
  throw new UserError(`No backend works here: ${failures.join("; ")}.`);
}

/** Whether an adapter computes on the CPU: right results, but far slower there than wasm. */
export function isSoftware(
  info: Pick<GPUAdapterInfo, "description" | "isFallbackAdapter">,
): boolean {
  return info.isFallbackAdapter ||
    /llvmpipe|lavapipe|softpipe|swiftshader|basic render|software/i.test(info.description);
}

function reason(name: BackendName, failures: string[]): string {
  if (failures.length === 0) return `${name}, the fastest, is set up.`;
  return `${name}, because ${failures.join("; ")}.`;
}

function known(name: string, by: string): BackendName {
  const found = names.find((candidate) => candidate === name);
  if (found !== undefined) return found;
  const meant = nearest(name, names);
  const hint = meant === undefined ? `it is one of ${names.join(", ")}.` : `did you mean ${meant}?`;
  throw new UserError(`${by} names an unknown backend ${JSON.stringify(name)}: ${hint}`);
}
