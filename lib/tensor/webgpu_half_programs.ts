/**
 * The programs that read weights of two float16 to a 32-bit word: WGSL unpacks them on every adapter, `shader-f16` is not
 * needed.
 *
 * @module
 */

/** Rows and columns of a tile of the result, and how far along the sum a group of threads reads at once. */
export const HALF_TILE = 32;

/** Threads of a group, each of which computes 4 × 4 of a tile's results; vectors of four in a tile's side. */
const [GROUP, FOURS] = [64, HALF_TILE / 4];

const times = ["x", "y", "z", "w"];

export const halfSources = {
  /** x·W + bias, or x·Wᵀ: `across` and `along` are what the place of a weight grows by from column to column and along the sum. */
  HalfProduct: {
    inputs: ["x", "half", "bias"],
    counts: ["inner", "across", "along", "biased", "workgroups"],
    whole: `
var<workgroup> left : array<vec4<f32>, ${HALF_TILE * FOURS}>;
var<workgroup> right : array<vec4<f32>, ${HALF_TILE * FOURS}>;

fn pair(word : i32) -> vec2<f32> {
  return unpack2x16float(bitcast<u32>(half[word]));
}

fn weight(at : i32) -> f32 {
  return pair(at >> 1)[at & 1];
}

fn main(index : i32) {
  let tid = i32(localId.x);
  let rows = uniforms.outShape[0];
  let cols = uniforms.outShape[1];
  let inner = uniforms.inner;
  let across = uniforms.across;
  let wide = (cols + ${HALF_TILE - 1}) / ${HALF_TILE};
  let group = min(index / ${GROUP}, uniforms.workgroups - 1);
  let top = group / wide * ${HALF_TILE};
  let start = group % wide * ${HALF_TILE};
  ${times.map((_, i) => `var sum${i} = vec4<f32>(0.0);`).join(" ")}
  for (var k = 0; k < inner; k += ${HALF_TILE}) {
    workgroupBarrier();
    // Neighbouring threads read neighbouring numbers. What lies beyond the sum's end is 0 in one factor, beyond the
    // result's edges it is not written.
    for (var i = tid; i < ${HALF_TILE * FOURS}; i += ${GROUP}) {
      let depth = i % ${HALF_TILE};
      let four = i / ${HALF_TILE};
      let at = (top + 4 * four) * inner + k + depth;
      let there = select(0.0, 1.0, k + depth < inner);
      left[depth * ${FOURS} + four] = there * vec4<f32>(${
      times.map((_, lane) => `x[min(at + ${lane} * inner, rows * inner - 1)]`).join(", ")
    });
    }
    for (var i = tid; i < ${HALF_TILE * FOURS}; i += ${GROUP}) {
      let by = uniforms.along == 1;
      let depth = select(i / ${FOURS}, i % ${HALF_TILE}, by);
      let four = select(i % ${FOURS}, i / ${HALF_TILE}, by);
      let at = (start + 4 * four) * across + min(k + depth, inner - 1) * uniforms.along;
      if (across == 1 && (at & 1) == 0) {
        right[depth * ${FOURS} + four] = vec4<f32>(pair(at >> 1), pair((at >> 1) + 1));
      } else {
        right[depth * ${FOURS} + four] = vec4<f32>(${
      times.map((_, lane) => `weight(at + ${lane} * across)`).join(", ")
    });
      }
    }
    workgroupBarrier();
    for (var depth = 0; depth < ${HALF_TILE}; depth++) {
      let a = left[depth * ${FOURS} + tid / ${FOURS}];
      let b = right[depth * ${FOURS} + tid % ${FOURS}];
      ${times.map((lane, i) => `sum${i} += a.${lane} * b;`).join(" ")}
    }
  }
  let row = top + tid / ${FOURS} * 4;
  let col = start + tid % ${FOURS} * 4;
  for (var j = 0; j < 4; j++) {
    if (col + j < cols) {
      var more = 0.0;
      if (uniforms.biased == 1) { more = bias[col + j]; }
      ${
      times.map((_, i) =>
        `if (row + ${i} < rows) { result[(row + ${i}) * cols + col + j] = sum${i}[j] + more; }`
      ).join("\n      ")
    }
    }
  }
}`,
  },
  /** Two numbers to a word, where they are on the GPU already. */
  Halved: {
    inputs: ["x"],
    counts: ["count"],
    words: true,
    entry: "bitcast<i32>(pack2x16float(vec2<f32>(x[2 * i], " +
      "select(0.0, x[min(2 * i + 1, uniforms.count - 1)], 2 * i + 1 < uniforms.count))))",
  },
};
