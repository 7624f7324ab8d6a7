/**
 * Messages of Jupyter's protocol 5.3 (https://jupyter-client.readthedocs.io/en/stable/messaging.html): written, signed,
 * checked, listened for.
 *
 * @module
 */
import { createHmac, randomUUID } from "node:crypto";
import type { Socket } from "./zmtp.ts";

/** What a kernel says. */
export interface Message {
  type: string;
  /** The id of the request that it belongs to. */
  parent?: string;
  content: Record<string, unknown>;
}

/** Messages as frames and back. */
export interface Wire {
  write(id: string, type: string, content: unknown): Uint8Array[];
  /** undefined for what is not signed with our key. */
  read(frames: readonly Uint8Array[]): Message | undefined;
}

/** Messages that are signed with a key which only this process and its kernel know. */
export function signed(key: string): Wire {
  const sign = (parts: readonly Uint8Array[]) => {
    const hmac = createHmac("sha256", key);
    for (const part of parts) hmac.update(part);
    return hmac.digest("hex");
  };
  const session = randomUUID();
  return {
    write(id, type, content) {
      const header = {
        ...{ msg_id: id, msg_type: type, session, username: "plumbline", version: "5.3" },
        date: new Date().toISOString(),
      };
      const parts = [header, {}, {}, content].map((part) => bytes(JSON.stringify(part)));
      return [bytes(delimiter), bytes(sign(parts)), ...parts];
    },
    read(frames) {
      const at = frames.findIndex((frame) => text(frame) === delimiter);
      const [signature, ...parts] = at < 0 ? [] : frames.slice(at + 1, at + 6);
      if (parts.length < 4 || text(signature!) !== sign(parts)) return undefined;
      const [header, parent, , content] = parts.map((part) => JSON.parse(text(part)));
      return { type: header.msg_type, parent: parent.msg_id, content };
    },
  };
}

/** What came in on a socket, in order. */
export interface Listener {
  /** The next message, waited for so many milliseconds; undefined when none came. */
  next(wait: number): Promise<Message | undefined>;
}

/** Listens from now on. */
export function listen(socket: Socket, wire: Wire): Listener {
  const heard: Message[] = [];
  let wake = () => {};
  void (async () => {
    for (let frames; (frames = await socket.receive()) !== undefined;) {
      const message = wire.read(frames);
      if (message) heard.push(message);
      wake();
    }
  })();
  return {
    async next(wait) {
      if (heard.length === 0) {
        const { promise, resolve } = Promise.withResolvers<void>();
        const timer = setTimeout(resolve, Math.min(wait, 2 ** 30));
        wake = resolve;
        await promise;
        clearTimeout(timer);
      }
      return heard.shift();
    },
  };
}

const delimiter = "<IDS|MSG>";

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
