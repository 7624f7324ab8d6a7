/**
 * As much of ZMTP 3.0, the protocol of ZeroMQ (https://rfc.zeromq.org/spec/23/), as a client of a Jupyter kernel needs:
 * a DEALER that asks and a SUB that listens, over TCP, without authentication. It saves a native package and Python.
 *
 * @module
 */

/** A connected socket. A message is a list of frames. */
export interface Socket {
  send(frames: readonly Uint8Array[]): Promise<void>;
  /** The next message; undefined when the other side has closed. */
  receive(): Promise<Uint8Array[] | undefined>;
  close(): void;
}

/** A frame of more bytes is not read: no honest kernel sends one. */
const MOST = 2 ** 28;

const MORE = 1;
const LONG = 2;
const COMMAND = 4;

/**
 * Connects to a bound socket; a SUB hears everything.
 *
 * @throws {Deno.errors.ConnectionRefused} when nothing listens yet
 * @throws {Error} when what listens does not speak ZMTP 3
 */
export async function connect(port: number, kind: "DEALER" | "SUB"): Promise<Socket> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  try {
    const read = reader(connection);
    const write = writer(connection);
    await write(greeting);
    const theirs = await read(64);
    if (theirs?.[0] !== 0xff || theirs[10]! < 3) {
      throw new Error(`port ${port} does not speak ZMTP 3`);
    }
    await write(frame(ready(kind), COMMAND));
    await nextFrame(read);
    if (kind === "SUB") await write(frame(Uint8Array.of(1), 0)); // subscribes to every topic
    return { send: (frames) => write(message(frames)), receive: () => receive(read), close };
  } catch (error) {
    close();
    throw error;
  }
  function close() {
    try {
      connection.close();
    } catch { /* already closed by the other side */ }
  }
}

type Read = (bytes: number) => Promise<Uint8Array | undefined>;

const text = new TextEncoder();

/** Version 3.0, mechanism NULL, client. */
const greeting = new Uint8Array(64);
greeting[0] = 0xff;
greeting[9] = 0x7f;
greeting[10] = 3;
greeting.set(text.encode("NULL"), 12);

function ready(kind: string): Uint8Array {
  const property = (name: string, value: string) => [
    ...[name.length, ...text.encode(name)],
    ...[0, 0, 0, value.length, ...text.encode(value)],
  ];
  const name = "READY";
  return Uint8Array.from([
    name.length,
    ...text.encode(name),
    ...property("Socket-Type", kind),
    ...(kind === "DEALER" ? property("Identity", "") : []),
  ]);
}

function frame(body: Uint8Array, flags: number): Uint8Array {
  const long = body.length > 255;
  const bytes = new Uint8Array(body.length + (long ? 9 : 2));
  bytes[0] = flags | (long ? LONG : 0);
  if (long) new DataView(bytes.buffer).setBigUint64(1, BigInt(body.length));
  else bytes[1] = body.length;
  bytes.set(body, long ? 9 : 2);
  return bytes;
}

function message(frames: readonly Uint8Array[]): Uint8Array {
  return concat(frames.map((body, i) => frame(body, i < frames.length - 1 ? MORE : 0)));
}

async function receive(read: Read): Promise<Uint8Array[] | undefined> {
  const frames: Uint8Array[] = [];
  while (true) {
    const next = await nextFrame(read);
    if (next === undefined) return undefined;
    if (next.flags & COMMAND) continue;
    frames.push(next.body);
    if (!(next.flags & MORE)) return frames;
  }
}

async function nextFrame(read: Read): Promise<{ flags: number; body: Uint8Array } | undefined> {
  const flags = (await read(1))?.[0];
  if (flags === undefined) return undefined;
  const size = await read(flags & LONG ? 8 : 1);
  if (size === undefined) return undefined;
  const bytes = flags & LONG ? Number(new DataView(size.buffer).getBigUint64(0)) : size[0];
  if (bytes! > MOST) throw new Error(`a frame of ${bytes} bytes`);
  const body = await read(bytes!);
  return body && { flags, body };
}

/** Reads exactly so many bytes; undefined at the end of the stream. */
function reader(connection: Deno.Conn): Read {
  return async (bytes) => {
    const read = new Uint8Array(bytes);
    for (let at = 0; at < bytes;) {
      const n = await connection.read(read.subarray(at)).catch(() => null);
      if (n === null) return undefined;
      at += n;
    }
    return read;
  };
}

/** Writes whole messages, one after the other. */
function writer(connection: Deno.Conn): (bytes: Uint8Array) => Promise<void> {
  let last = Promise.resolve();
  return (bytes) =>
    last = last.then(async () => {
      for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
    });
}

/** All bytes in one. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
  return whole;
}
