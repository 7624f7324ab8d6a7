import assert from "node:assert/strict";
import { Random, streams } from "../../lib/random/mod.ts";

Deno.test("a name gives one generator, which advances, whatever the other streams draw", () => {
  const alone = streams(3);
  const expected = [alone("loader").random(), alone("loader").random()];
  const busy = streams(3);
  const first = busy("loader").random();
  busy("augmentation").permutation(1000);
  assert.deepEqual([first, busy("loader").random()], expected);
  assert.equal(busy("loader"), busy("loader"));
});

Deno.test("names, seeds and their signs give different streams", () => {
  const firsts = [-1, 0, 1, 2 ** 32, 2 ** 32 + 1].flatMap((seed) =>
    ["", "a", "b", "ab", "loader"].map((name) => streams(seed)(name).random())
  );
  assert.equal(new Set(firsts).size, firsts.length);
});

Deno.test("a stream is the generator of its documented key: the seed's two words, then the name's bytes", () => {
  const keyed = new Random([7, 0, ...new TextEncoder().encode("mixup é")]);
  assert.equal(streams(7)("mixup é").random(), keyed.random());
});

Deno.test("streams saved as JSON go on where they were; unused ones start fresh", () => {
  const run = streams(1);
  run("init").gauss();
  run("loader").permutation(10);
  const resumed = streams(1, JSON.parse(JSON.stringify(run.state())));
  assert.equal(resumed("init").gauss(), run("init").gauss());
  assert.equal(resumed("loader").random(), run("loader").random());
  assert.equal(resumed("new").random(), streams(1)("new").random());
});

Deno.test("a seed that is no integer is refused", () => {
  assert.throws(() => streams(0.5), RangeError);
});
