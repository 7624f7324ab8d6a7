/**
 * What a pickle may name: the few functions and classes that tensors are rebuilt from, each done here by reading its
 * arguments. A name that is not here is refused; nothing of Python is ever looked up or called.
 */

import { type Storage, type TorchDType, TorchTensor } from "./tensor.ts";

/** Says what is wrong with the file. */
export type Fail = (what: string) => never;

/** A name that a pickle may put to use. */
export interface Global {
  /** `module.name` */
  name: string;
  /** What a call of it gives. */
  call?(args: unknown[], fail: Fail): unknown;
  /** The elements of the storages of this type. */
  dtype?: TorchDType;
}

/** An instance of a Python class that is no tensor: its fields, for whoever looks; it does nothing. */
export class TorchObject {
  /** The object's fields by name; empty where it has none. */
  fields: ReadonlyMap<unknown, unknown> = new Map();

  /** The object's class, `module.name`. */
  readonly of: string;

  /** Makes an object of the class `of`, without fields. */
  constructor(of: string) {
    this.of = of;
  }
}

const storages: Record<string, TorchDType> = {
  ...{ DoubleStorage: "F64", FloatStorage: "F32", HalfStorage: "F16", BFloat16Storage: "BF16" },
  ...{ LongStorage: "I64", IntStorage: "I32", ShortStorage: "I16", CharStorage: "I8" },
  ...{ ByteStorage: "U8", BoolStorage: "BOOL" },
};

const calls: Record<string, NonNullable<Global["call"]>> = {
  "collections.OrderedDict": ([pairs], fail) => dict(pairs, fail),
  "collections.Counter": ([counts], fail) => dict(counts, fail),
  "collections.defaultdict": () => new Map(),
  "torch._utils._rebuild_tensor": ([storage, offset, shape, strides], fail) =>
    tensor({ storage, offset, shape, strides }, fail),
  "torch._utils._rebuild_tensor_v2": ([storage, offset, shape, strides], fail) =>
    tensor({ storage, offset, shape, strides }, fail),
  "torch._utils._rebuild_parameter": ([data], fail) =>
    data instanceof TorchTensor ? data : fail("a parameter in it is no tensor"),
  "torch.Size": ([sizes], fail) => sizes ?? fail("a size in it has no numbers"),
  "torch.device": ([name], fail) => typeof name === "string" ? name : fail("a device has no name"),
  "torch.jit._pickle.restore_type_tag": ([value]) => value,
  ...Object.fromEntries(
    ["intlist", "doublelist", "boollist", "tensorlist"].map((kind) => [
      `torch.jit._pickle.build_${kind}`,
      ([list]: unknown[]) => list,
    ]),
  ),
};

/** Classes whose instances are kept as their fields: a module of TorchScript, and what stands beside a model's weights. */
const inert = [
  /^__torch__\.[\w.]+$/,
  /^torch\.optim\.(sgd\.SGD|adam\.Adam|adamw\.AdamW)$/,
  /^torch\.optim\.lr_scheduler\.[A-Z]\w*$/,
  /^dassl\.optim\.lr_scheduler\.[A-Z]\w*$/,
];

/** Names that are passed on and never called: the types of elements. */
const constants =
  /^torch\.(float(16|32|64)?|half|double|bfloat16|u?int(8|16|32|64)|long|int|bool)$|^(builtins|__builtin__)\.(dict|list|int|float)$/;

/** The global of that name; undefined where a torch file has no business with it. */
export function allowed(module: string, name: string): Global | undefined {
  const whole = `${module}.${name}`;
  if (Object.hasOwn(calls, whole)) return { name: whole, call: calls[whole]! };
  if (module === "torch" && Object.hasOwn(storages, name)) {
    return { name: whole, dtype: storages[name]! };
  }
  if (inert.some((pattern) => pattern.test(whole))) {
    return { name: whole, call: () => new TorchObject(whole) };
  }
  return constants.test(whole) ? { name: whole } : undefined;
}

/** What a dictionary is called with is copied, as often as it is named: milestones are few, a model's tensors are set. */
const MOST_PAIRS = 100;

function dict(given: unknown, fail: Fail): Map<unknown, unknown> {
  if (given === undefined) return new Map();
  const pairs = given instanceof Map && given.size <= MOST_PAIRS ? [...given] : given;
  const whole = Array.isArray(pairs) && pairs.length <= MOST_PAIRS &&
    pairs.every((pair) => Array.isArray(pair) && pair.length === 2 && isKey(pair[0]));
  return whole ? new Map(pairs as [unknown, unknown][]) : fail("a dictionary in it has no pairs");
}

/** Whether a value may be a dictionary's key; an optimiser's are its parameters. */
export function isKey(value: unknown): boolean {
  const plain = ["string", "number", "boolean", "bigint"].includes(typeof value);
  return plain || value === null || value instanceof TorchTensor;
}

/** What tells storages from everything else that a pickle can make. */
export class PickledStorage {
  /** Where the elements lie. */
  readonly storage: Storage;

  /** Of these elements. */
  constructor(storage: Storage) {
    this.storage = storage;
  }
}

function tensor(given: Record<string, unknown>, fail: Fail): TorchTensor {
  const { storage, offset, shape, strides } = given;
  if (!(storage instanceof PickledStorage)) return fail("a tensor in it has no storage");
  if (!isSizes([offset]) || !isSizes(shape) || !isSizes(strides)) {
    return fail("a tensor in it has a shape, strides or offset that are no whole numbers");
  }
  return new TorchTensor(
    { storage: storage.storage, offset: offset as number, shape, strides },
    fail,
  );
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}
