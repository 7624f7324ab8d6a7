/**
 * The programs that are formulas (formulas.ts) on the native backend: C++ that is compiled with the addon (native_programs_code.ts)
 * and that TensorFlow knows as ops. Each reads its inputs once and writes its results once, where TensorFlow's own kernels take a pass over memory
 * for every sum and product.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";
import { formulas, type Source } from "./formulas.ts";
import type { NativeBackend } from "./native_kernels.ts";

/** How the names of the ops begin. */
export const OP = "Plumbline";

interface ProgramBackend extends NativeBackend {
  write(values: Int32Array | Float32Array, shape: number[], dtype: "int32" | "float32"): tf.DataId;
  executeMultipleOutputs(
    name: string,
    attributes: unknown[],
    inputs: tf.TensorInfo[],
    outputs: number,
  ): tf.TensorInfo[];
  disposeData(id: tf.DataId): boolean;
}

/** Makes TensorFlow.js know them. Called once, when the native backend is registered, where no GPU computes. */
export function registerNativePrograms(): void {
  for (const [kernelName, source] of Object.entries<Source>(formulas)) {
    const { inputs: names, numbers, further = {} } = source;
    tf.registerKernel({
      kernelName,
      backendName: "tensorflow",
      kernelFunc: ({ inputs, attrs, backend: computing }) => {
        const backend = computing as ProgramBackend;
        const arrays = names.map((name) => inputs[name]!);
        const run = (all: tf.TensorInfo[]) =>
          backend.executeMultipleOutputs(OP + kernelName, [], all, 1 + Object.keys(further).length);
        if (!numbers) return single(run(arrays));
        // An input, as TensorFlow keeps a kernel for ever for each value of an attribute.
        const told = Float32Array.from(numbers, (number) => Number(attrs?.[number]));
        const shape = [told.length];
        const dataId = backend.write(told, shape, "float32");
        const results = run([...arrays, { dataId, shape, dtype: "float32" }]);
        backend.disposeData(dataId);
        return single(results);
      },
    });
  }
}

function single(results: tf.TensorInfo[]): tf.TensorInfo | tf.TensorInfo[] {
  return results.length === 1 ? results[0]! : results;
}
