/** Every op on the backends of this process; WebGPU's tests have one of their own, in test/gpu. */
import { testOps } from "./ops.ts";

await testOps(["wasm", "native", "cpu"]);
