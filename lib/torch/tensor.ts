/** Tensors of a torch file: where their elements lie, checked, and how the stored bytes become numbers. */

import { UserError } from "../errors.ts";

/** An element type of a torch file, under the name that safetensors files give it. */
export type TorchDType =
  | "F64"
  | "I64"
  | "F32"
  | "I32"
  | "F16"
  | "BF16"
  | "I16"
  | "I8"
  | "U8"
  | "BOOL";

/** Bytes of an element. */
export const itemBytes: Record<TorchDType, number> = {
  F64: 8,
  I64: 8,
  F32: 4,
  I32: 4,
  F16: 2,
  BF16: 2,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
};

/** Elements: half precision is widened to single and short integers to 32 bits, which is exact; BOOL is 0 or 1. */
export type TorchElements =
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | BigInt64Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>;

/** A run of elements that tensors are views of. */
export interface Storage {
  /** The type of the storage's elements. */
  dtype: TorchDType;
  /** The storage's name in the file. */
  key: string;
  /** How many elements it has. */
  count: number;
  /** Its bytes from `offset` on, which lie in it. */
  range(offset: number, length: number): Uint8Array<ArrayBuffer>;
}

/** A view of a storage, as PyTorch's tensors are. */
export interface View {
  storage: Storage;
  /** The first element's place in the storage. */
  offset: number;
  shape: number[];
  /** Elements from one place of a dimension to its next. */
  strides: number[];
}

/** PyTorch's own limit is 64. */
const MOST_DIMENSIONS = 64;

/** A tensor of a torch file, which is read when it is asked for. */
export class TorchTensor {
  /** Sizes, outermost first. */
  readonly shape: readonly number[];
  /** How its elements are stored. */
  readonly dtype: TorchDType;
  readonly #view: View;

  /**
   * Checks that the view lies in its storage.
   *
   * @param fail says what is wrong with the file
   */
  constructor(view: View, fail: (what: string) => never) {
    const { storage, offset, shape, strides } = view;
    const said = `a tensor of shape [${shape.slice(0, 8)}], strides [${
      strides.slice(0, 8)
    }], offset ${offset}`;
    if (shape.length !== strides.length || shape.length > MOST_DIMENSIONS) {
      fail(`it has ${said}`);
    }
    const size = shape.reduce((product, n) => product * n, 1);
    const last = shape.reduce((at, n, i) => at + (n - 1) * strides[i]!, offset);
    if (size > 0 && last >= storage.count || offset > storage.count || size > storage.count) {
      fail(
        `it has ${said}, more than its storage of ${storage.count} elements` +
          (last < storage.count ? " (an expanded tensor is saved as .contiguous())" : ""),
      );
    }
    this.shape = shape;
    this.dtype = storage.dtype;
    this.#view = view;
  }

  /** Its elements in the order of its shape, the last dimension varying fastest. */
  read(): { shape: number[]; data: TorchElements } {
    const { storage, offset, shape, strides } = this.#view;
    const size = shape.reduce((product, n) => product * n, 1);
    const extent = size === 0 ? 0 : shape.reduce((at, n, i) => at + (n - 1) * strides[i]!, 1);
    const width = itemBytes[storage.dtype];
    const found = elements[storage.dtype](
      storage.range(offset * width, extent * width).buffer,
    );
    return { shape: [...shape], data: inOrder(found, shape, strides, size) };
  }

  /** The same in single precision. */
  readFloats(): { shape: number[]; data: Float32Array<ArrayBuffer> } {
    const { shape, data } = this.read();
    if (data instanceof Float32Array) return { shape, data };
    return { shape, data: Float32Array.from(data as ArrayLike<number | bigint>, Number) };
  }
}

/** How the stored bytes become elements. Every machine that runs this is little-endian, as the files that are read are. */
const elements: Record<TorchDType, (buffer: ArrayBuffer) => TorchElements> = {
  F64: (buffer) => new Float64Array(buffer),
  I64: (buffer) => new BigInt64Array(buffer),
  F32: (buffer) => new Float32Array(buffer),
  I32: (buffer) => new Int32Array(buffer),
  F16: (buffer) => new Float32Array(new Float16Array(buffer)),
  BF16: (buffer) =>
    new Float32Array(Uint32Array.from(new Uint16Array(buffer), (half) => half << 16).buffer),
  I16: (buffer) => new Int32Array(new Int16Array(buffer)),
  I8: (buffer) => new Int32Array(new Int8Array(buffer)),
  U8: (buffer) => new Uint8Array(buffer),
  BOOL: (buffer) => new Uint8Array(buffer),
};

function inOrder<T extends TorchElements>(
  found: T,
  shape: number[],
  strides: number[],
  size: number,
): T {
  let expected = 1;
  const straight = shape.toReversed().every((n, i) => {
    const fits = n === 1 || strides.at(-1 - i) === expected;
    expected *= n;
    return fits;
  });
  if (straight || size === 0) return found;
  const ordered = new (found.constructor as new (length: number) => T)(size);
  const index = shape.map(() => 0);
  for (let i = 0, at = 0; i < size; i++) {
    ordered[i] = found[at]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      at -= shape[axis]! * strides[axis]!;
      index[axis] = 0;
    }
  }
  return ordered;
}

/** Throws the error of a file that is damaged. */
export function damaged(name: string): (what: string) => never {
  return (what) => {
    throw new UserError(`${name} can't be read: ${what}.`);
  };
}
