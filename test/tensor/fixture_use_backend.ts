/** A program for backend_test.ts and native_test.ts: chooses a backend, multiplies, prints both as JSON. */

import * as tf from "@tensorflow/tfjs-core";
import { useBackend } from "../../lib/tensor/mod.ts";

const backend = await useBackend(Deno.args[0]);
const square = tf.tensor2d([[1, 2], [3, 4]]);
const product = Array.from(await tf.matMul(square, square).data());
console.log(JSON.stringify({ ...backend, product }));
