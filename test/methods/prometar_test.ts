/** ProMetaR's parts and alternatives against its equations, written plainly, on every base. */

import assert from "node:assert/strict";
import type { Batch, Draws, State, Task } from "../../lib/methods/mod.ts";
import { mixedPixels } from "../../lib/methods/mixing.ts";
import { drawTask } from "../../lib/methods/virtual_tasks.ts";
import { ensembleFeatures } from "../../lib/methods/zero_shot.ts";
import { streams } from "../../lib/random/mod.ts";
import { encodeImages } from "../../lib/clip/mod.ts";
import { ensemble } from "../../lib/templates.ts";
import {
  abs,
  add,
  concat,
  dispose,
  grad,
  logSoftmax,
  matMul,
  mean,
  mul,
  neg,
  pick,
  readSync,
  reshape,
  scale,
  sigmoid,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  type Tensors,
  tidy,
  transpose,
  unitLength,
} from "../../lib/tensor/mod.ts";
import { learnerOf, needed, numbers, problem, type Problem, train } from "./problem.ts";

const draws: Draws = { query: [1, 4], support: [0, 2, 3, 5], shares: [0.3, 0.9], partners: [2, 0] };
