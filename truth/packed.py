"""Packed tensor files: gzipped safetensors in which numbers lie by significance, the form of test/fixtures/published.

A packed tensor KEY is held as bytes, most significant first: `KEY` [itemsize, numbers] has its exact rows, and `KEY~`
[2, numbers] rows rounded to 16-bit integers of one scale each (the largest magnitude of the row / 32767). The metadata's
`packed` says for each its type, its shape, in how many rows it was taken, how many of them are exact, and the scales of
the others, which are differences from the first row where one is exact. `lib/parity/packed.ts` reads the same.
"""
import gzip
import json

import numpy as np
from safetensors.numpy import load as load_bytes
from safetensors.numpy import load_file, save

SMALL = 256  # bytes: what is smaller is held as it is
NAMES = {"float32": "F32", "float64": "F64", "int64": "I64", "int32": "I32", "uint8": "U8"}


def planes(numbers):
    """[n] → bytes [itemsize, n], most significant first."""
    size = numbers.dtype.itemsize
    return np.ascontiguousarray(np.ascontiguousarray(numbers).view(np.uint8).reshape(-1, size)[:, ::-1].T)


def numbers(planes_, dtype):
    return np.ascontiguousarray(planes_.T[:, ::-1]).view(dtype).reshape(-1)


def write(path, tensors, rows_of=lambda key, tensor: (1, 1)):
    """Writes tensors. `rows_of(key, tensor)`: in how many rows to take it, and how many of the first stay exact."""
    stored, packed = {}, {}
    for key, tensor in tensors.items():
        if tensor.nbytes < SMALL:
            stored[key] = tensor.copy()
            continue
        count, exact = rows_of(key, tensor)
        rows = np.ascontiguousarray(tensor).reshape(count, -1)
        scales = [float(max(np.abs(row.astype(np.float64)).max(), 1e-30) / 32767) for row in rows[exact:]]
        if exact > 0:
            stored[key] = planes(rows[:exact].reshape(-1))
        if scales:
            first = rows[0].astype(np.float64) if exact else 0.0
            steps = np.rint((rows[exact:].astype(np.float64) - first) / np.array(scales)[:, None])
            if np.abs(steps).max() > 32767:  # it moves by more than itself
                scales, exact = [], count
                stored[key] = planes(rows.reshape(-1))
        if scales:
            stored[key + "~"] = planes(steps.astype(np.int16).reshape(-1))
        packed[key] = dict(dtype=NAMES[str(tensor.dtype)], shape=list(tensor.shape), rows=count, exact=exact,
                           scales=scales)
    data = save(stored, metadata={"packed": json.dumps(packed)})
    with open(path, "wb") as file:
        file.write(gzip.compress(data, 9, mtime=0))


def read(path):
    """The tensors of a file, packed or not; rounded rows within half a step of their scale."""
    if not path.endswith(".gz"):
        return load_file(path)
    with gzip.open(path) as file:
        data = file.read()
    header = json.loads(data[8:8 + int.from_bytes(data[:8], "little")])
    packed = json.loads(header.get("__metadata__", {}).get("packed", "{}"))
    stored = load_bytes(data)
    types = {short: np.dtype(name) for name, short in NAMES.items()}
    out = {key: tensor for key, tensor in stored.items() if key not in packed and key.rstrip("~") not in packed}
    for key, about in packed.items():
        dtype, parts = types[about["dtype"]], []
        if about["exact"]:
            parts.append(numbers(stored[key], dtype))
        if about["scales"]:
            steps = numbers(stored[key + "~"], np.dtype(np.int16)).astype(np.float64)
            steps = steps.reshape(len(about["scales"]), -1) * np.array(about["scales"])[:, None]
            if about["exact"]:
                steps += parts[0][:steps.shape[1]].astype(np.float64)
            parts.append(steps.reshape(-1).astype(dtype))
        out[key] = np.concatenate(parts).reshape(about["shape"])
    return out
