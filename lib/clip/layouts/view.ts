/**
 * Tensors seen by other names: what a layout makes of a file. Nothing is read before it is asked for.
 *
 * @module
 */
import type { StoredTensor, TensorFile } from "../safetensors.ts";

/** Where a tensor comes from. */
export interface Part {
  /** The file's own keys: several are put one below the other. */
  keys: readonly string[];
  /** Its shape, where that is another of as many numbers. */
  shape?: number[];
  /** The last two axes exchanged. */
  transposed?: true;
  /** The share of the rows that is meant, from and to. */
  rows?: readonly [from: number, to: number];
  /** Rows of zeros, of as many as a key has, put below that key. */
  zeros?: string;
}

/** The file under other names. */
export function view(file: TensorFile, parts: ReadonlyMap<string, Part>): TensorFile {
  const part = (key: string): Part => parts.get(key) ?? { keys: [key] };
  const shape = (key: string): number[] => {
    const { keys, shape, transposed, zeros, rows: share } = part(key);
    if (shape && length(shape) === length(file.shape(keys[0]!))) return shape;
    const [first, ...more] = keys.map((own) => file.shape(own)) as [number[], ...number[][]];
    if (share) {
      const [from, to] = share.map((at) => Math.round(at * first[0]!)) as [number, number];
      return [to - from, ...first.slice(1)];
    }
    if (transposed) return first.toReversed();
    if (keys.length === 1) return first;
    const rows = [first, ...more].reduce((sum, [n]) => sum + n!, 0);
    return [rows + (zeros ? file.shape(zeros)[0]! : 0), ...first.slice(1)];
  };
  const read = (key: string): StoredTensor<Float32Array> => {
    const { keys, transposed, zeros, rows: share } = part(key);
    const whole = keys.map((own) => ({ own, ...file.readFloats(own) }));
    if (whole.length === 1) {
      const { data } = whole[0]!;
      if (share) {
        const [from, to] = share.map((at) =>
          Math.round(at * whole[0]!.shape[0]!) * (data.length / whole[0]!.shape[0]!)
        );
        return { shape: shape(key), data: data.slice(from, to) };
      }
      return { shape: shape(key), data: transposed ? exchanged(data, whole[0]!.shape) : data };
    }
    const data = new Float32Array(shape(key).reduce((a, b) => a * b, 1));
    whole.reduce((at, { own, data: rows }) => {
      data.set(rows, at);
      return at + rows.length * (own === zeros ? 2 : 1);
    }, 0);
    return { shape: shape(key), data };
  };
  return {
    ...file,
    keys: [...parts.keys()],
    shape,
    dtype: (key) => file.dtype(part(key).keys[0]!),
    read,
    readFloats: read,
  };
}

function length(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

function exchanged(data: Float32Array, [rows, columns]: number[]): Float32Array {
  const out = new Float32Array(data.length);
  for (let row = 0; row < rows!; row++) {
    for (let column = 0; column < columns!; column++) {
      out[column * rows! + row] = data[row * columns! + column]!;
    }
  }
  return out;
}
