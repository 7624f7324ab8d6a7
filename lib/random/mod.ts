/**
 * Randomness: CPython's generator, bit for bit, and named streams of it.
 *
 * @module
 */

export { Random, type RandomState } from "./python_random.ts";
export { type Streams, streams } from "./streams.ts";
