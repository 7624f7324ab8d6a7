/**
 * CPython's `random.Random` (3.11), so that a seed draws here what it draws in the papers' published code: the same words,
 * the same order of draws, the same two branches of `sample`. Integers and `random()` are bit-exact; `gauss`,
 * `gammavariate` and `betavariate` go through sin, log and exp, which JavaScript engines and C libraries may round
 * differently in the last bit.
 *
 * @module
 */

import { nextWord, twisterFromArray, type TwisterState } from "./mt19937.ts";

/** A generator's state as plain JSON, taken by {@link Random.state} and given back to {@link Random.restore}. */
export interface RandomState {
  /** The 624 words of the Mersenne Twister. */
  key: number[];
  /** How many of them are used. */
  position: number;
  /** The second normal deviate of a pair, waiting for the next `gauss`. */
  gaussNext: number | null;
}

/**
 * A stream of random numbers: Python's `random.Random(seed)`.
 *
 * @example
 * ```ts
 * import { Random } from "@plumbline/plumbline/random";
 * import assert from "node:assert/strict";
 * const random = new Random(1); // Python: random.seed(1)
 * assert.equal(random.random(), 0.13436424411240122);
 * const saved = random.state();
 * const drawn = random.sample([..."abcdef"], 2);
 * random.restore(saved);
 * assert.deepEqual(random.sample([..."abcdef"], 2), drawn);
 * ```
 */
export class Random {
  #twister: TwisterState;
  #gaussNext: number | null = null;

  /**
   * The generator that `seed` gives.
   *
   * @param seed an integer of any size (its sign is dropped, as Python drops it), or the words of an `init_by_array` key
   * @throws {RangeError} if the number is no safe integer, or the array is empty
   */
  constructor(seed: number | bigint | readonly number[]) {
    this.#twister = twisterFromArray(seedWords(seed));
  }

