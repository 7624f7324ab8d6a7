/**
 * Attention on WebGPU in tiles of four, by three programs: what queries find, what is pulled back to them, and what to keys
 * and values. A group of threads keeps four rows of scores to itself, so the weights are never in the GPU's memory.
 *
 * Queries are [blocks, asking, size], keys and values [blocks, length, size], a block being a head of one sequence. What
 * `sharing` blocks begin with is in `kv`, [blocks / sharing, 2·ahead, size], first keys, then values.
 *
 * @module
 */

/** Threads of a group. */
const GROUP = 64;

/** What a group keeps: keys at most, the size of a head at most. With two arrays of each it fills the least that WebGPU has, 16 KiB. */
export const [MOST_KEYS, MOST_SIZE] = [320, 128];

/** Rows of a tile, which are a vector's lanes. */
export const TILE = 4;

const HEAD = `
var<workgroup> parts : array<vec4<f32>, ${GROUP}>;

fn total(tid : i32, part : vec4<f32>) -> vec4<f32> {
  workgroupBarrier();
  parts[tid] = part;
  workgroupBarrier();
  for (var size = ${GROUP / 2}; size > 0; size = size >> 1) {
    if (tid < size) { parts[tid] = parts[tid] + parts[tid + size]; }
    workgroupBarrier();
  }
  return parts[0];
}

fn largest(tid : i32, part : vec4<f32>) -> vec4<f32> {
  workgroupBarrier();
  parts[tid] = part;
  workgroupBarrier();
  for (var size = ${GROUP / 2}; size > 0; size = size >> 1) {
    if (tid < size) { parts[tid] = max(parts[tid], parts[tid + size]); }
    workgroupBarrier();
  }
  return parts[0];
}
`;

/** What a mask adds to the score of a key for a row, both counted from the first block's. */
const MASK = `
fn masked(row : i32, key : i32) -> f32 {
  if (uniforms.masked == 0) { return 0.0; }
  return mask[row % uniforms.maskShape[0] * uniforms.maskShape[1] + key];
}
`;

/** Sums over a head's entries, `c`, of an input from a place on: with four rows at once. */
const along = (sums: Record<string, [input: string, from: string, tile: string]>) => `
      for (var c = 0; c < size; c++) {
        ${
  Object.entries(sums).map(([sum, [input, from, tile]]) =>
    `${sum} += ${input}[${from} + c] * ${tile}[c];`
  )
    .join("\n        ")
}
      }`;

/** A tile of four rows of an input as vectors over them, those beyond the last 0. */
const taken = (tile: string, input: string, first: string, rows: string) => `
  for (var c = tid; c < size; c += ${GROUP}) {
    var lanes = vec4<f32>(0.0);
    for (var lane = 0; lane < ${rows}; lane++) { lanes[lane] = ${input}[(${first} + lane) * size + c]; }
    ${tile}[c] = lanes;
  }`;

/** Which four of a block's rows the group takes: of those that ask, or of those that are asked. */
const ofBlock = (all: "asking" | "length") => `
  let tid = i32(localId.x);
  let size = uniforms.qShape[1];
  let tiles = (uniforms.${all} + ${TILE - 1}) / ${TILE};
  let group = min(index / ${GROUP}, uniforms.workgroups - 1);
  let block = group / tiles;
  let start = group % tiles * ${TILE};
  let rows = min(${TILE}, uniforms.${all} - start);`;

/** Which four queries of which block the group takes, and where keys and values lie. */
const QUERIES = `
${ofBlock("asking")}
  let first = block * uniforms.asking + start;
  let before = block / uniforms.sharing * 2 * uniforms.ahead * size;
  let own = (block * uniforms.length - uniforms.ahead) * size;
  let keys = uniforms.ahead + uniforms.length;`;

/** For each key `j` a thread's work, of common ones and of the block's own. */
const forKeys = (common: string, own: string, then: string) => `
  for (var j = tid; j < keys; j += ${GROUP}) {
    var score = vec4<f32>(0.0);
    var pulled = vec4<f32>(0.0);
    if (j < uniforms.ahead) {${common}
    } else {${own}
      for (var lane = 0; lane < ${TILE}; lane++) {
        score[lane] += masked(first + lane, j - uniforms.ahead);
      }
    }
    ${then}
  }`;

/** An entry `c` of the four rows: all weights' products with the keys' or values' entries. */
const weighed = (weights: string, commonFrom: string, common: string, own: string) => `
    var found = vec4<f32>(0.0);
    for (var j = 0; j < uniforms.ahead; j++) {
      found += ${weights}[j] * ${common}[before + ${commonFrom} + j * size + c];
    }
    for (var j = uniforms.ahead; j < keys; j++) {
      found += ${weights}[j] * ${own}[own + j * size + c];
    }`;

const written = (result: string) =>
  `for (var lane = 0; lane < rows; lane++) { ${result}[(first + lane) * size + c] = found[lane]; }`;

const AMONG = ["asking", "length", "ahead", "sharing", "masked", "workgroups"];
const VALUES = "uniforms.ahead * size";

