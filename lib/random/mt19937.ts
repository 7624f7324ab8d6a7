/**
 * The Mersenne Twister MT19937 (Matsumoto & Nishimura, ACM TOMACS 8(1), 1998), seeded by array as CPython seeds it: the
 * source of 32-bit words under {@link Random}.
 *
 * @module
 */

const LENGTH = 624;
const MIDDLE = 397;

/** The generator's whole state: `key` are its 624 words, of which the first `position` have been used. */
export interface TwisterState {
  key: Uint32Array;
  position: number;
}

/** The state that the words of `seed` (at least one, 32-bit each) give: the reference `init_by_array`. */
export function twisterFromArray(seed: ArrayLike<number>): TwisterState {
  const key = new Uint32Array(LENGTH);
  key[0] = 19650218;
  for (let i = 1; i < LENGTH; i++) key[i] = Math.imul(1812433253, mixed(key[i - 1]!)) + i;
  let i = 1;
  const advance = () => {
    if (++i < LENGTH) return;
    key[0] = key[LENGTH - 1]!;
    i = 1;
  };
  for (let k = Math.max(LENGTH, seed.length), j = 0; k > 0; k--) {
    key[i] = (key[i]! ^ Math.imul(mixed(key[i - 1]!), 1664525)) + seed[j]! + j;
    j = (j + 1) % seed.length;
    advance();
  }
  for (let k = LENGTH - 1; k > 0; k--) {
    key[i] = (key[i]! ^ Math.imul(mixed(key[i - 1]!), 1566083941)) - i;
    advance();
  }
  key[0] = 0x80000000;
  return { key, position: LENGTH };
}

/** The next 32-bit word, from 0 to 2³² − 1; advances `state`. */
export function nextWord(state: TwisterState): number {
  if (state.position >= LENGTH) twist(state);
  let word = state.key[state.position++]!;
  word ^= word >>> 11;
  word ^= (word << 7) & 0x9d2c5680;
  word ^= (word << 15) & 0xefc60000;
  return (word ^ (word >>> 18)) >>> 0;
}

/** Replaces all 624 words by their successors. */
function twist(state: TwisterState): void {
  const { key } = state;
  for (let i = 0; i < LENGTH; i++) {
    const joined = (key[i]! & 0x80000000) | (key[(i + 1) % LENGTH]! & 0x7fffffff);
    key[i] = key[(i + MIDDLE) % LENGTH]! ^ (joined >>> 1) ^ (joined & 1 ? 0x9908b0df : 0);
  }
  state.position = 0;
}

function mixed(word: number): number {
  return word ^ (word >>> 30);
}
