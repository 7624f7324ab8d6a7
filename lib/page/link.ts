/// <reference lib="dom" />
/**
 * The page's worker: started from a script that lies in the page, so that the folder needs no server; stopped by ending it.
 *
 * @module
 */
import type { Reply, Request } from "./messages.ts";

/** What the page's other scripts hold (see build.ts): the worker's text, and two files in base64. */
declare global {
  var plumbline: { worker: string; weights: string; program: string };
}

/** A worker with a CLIP in it. */
export interface Link {
  /** Asks; answers come to who listens. */
  ask(request: Request): void;
  /** Ends what it does, and starts another. */
  restart(): void;
}

/** Starts the worker; `hear` is told all that it says. */
export function connect(hear: (reply: Reply) => void, backend: string): Link {
  const script = URL.createObjectURL(new Blob([plumbline.worker], { type: "text/javascript" }));
  // A page on a disk may fetch data: addresses and no others.
  const program = `data:application/wasm;base64,${plumbline.program}`;
  const weights = bytesOf(plumbline.weights);
  const start = () => {
    const worker = new Worker(script);
    worker.onmessage = ({ data }: MessageEvent<Reply>) => {
      if (worker === now) hear(data);
    };
    worker.onerror = ({ message }) => hear({ kind: "failed", message });
    worker.postMessage({ kind: "open", weights, program, backend } satisfies Request);
    return worker;
  };
  let now = start();
  return {
    ask: (request) => now.postMessage(request),
    restart() {
      now.terminate();
      now = start();
    },
  };
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}
