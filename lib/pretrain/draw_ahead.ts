/**
 * Pairs drawn in a worker while the steps before theirs are computed.
 *
 * @module
 */
import type { DrawnPairs, Draws } from "./draw.ts";

/** Steps drawn ahead. */
const AHEAD = 4;

/** The pairs of all steps from `first` up to `last`, in order. */
export async function* drawAhead(
  { seed, batch }: Omit<Draws, "step">,
  first: number,
  last: number,
): AsyncGenerator<DrawnPairs> {
  const worker = new Worker(new URL("./draw_worker.ts", import.meta.url), { type: "module" });
  const drawn: PromiseWithResolvers<DrawnPairs>[] = [];
  let asked = first;
  const ask = () => {
    if (asked >= last) return;
    drawn.push(Promise.withResolvers());
    worker.postMessage({ seed, batch, step: asked++ });
  };
  let answered = 0;
  worker.onmessage = ({ data }: MessageEvent<DrawnPairs>) => drawn[answered++]!.resolve(data);
  worker.onerror = (event) => {
    event.preventDefault();
    const failure = new Error(`the drawing worker failed: ${event.message}`);
    for (const waiting of drawn) {
      waiting.promise.catch(() => {}); // thrown where its turn comes, if it does
      waiting.reject(failure);
    }
  };
  try {
    for (let i = 0; i < AHEAD; i++) ask();
    while (drawn.length > 0) {
      const pairs = await drawn[0]!.promise;
      drawn.shift();
      answered--;
      ask();
      yield pairs;
    }
  } finally {
    worker.terminate();
  }
}
