/**
 * Products with a matrix of doubles that stays as it is, such as the features of a problem that is solved: TensorFlow's where
 * the native backend computes, else the host's.
 *
 * @module
 */
import { nativeProducts } from "./native_doubles.ts";

/** What a matrix x, [rows, width], is multiplied by. Matrices lie row after row. */
export interface Products extends Disposable {
  /** x·weight. [width, columns] → [rows, columns] */
  times(weight: Float64Array): Float64Array;
  /** xᵀ·by. [rows, columns] → [width, columns] */
  transposedTimes(by: Float64Array): Float64Array;
}

/** Multiplications of a product below which the host is as fast as a call of TensorFlow's: about a tenth of a millisecond. */
const SMALL = 50_000;

/** Products of x, [rows, width], with matrices of so many columns, by the fastest that there is. Dispose of them when done. */
export function productsWith(x: Float64Array, width: number, columns: number): Products {
  const native = x.length * columns > SMALL ? nativeProducts(x, width) : undefined;
  return native ?? hostProducts(x, width);
}

/** The same on the host. */
export function hostProducts(x: Float64Array, width: number): Products {
  const rows = x.length / width;
  return {
    times(weight) {
      const columns = weight.length / width;
      const y = new Float64Array(rows * columns);
      for (let i = 0; i < rows; i++) {
        const row = x.subarray(i * width, (i + 1) * width);
        accumulate(y.subarray(i * columns, (i + 1) * columns), row, weight);
      }
      return y;
    },
    transposedTimes(by) {
      const columns = by.length / rows;
      const y = new Float64Array(width * columns);
      for (let from = 0; from < rows; from += 4) spread(y, x, from, width, by);
      return y;
    },
    [Symbol.dispose]() {},
  };
}

/** y += row·weight, four of its rows at a time. */
function accumulate(y: Float64Array, row: Float64Array, weight: Float64Array): void {
  const columns = y.length;
  let j = 0;
  for (; j + 3 < row.length; j += 4) {
    const [a, b, c, d] = [row[j]!, row[j + 1]!, row[j + 2]!, row[j + 3]!];
    const w0 = j * columns;
    const [w1, w2, w3] = [w0 + columns, w0 + 2 * columns, w0 + 3 * columns];
    for (let k = 0; k < columns; k++) {
      y[k]! += a * weight[w0 + k]! + b * weight[w1 + k]! + c * weight[w2 + k]! +
        d * weight[w3 + k]!;
    }
  }
  for (; j < row.length; j++) {
    for (let k = 0; k < columns; k++) y[k]! += row[j]! * weight[j * columns + k]!;
  }
}

/** y += xᵀ·by of the four rows from here on, or of those that are left. */
function spread(
  y: Float64Array,
  x: Float64Array,
  from: number,
  width: number,
  by: Float64Array,
): void {
  const columns = y.length / width;
  const zeros = new Float64Array(columns);
  const rowAt = (i: number) => {
    const row = by.subarray((from + i) * columns, (from + i + 1) * columns);
    return row.length > 0 ? row : zeros;
  };
  const [r0, r1, r2, r3] = [rowAt(0), rowAt(1), rowAt(2), rowAt(3)];
  const at = (row: number, j: number) => x[(from + row) * width + j] ?? 0;
  for (let j = 0; j < width; j++) {
    const [a, b, c, d] = [at(0, j), at(1, j), at(2, j), at(3, j)];
    const to = j * columns;
    for (let k = 0; k < columns; k++) {
      y[to + k]! += a * r0[k]! + b * r1[k]! + c * r2[k]! + d * r3[k]!;
    }
  }
}
