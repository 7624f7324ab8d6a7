/**
 * The thread that keeps a lock's beat going while the main thread computes, and sees when the cell was taken over: after
 * a machine slept, say.
 *
 * @module
 */
import { BEAT, lockBytes, lockPath, type LockText } from "./lock_file.ts";

/** What the thread is told: which lock to keep, what to say in it, or (nothing) to rest. */
export interface Order {
  keep?: { out: string; id: string; generation: number; text: LockText };
  note?: string;
}

/** What it answers: that it rests and writes no more, or that its lock's cell was taken over. */
export interface Answer {
  rests?: true;
  lost?: { id: string; generation: number };
}

let kept: Order["keep"];

const scope = self as unknown as {
  onmessage: (event: MessageEvent<Order>) => void;
  postMessage(answer: Answer): void;
};

scope.onmessage = ({ data }) => {
  if (data.note !== undefined) {
    if (kept) kept.text.note = data.note;
    return;
  }
  kept = data.keep;
  if (!kept) scope.postMessage({ rests: true });
};

setInterval(() => {
  if (!kept) return;
  const { out, id, generation, text } = kept;
  if (isThere(lockPath(out, id, generation + 1))) {
    scope.postMessage({ lost: { id, generation } });
    kept = undefined;
    return;
  }
  text.beat++;
  try {
    using file = Deno.openSync(lockPath(out, id, generation), { write: true });
    file.writeSync(lockBytes(text));
  } catch {
    // A file system that is away for a while: the next beat tries again, and others may think this holder dead.
  }
}, BEAT);

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