export const attentionSources = {
  /** What queries find: like q. */
  Attended: {
    inputs: ["q", "kv", "k", "v", "mask"],
    counts: AMONG,
    whole: `${HEAD}${MASK}
var<workgroup> asked : array<vec4<f32>, ${MOST_SIZE}>;
var<workgroup> weights : array<vec4<f32>, ${MOST_KEYS}>;
fn main(index : i32) {${QUERIES}
  ${taken("asked", "q", "first", "rows")}
  workgroupBarrier();
  var most = vec4<f32>(-3.402823e+38f);
  ${
      forKeys(
        along({ score: ["kv", "before + j * size", "asked"] }),
        along({ score: ["k", "own + j * size", "asked"] }),
        "weights[j] = score; most = max(most, score);",
      )
    }
  most = largest(tid, most);
  var sum = vec4<f32>(0.0);
  for (var j = tid; j < keys; j += ${GROUP}) {
    let weight = exp(weights[j] - most);
    weights[j] = weight;
    sum += weight;
  }
  sum = total(tid, sum);
  for (var c = tid; c < size; c += ${GROUP}) {
    ${weighed("weights", VALUES, "kv", "v")}
    found = found / sum;
    ${written("result")}
  }
}`,
  },
  /** The cotangent of q from d, that of what was found; and of each row the logarithm of its sum and ⟨weights, d weights⟩. */
  AttendedPull: {
    inputs: ["q", "kv", "k", "v", "mask", "d"],
    counts: AMONG,
    further: { sums: { columns: 2 } },
    whole: `${HEAD}${MASK}
var<workgroup> asked : array<vec4<f32>, ${MOST_SIZE}>;
var<workgroup> back : array<vec4<f32>, ${MOST_SIZE}>;
var<workgroup> weights : array<vec4<f32>, ${MOST_KEYS}>;
var<workgroup> slopes : array<vec4<f32>, ${MOST_KEYS}>;
fn main(index : i32) {${QUERIES}
  ${taken("asked", "q", "first", "rows")}
  ${taken("back", "d", "first", "rows")}
  workgroupBarrier();
  var most = vec4<f32>(-3.402823e+38f);
  ${
      forKeys(
        along({
          score: ["kv", "before + j * size", "asked"],
          pulled: ["kv", `before + (uniforms.ahead + j) * size`, "back"],
        }),
        along({
          score: ["k", "own + j * size", "asked"],
          pulled: ["v", "own + j * size", "back"],
        }),
        "weights[j] = score; slopes[j] = pulled; most = max(most, score);",
      )
    }
  most = largest(tid, most);
  var sum = vec4<f32>(0.0);
  var along = vec4<f32>(0.0);
  for (var j = tid; j < keys; j += ${GROUP}) {
    let weight = exp(weights[j] - most);
    weights[j] = weight;
    sum += weight;
    along += weight * slopes[j];
  }
  sum = total(tid, sum);
  along = total(tid, along) / sum;
  for (var j = tid; j < keys; j += ${GROUP}) {
    slopes[j] = weights[j] / sum * (slopes[j] - along);
  }
  if (tid < rows) {
    further_sums[2 * (first + tid)] = most[tid] + log(sum[tid]);
    further_sums[2 * (first + tid) + 1] = along[tid];
  }
  workgroupBarrier();
  for (var c = tid; c < size; c += ${GROUP}) {
    ${weighed("slopes", "0", "kv", "k")}
    ${written("result")}
  }
}`,
  },
  /**
   * The cotangents of keys and values, [blocks, length, size], which lie in blocks of `stride` rows, values from row
   * `values` on: the block's own, or the common ones with all that asks for them as one block.
   */
  KeysPull: {
    inputs: ["q", "k", "v", "mask", "d", "sums"],
    counts: ["asking", "length", "stride", "values", "masked", "workgroups"],
    further: { values: {} },
    whole: `${MASK}
var<workgroup> held : array<vec4<f32>, ${MOST_SIZE}>;
var<workgroup> given : array<vec4<f32>, ${MOST_SIZE}>;
var<workgroup> weights : array<vec4<f32>, ${GROUP}>;
var<workgroup> slopes : array<vec4<f32>, ${GROUP}>;
fn main(index : i32) {
  ${ofBlock("length")}
  ${taken("held", "k", "block * uniforms.stride + start", "rows")}
  ${taken("given", "v", "block * uniforms.stride + uniforms.values + start", "rows")}
  var ofKeys : array<vec4<f32>, ${MOST_SIZE / GROUP}>;
  var ofValues : array<vec4<f32>, ${MOST_SIZE / GROUP}>;
  for (var begin = 0; begin < uniforms.asking; begin += ${GROUP}) {
    workgroupBarrier();
    let row = block * uniforms.asking + begin + tid;
    var score = vec4<f32>(0.0);
    var pulled = vec4<f32>(0.0);
    if (begin + tid < uniforms.asking) {
      ${
      along({
        score: ["q", "row * size", "held"],
        pulled: ["d", "row * size", "given"],
      })
    }
      for (var lane = 0; lane < rows; lane++) { score[lane] += masked(row, start + lane); }
      let weight = exp(score - sums[2 * row]);
      weights[tid] = weight;
      slopes[tid] = weight * (pulled - sums[2 * row + 1]);
    }
    workgroupBarrier();
    let there = min(${GROUP}, uniforms.asking - begin);
    for (var part = 0; part < ${MOST_SIZE / GROUP}; part++) {
      let c = tid + part * ${GROUP};
      if (c < size) {
        for (var i = 0; i < there; i++) {
          let at = (block * uniforms.asking + begin + i) * size + c;
          ofKeys[part] += slopes[i] * q[at];
          ofValues[part] += weights[i] * d[at];
        }
      }
    }
  }
  for (var part = 0; part < ${MOST_SIZE / GROUP}; part++) {
    let c = tid + part * ${GROUP};
    if (c < size) {
      for (var lane = 0; lane < rows; lane++) {
        let at = (block * uniforms.length + start + lane) * size + c;
        result[at] = ofKeys[part][lane];
        further_values[at] = ofValues[part][lane];
      }
    }
  }
}`,
  },
};
