/**
 * What WebGPU is asked to do, counted where TensorFlow.js asks for it, and what it can't do, said before it is tried.
 *
 * @module
 */
import { UserError } from "../errors.ts";

/** What a computation asks of a GPU. */
export interface Traffic {
  /** How many programs were started. */
  dispatches: number;
  /** How many tensors were sent to the GPU. */
  uploads: number;
  /** Bytes of those. */
  uploadedBytes: number;
  /** How many tensors were read from the GPU. */
  reads: number;
  /** Bytes of those. */
  readBytes: number;
  /** How many programs were compiled. */
  pipelines: number;
  /** Dispatches by program, the most frequent first. */
  programs: Record<string, number>;
}

/** What of TensorFlow.js' WebGPU backend is watched. */
export interface WatchedBackend {
  device: GPUDevice;
  tensorMap: {
    get(id: object): { values?: ArrayLike<number> | null; resource?: unknown } | undefined;
  };
  /** Tensors that programs not yet handed to the GPU read or write. */
  commandQueueOwnedIds: { has(id: object): boolean };
  pipelineCache: Record<string, unknown>;
  bufferManager: {
    acquireBuffer(size: number, ...more: unknown[]): GPUBuffer;
    /** For another tensor, or for good where it is not `again`. */
    releaseBuffer(buffer: GPUBuffer, again: boolean): void;
  };
  recordAndSubmit(program: { shaderKey: string }, ...more: unknown[]): void;
  uploadToGPU(id: object): void;
  getBufferData(buffer: GPUBuffer): Promise<ArrayBuffer>;
}

let watched: WatchedBackend | undefined;
let counts: Omit<Traffic, "pipelines" | "programs"> = none();
let programs = new Map<string, number>();
let compiled = 0;

function none() {
  return { dispatches: 0, uploads: 0, uploadedBytes: 0, reads: 0, readBytes: 0 };
}

/** Watches a backend from now on. */
export function watchTraffic(backend: WatchedBackend): void {
  watched = backend;
  const { recordAndSubmit, uploadToGPU, getBufferData, bufferManager } = backend;
  backend.recordAndSubmit = (program, ...more) => {
    counts.dispatches++;
    const name = program.shaderKey.split(/[_;]/)[0]!;
    programs.set(name, (programs.get(name) ?? 0) + 1);
    recordAndSubmit.call(backend, program, ...more);
  };
  backend.uploadToGPU = (id) => {
    const { values, resource } = backend.tensorMap.get(id) ?? {};
    if (values && !resource) {
      counts.uploads++;
      counts.uploadedBytes += 4 * values.length;
    }
    uploadToGPU.call(backend, id);
  };
  backend.getBufferData = (buffer) => {
    counts.reads++;
    counts.readBytes += buffer.size;
    return getBufferData.call(backend, buffer);
  };
  const { acquireBuffer } = bufferManager;
  bufferManager.acquireBuffer = (size, ...more) => {
    refuseTooLarge(size, backend.device.limits);
    return acquireBuffer.call(bufferManager, size, ...more);
  };
}

/**
 * Refuses what no binding of the GPU can hold: the device itself would only report it when the numbers are read.
 *
 * @throws {UserError}
 */
export function refuseTooLarge(
  size: number,
  limits: Pick<GPUSupportedLimits, "maxBufferSize" | "maxStorageBufferBindingSize">,
): void {
  const most = Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize);
  if (size <= most) return;
  const mebibytes = (bytes: number) => `${Math.ceil(bytes / 2 ** 20)} MiB`;
  throw new UserError(
    `a tensor of ${mebibytes(size)} is more than this GPU binds (${mebibytes(most)}): ` +
      "take fewer images in a batch or fewer classes, or --backend native or wasm",
  );
}

/** Runs `f` and counts what it asks of the GPU; undefined where none is in use. */
export async function countTraffic(f: () => void | Promise<void>): Promise<Traffic | undefined> {
  if (!watched) {
    await f();
    return undefined;
  }
  [counts, programs] = [none(), new Map()];
  compiled = Object.keys(watched.pipelineCache).length;
  await f();
  return {
    ...counts,
    pipelines: Object.keys(watched.pipelineCache).length - compiled,
    programs: Object.fromEntries([...programs].sort((a, b) => b[1] - a[1])),
  };
}
