/**
 * The one way to wait for what somebody else does: what for, since when, until when, and what is done then. Nothing here
 * waits for ever.
 *
 * @module
 */

/** A wait. */
export interface Wait<T> {
  /** Looks whether it is there; undefined while it is not. */
  look(): T | undefined | Promise<T | undefined>;
  /** Milliseconds between two looks, which count from 0. */
  every: number | ((look: number) => number);
  /** Milliseconds until it is given up. */
  most: number;
  /** What comes instead when it is given up; usually throws, in words that say what was waited for. */
  late(milliseconds: number): T | Promise<T>;
  /** Anything that changes while there is hope: each change starts the time anew. */
  alive?: (() => unknown) | undefined;
}

/** Looks until it is there or the time is over. */
export async function waitFor<T>({ look, every, most, late, alive }: Wait<T>): Promise<T> {
  const lively = watchOf(alive);
  for (let looks = 0;; looks++) {
    const found = await look();
    if (found !== undefined) return found;
    const waited = lively();
    if (waited >= most) return await late(waited);
    await pause(typeof every === "number" ? every : every(looks));
  }
}

/** Waits for a promise, and no longer than the time: what `late` gives stands in its place then. */
export async function within<T>(
  promise: Promise<T>,
  { most, late, alive }: Pick<Wait<T>, "most" | "late" | "alive">,
): Promise<T> {
  const over = Promise.withResolvers<T>();
  const lively = watchOf(alive);
  const watch = setInterval(() => {
    const waited = lively();
    if (waited < most) return;
    clearInterval(watch);
    over.resolve((async () => await late(waited))());
  }, Math.min(250, Math.max(1, most / 4)));
  promise.catch(() => {}); // what comes too late is nobody's error
  try {
    return await Promise.race([promise, over.promise]);
  } finally {
    clearInterval(watch);
  }
}

/** So many milliseconds. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** A time in words, for messages: `40 s`, `10 min`. */
export function lasting(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

/** Milliseconds since the wait began or `alive` last changed, by a clock that nobody sets. */
function watchOf(alive: (() => unknown) | undefined): () => number {
  let since = performance.now();
  let last = alive?.();
  return () => {
    const now = alive?.();
    if (now !== last) [last, since] = [now, performance.now()];
    return performance.now() - since;
  };
}
