/**
 * Named random streams: every source of randomness in a run (initialisation, loader, augmentation, mixup …) draws from its own
 * generator, so that one more draw in one of them moves nothing in the others.
 *
 * @module
 */

import { Random, type RandomState } from "./python_random.ts";

/** Named streams of one seed: `streams("loader")` is the same, advancing generator at every call. */
export interface Streams {
  (name: string): Random;
  /** The state of every stream used so far, by name, as plain JSON. */
  state(): Record<string, RandomState>;
}

/**
 * The streams of `seed`, independent of each other and of other seeds' streams.
 *
 * @param seed an integer
 * @param saved what {@link Streams.state} gave, to go on from there
 * @throws {RangeError} if `seed` is no safe integer
 *
 * @example
 * ```ts
 * import { streams } from "@plumbline/plumbline/random";
 * import assert from "node:assert/strict";
 * const run = streams(1);
 * const first = run("loader").permutation(4);
 * run("augmentation").random(); // moves no other stream
 * assert.deepEqual(streams(1)("loader").permutation(4), first);
 * const resumed = streams(1, JSON.parse(JSON.stringify(run.state())));
 * assert.deepEqual(resumed("loader").permutation(4), run("loader").permutation(4));
 * ```
 */
export function streams(seed: number, saved: Record<string, RandomState> = {}): Streams {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`${seed} is not an integer seed`);
  const made = new Map<string, Random>();
  const stream = (name: string): Random => {
    let random = made.get(name);
    if (!random) {
      random = new Random(streamKey(seed, name));
      made.set(name, random);
    }
    return random;
  };
  for (const [name, state] of Object.entries(saved)) stream(name).restore(state);
  return Object.assign(stream, {
    state: () => Object.fromEntries([...made].map(([name, random]) => [name, random.state()])),
  });
}

/** The `init_by_array` key: the seed's two words in two's complement, then the name's bytes. */
function streamKey(seed: number, name: string): number[] {
  const wide = BigInt.asUintN(64, BigInt(seed));
  return [
    Number(wide & 0xffffffffn),
    Number(wide >> 32n),
    ...new TextEncoder().encode(name),
  ];
}
