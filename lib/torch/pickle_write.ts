/** Writes a pickle (protocol 2) of plain containers, numbers, texts and tensors, as torch.save would. */

import { UserError } from "../errors.ts";
import type { TorchGiven, TorchTensorGiven } from "./write.ts";

/** A tensor and its storage's name. */
export interface Stored extends TorchTensorGiven {
  key: string;
}

/**
 * The pickle's bytes.
 *
 * @param store takes a tensor and gives the name of its storage
 */
export function writePickle(
  value: TorchGiven,
  store: (tensor: TorchTensorGiven) => string,
): Uint8Array<ArrayBuffer> {
  const out = new Writer();
  out.bytes(0x80, 2); // PROTO
  put(out, value, store, "the value");
  out.bytes(0x2e); // STOP
  return out.done();
}

class Writer {
  readonly #parts: Uint8Array[] = [];

  bytes(...bytes: number[]): void {
    this.#parts.push(Uint8Array.from(bytes));
  }

  /** An opcode and a number of `width` bytes behind it. */
  number(code: number, width: number, set: (view: DataView) => void): void {
    const part = new Uint8Array(1 + width);
    part[0] = code;
    set(new DataView(part.buffer, 1));
    this.#parts.push(part);
  }

  text(text: string): void {
    const bytes = new TextEncoder().encode(text);
    this.number(0x58, 4, (view) => view.setUint32(0, bytes.length, true)); // BINUNICODE
    this.#parts.push(bytes);
  }

  global(module: string, name: string): void {
    this.#parts.push(new TextEncoder().encode(`c${module}\n${name}\n`));
  }

  int(value: number): void {
    if (value >= -(2 ** 31) && value < 2 ** 31) {
      this.number(0x4a, 4, (view) => view.setInt32(0, value, true)); // BININT
    } else {
      this.bytes(0x8a, 8); // LONG1
      const part = new Uint8Array(8);
      new DataView(part.buffer).setBigInt64(0, BigInt(value), true);
      this.#parts.push(part);
    }
  }

  done(): Uint8Array<ArrayBuffer> {
    const whole = new Uint8Array(this.#parts.reduce((n, part) => n + part.length, 0));
    this.#parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
    return whole;
  }
}

function put(
  out: Writer,
  value: TorchGiven,
  store: (tensor: TorchTensorGiven) => string,
  path: string,
): void {
  if (value === null) out.bytes(0x4e); // NONE
  else if (typeof value === "boolean") out.bytes(value ? 0x88 : 0x89);
  else if (typeof value === "string") out.text(value);
  else if (typeof value === "number") {
    if (Number.isSafeInteger(value)) out.int(value);
    else out.number(0x47, 8, (view) => view.setFloat64(0, value)); // BINFLOAT
  } else if (Array.isArray(value)) {
    out.bytes(0x5d, 0x28); // EMPTY_LIST MARK
    value.forEach((item, i) => put(out, item, store, `${path}[${i}]`));
    out.bytes(0x65); // APPENDS
  } else if (isTensor(value)) putTensor(out, value, store(checked(value, path)));
  else {
    out.global("collections", "OrderedDict");
    out.bytes(0x29, 0x52, 0x28); // EMPTY_TUPLE REDUCE MARK
    for (const [key, inner] of Object.entries(value)) {
      out.text(key);
      put(out, inner, store, key);
    }
    out.bytes(0x75); // SETITEMS
  }
}

function isTensor(value: object): value is TorchTensorGiven {
  return "data" in value && ArrayBuffer.isView(value.data);
}

function checked(tensor: TorchTensorGiven, path: string): TorchTensorGiven {
  const size = tensor.shape.reduce((product, n) => product * n, 1);
  if (size === tensor.data.length) return tensor;
  throw new UserError(
    `${path} has shape [${tensor.shape}] but ${tensor.data.length} elements; give it the shape of its data.`,
  );
}

/** torch._utils._rebuild_tensor_v2(storage, 0, shape, strides, requires_grad, no hooks). */
function putTensor(out: Writer, { shape, data }: TorchTensorGiven, key: string): void {
  out.global("torch._utils", "_rebuild_tensor_v2");
  out.bytes(0x28, 0x28); // MARK MARK
  out.text("storage");
  out.global("torch", storageType(data));
  out.text(key);
  out.text("cpu");
  out.int(data.length);
  out.bytes(0x74, 0x51); // TUPLE BINPERSID
  out.int(0);
  putSizes(out, shape);
  putSizes(out, shape.map((_, i) => shape.slice(i + 1).reduce((product, n) => product * n, 1)));
  out.bytes(0x89); // NEWFALSE
  out.global("collections", "OrderedDict");
  out.bytes(0x29, 0x52, 0x74, 0x52); // EMPTY_TUPLE REDUCE TUPLE REDUCE
}

function putSizes(out: Writer, sizes: readonly number[]): void {
  out.bytes(0x28); // MARK
  for (const size of sizes) out.int(size);
  out.bytes(0x74); // TUPLE
}

function storageType(data: TorchTensorGiven["data"]): string {
  if (data instanceof Float32Array) return "FloatStorage";
  if (data instanceof Float64Array) return "DoubleStorage";
  if (data instanceof Float16Array) return "HalfStorage";
  if (data instanceof Int32Array) return "IntStorage";
  return data instanceof BigInt64Array ? "LongStorage" : "ByteStorage";
}
