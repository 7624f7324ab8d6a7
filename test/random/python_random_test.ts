import assert from "node:assert/strict";
import { Random } from "../../lib/random/mod.ts";
import { publishedPath } from "../published.ts";

interface Case {
  seed: string;
  random: number[];
  getrandbits: [k: number, value: number][];
  randbelow: [n: number, value: number][];
  sample: [n: number, k: number, drawn: number[]][];
  choices: [n: number, k: number, drawn: number[]][];
  permutation: number[];
  gauss: number[];
  gammavariate: [alpha: number, beta: number, value: number][];
  betavariate: [alpha: number, beta: number, value: number][];
  last: number;
  after1300: number;
}

const fixture = new URL("../fixtures/random/cpython.json", import.meta.url);
const { cases }: { cases: Case[] } = JSON.parse(Deno.readTextFileSync(fixture));
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);

for (const c of cases) {
  Deno.test(`seed ${c.seed} draws what CPython draws, call by call`, () => {
    const random = new Random(BigInt(c.seed));
    for (const value of c.random) assert.equal(random.random(), value);
    for (const [k, value] of c.getrandbits) assert.equal(random.getrandbits(k), value);
    for (const [n, value] of c.randbelow) assert.equal(random.randbelow(n), value);
    for (const [n, k, drawn] of c.sample) assert.deepEqual(random.sample(upTo(n), k), drawn);
    for (const [n, k, drawn] of c.choices) assert.deepEqual(random.choices(upTo(n), k), drawn);
    assert.deepEqual(random.permutation(17), c.permutation);
    for (const value of c.gauss) close(random.gauss(0.5, 0.02), value);
    for (const [a, b, value] of c.gammavariate) close(random.gammavariate(a, b), value);
    for (const [a, b, value] of c.betavariate) close(random.betavariate(a, b), value);
    assert.equal(random.getrandbits(32), c.last);
    for (let i = 0; i < 1300; i++) random.getrandbits(32);
    assert.equal(random.getrandbits(32), c.after1300);
  });
}

Deno.test("a safe integer and the same bigint are one seed", () => {
  assert.equal(new Random(2 ** 40 + 3).random(), new Random(2n ** 40n + 3n).random());
  assert.notEqual(new Random(1).random(), new Random(2).random());
});

Deno.test("a restored generator draws what the saved one went on to draw, the waiting normal deviate included", () => {
  const random = new Random(5);
  random.gauss();
  const saved = JSON.parse(JSON.stringify(random.state()));
  const draw = (r: Random) => [r.gauss(), r.random(), r.randbelow(10), ...r.permutation(700)];
  const expected = draw(random);
  const other = new Random(99);
  other.restore(saved);
  assert.deepEqual(draw(other), expected);
});

Deno.test("impossible draws are refused", () => {
  const random = new Random(0);
  assert.throws(() => random.sample([1, 2], 3), /cannot draw 3 of 2/);
  assert.throws(() => random.sample([1, 2], 0.5), RangeError);
  assert.throws(() => random.randbelow(0), RangeError);
  assert.throws(() => random.getrandbits(54), RangeError);
  assert.throws(() => random.choices([], 1), RangeError);
  assert.throws(() => random.gammavariate(0, 1), RangeError);
  assert.throws(() => new Random(0.5), RangeError);
  assert.throws(() => new Random([]), RangeError);
});

Deno.test("the parity records' sequences of draws are reproduced", () => {
  const record = JSON.parse(Deno.readTextFileSync(publishedPath("fewshot.json")));
  const sequences = record.python_random_primitives_in_sequence;
  assert.ok(sequences.length > 0);
  for (const s of sequences) {
    const random = new Random(s.seed);
    assert.deepEqual(s.random.map(() => random.random()), s.random);
    assert.deepEqual(s.getrandbits32.map(() => random.getrandbits(32)), s.getrandbits32);
    assert.deepEqual(random.sample(upTo(50), 16), s.sample_50_16);
    assert.deepEqual(random.sample(upTo(20), 4), s.sample_20_4);
    assert.deepEqual(random.sample(upTo(1000), 4), s.sample_1000_4);
    assert.deepEqual(random.choices(upTo(10), 5), s.choices_10_5);
    assert.deepEqual(random.permutation(10), s.shuffle_10);
  }
});

/** Equal up to the last bits that sin, log and exp may round differently. */
function close(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) <= 1e-13 * Math.abs(expected), `${actual} ≠ ${expected}`);
}
