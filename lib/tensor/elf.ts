/**
 * Linux's shared libraries without what a running program never reads: the names of all functions, for debuggers, which
 * are a quarter of TensorFlow's file. `strip` does the same where binutils are installed.
 *
 * @module
 */

/** Of a program header: a part of the file that is loaded. */
const PT_LOAD = 1;

/**
 * Cuts off what lies beyond the parts of a library that are loaded: its symbols and its table of sections. It can be
 * loaded afterwards, and no longer linked against.
 *
 * @returns its size in bytes; a file that is no 64-bit little-endian ELF is left as it is
 */
export function stripLibrary(path: string): number {
  using file = Deno.openSync(path, { read: true, write: true });
  const head = new Uint8Array(64);
  file.readSync(head);
  if (String.fromCharCode(...head.subarray(1, 6)) !== "ELF\x02\x01") return file.statSync().size;
  const view = new DataView(head.buffer);
  const offset = Number(view.getBigUint64(32, true));
  const [entry, count] = [view.getUint16(54, true), view.getUint16(56, true)];
  const table = new Uint8Array(entry * count);
  file.seekSync(offset, Deno.SeekMode.Start);
  file.readSync(table);
  const program = new DataView(table.buffer);
  let end = offset + table.length;
  for (let at = 0; at < table.length; at += entry) {
    if (program.getUint32(at, true) !== PT_LOAD) continue;
    const [from, bytes] = [8, 32].map((field) =>
      Number(program.getBigUint64(at + field, true))
    ) as [number, number];
    end = Math.max(end, from + bytes);
  }
  const { size } = file.statSync();
  if (end >= size) return size;
  view.setBigUint64(40, 0n, true); // no sections
  for (const field of [60, 62]) view.setUint16(field, 0, true);
  file.seekSync(0, Deno.SeekMode.Start);
  file.writeSync(head);
  file.truncateSync(end);
  return end;
}
