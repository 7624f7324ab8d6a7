/** Every op on WebGPU, first and second derivatives. */
import { testOps } from "../tensor/ops.ts";
import { BACKEND } from "./adapter.ts";

await testOps([BACKEND]);