  /** A float in [0, 1) with 53 random bits. */
  random(): number {
    const high = nextWord(this.#twister) >>> 5;
    const low = nextWord(this.#twister) >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /**
   * An integer of `k` random bits.
   *
   * @throws {RangeError} unless `k` is an integer from 0 to 53, beyond which a number could not hold it
   */
  getrandbits(k: number): number {
    if (!Number.isInteger(k) || k < 0 || k > 53) {
      throw new RangeError(`getrandbits(${k}): the number of bits must be an integer from 0 to 53`);
    }
    if (k === 0) return 0;
    if (k <= 32) return nextWord(this.#twister) >>> (32 - k);
    const low = nextWord(this.#twister);
    return (nextWord(this.#twister) >>> (64 - k)) * 4294967296 + low;
  }

  /**
   * An integer in [0, n), without bias: Python's `randrange(n)`.
   *
   * @throws {RangeError} unless `n` is an integer from 1 to 2⁵³ − 1
   */
  randbelow(n: number): number {
    if (!Number.isSafeInteger(n) || n < 1) {
      throw new RangeError(`randbelow(${n}): the bound must be a positive integer`);
    }
    const bits = bitLength(n);
    let drawn = this.getrandbits(bits);
    while (drawn >= n) drawn = this.getrandbits(bits);
    return drawn;
  }

  /**
   * `k` different elements of `items`, in the order drawn.
   *
   * @throws {RangeError} unless `k` is an integer from 0 to the number of items
   */
  sample<T>(items: readonly T[], k: number): T[] {
    const n = items.length;
    if (!Number.isInteger(k) || k < 0 || k > n) {
      throw new RangeError(`sample: cannot draw ${k} of ${n} items`);
    }
    // Python copies the items where that takes less memory than a set of k indices; the two branches draw differently.
    const setSize = 21 + (k > 5 ? 4 ** Math.ceil(Math.log(k * 3) / Math.log(4)) : 0);
    if (n <= setSize) {
      const pool = [...items];
      return Array.from({ length: k }, (_, i) => {
        const j = this.randbelow(n - i);
        const drawn = pool[j]!;
        pool[j] = pool[n - i - 1]!;
        return drawn;
      });
    }
    const chosen = new Set<number>();
    while (chosen.size < k) {
      let j = this.randbelow(n);
      while (chosen.has(j)) j = this.randbelow(n);
      chosen.add(j);
    }
    return Array.from(chosen, (j) => items[j]!);
  }

  /** Shuffles `items` in place. */
  shuffle<T>(items: T[]): void {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.randbelow(i + 1);
      [items[i], items[j]] = [items[j]!, items[i]!];
    }
  }

  /** 0 … n − 1 in shuffled order. */
  permutation(n: number): number[] {
    const order = Array.from({ length: n }, (_, i) => i);
    this.shuffle(order);
    return order;
  }

  /** `k` elements of `items`, each drawn from all of them. */
  choices<T>(items: readonly T[], k: number): T[] {
    if (items.length === 0) throw new RangeError("choices: there is nothing to choose from");
    return Array.from({ length: k }, () => items[Math.floor(this.random() * items.length)]!);
  }

  /** A normal deviate of mean `mu` and standard deviation `sigma`. */
  gauss(mu = 0, sigma = 1): number {
    let z = this.#gaussNext;
    this.#gaussNext = null;
    if (z === null) {
      const angle = this.random() * 2 * Math.PI;
      const radius = Math.sqrt(-2 * Math.log(1 - this.random()));
      z = Math.cos(angle) * radius;
      this.#gaussNext = Math.sin(angle) * radius;
    }
    return mu + z * sigma;
  }

  /**
   * A gamma deviate of shape `alpha` and scale `beta` (mean alpha·beta): Cheng 1977 for alpha > 1, Ahrens & Dieter's GS
   * below.
   *
   * @throws {RangeError} unless both are positive
   */
  gammavariate(alpha: number, beta: number): number {
    if (!(alpha > 0 && beta > 0)) {
      throw new RangeError(`gammavariate(${alpha}, ${beta}): both must be positive`);
    }
    if (alpha === 1) return -Math.log(1 - this.random()) * beta;
    return beta * (alpha > 1 ? this.#gammaCheng(alpha) : this.#gammaSmall(alpha));
  }

  /**
   * A beta deviate, in [0, 1]: the mixing ratio of mixup.
   *
   * @throws {RangeError} unless both are positive
   */
  betavariate(alpha: number, beta: number): number {
    const y = this.gammavariate(alpha, 1);
    return y === 0 ? 0 : y / (y + this.gammavariate(beta, 1));
  }

  /** The state as plain JSON: a generator restored from it draws what this one will draw. */
  state(): RandomState {
    const { key, position } = this.#twister;
    return { key: [...key], position, gaussNext: this.#gaussNext };
  }

  /** Takes over a state that {@link state} gave. */
  restore(state: RandomState): void {
    this.#twister = { key: Uint32Array.from(state.key), position: state.position };
    this.#gaussNext = state.gaussNext;
  }

  #gammaCheng(alpha: number): number {
    const spread = Math.sqrt(2 * alpha - 1);
    while (true) {
      const u = this.random();
      if (!(u > 1e-7 && u < 0.9999999)) continue;
      const second = 1 - this.random();
      const v = Math.log(u / (1 - u)) / spread;
      const x = alpha * Math.exp(v);
      const z = u * u * second;
      const r = alpha - Math.log(4) + (alpha + spread) * v - x;
      if (r + 1 + Math.log(4.5) - 4.5 * z >= 0 || r >= Math.log(z)) return x;
    }
  }

  #gammaSmall(alpha: number): number {
    const b = (Math.E + alpha) / Math.E;
    while (true) {
      const p = b * this.random();
      const x = p <= 1 ? p ** (1 / alpha) : -Math.log((b - p) / alpha);
      const u = this.random();
      if (u <= (p > 1 ? x ** (alpha - 1) : Math.exp(-x))) return x;
    }
  }
}

/** The 32-bit words of |seed|, least significant first, at least one. */
function seedWords(seed: number | bigint | readonly number[]): readonly number[] {
  if (typeof seed === "object") {
    if (seed.length === 0) throw new RangeError("a seed of words must have at least one");
    return seed;
  }
  if (typeof seed === "number" && !Number.isSafeInteger(seed)) {
    throw new RangeError(`${seed} is not an integer seed`);
  }
  let rest = BigInt(seed);
  if (rest < 0n) rest = -rest;
  const words = [Number(rest & 0xffffffffn)];
  for (rest >>= 32n; rest > 0n; rest >>= 32n) words.push(Number(rest & 0xffffffffn));
  return words;
}

function bitLength(n: number): number {
  return n < 4294967296 ? 32 - Math.clz32(n) : 64 - Math.clz32(Math.floor(n / 4294967296));
}
