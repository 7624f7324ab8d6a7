/** Pickles put together by hand, in torch's zip archive, for the files that PyTorch would not write. */
import { zipArchive } from "../../lib/torch/zip_write.ts";

/** Opcodes as bytes, texts as their letters. */
export function pickle(...parts: (number | string | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  const bytes = parts.map((part) =>
    typeof part === "number"
      ? Uint8Array.of(part)
      : typeof part === "string"
      ? new TextEncoder().encode(part)
      : part
  );
  const whole = new Uint8Array(2 + bytes.reduce((n, part) => n + part.length, 0));
  whole.set([0x80, 2]);
  bytes.reduce((at, part) => (whole.set(part, at), at + part.length), 2);
  return whole;
}

/** The pickle in an archive with one storage of `floats` numbers. */
export function archived(pickle: Uint8Array, floats = 4): Uint8Array<ArrayBuffer> {
  return zipArchive([["a/data.pkl", pickle], ["a/data/0", new Uint8Array(4 * floats)]]);
}

/** BINUNICODE of a short text. */
export function text(letters: string): Uint8Array {
  return Uint8Array.of(0x58, letters.length, 0, 0, 0, ...new TextEncoder().encode(letters));
}

/** A whole number of 4 bytes. */
export function int(value: number): Uint8Array {
  const bytes = new Uint8Array(5);
  bytes[0] = 0x4a;
  new DataView(bytes.buffer).setInt32(1, value, true);
  return bytes;
}

/** A tensor of storage 0, of `count` floats, with this offset, shape and strides. */
export function tensor(
  { count = 4, offset = 0, shape = [4], strides = [1], key = "0", type = "FloatStorage" },
): Uint8Array {
  const list = (sizes: number[]) => [0x28, ...sizes.map(int), 0x74];
  return pickle(
    ...["ctorch._utils\n_rebuild_tensor_v2\n", 0x28, 0x28, text("storage"), `ctorch\n${type}\n`],
    ...[text(key), text("cpu"), int(count), 0x74, 0x51, int(offset), ...list(shape)],
    ...[...list(strides), 0x89, "ccollections\nOrderedDict\n", 0x29, 0x52, 0x74, 0x52],
  ).subarray(2);
}
