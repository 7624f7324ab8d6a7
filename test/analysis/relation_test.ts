/** Correlations within groups. */
import assert from "node:assert/strict";
import { relationWithin } from "../../lib/analysis/mod.ts";

const pairs = [
  ["a", 1, 2.5],
  ["a", 2, 2],
  ["a", 4, 5],
  ["b", 10, 1],
  ["b", 11, 0.5],
  ["b", 13, 2],
  ["b", 14, 1.5],
].map(([group, x, y]) => ({ group: String(group), x: Number(x), y: Number(y) }));

Deno.test("it is the partial correlation given the group, as two regressions on the groups give it", () => {
  // numpy: residuals of lstsq on the groups' indicators, then corrcoef.
  const { n, r, interval } = relationWithin(pairs);
  assert.equal(n, 7);
  assert.ok(Math.abs(r - 0.7043883360626507) < 1e-12, String(r));
  const [low, high] = interval!;
  assert.ok(
    Math.abs(low + 0.2502214713342258) < 1e-9 && Math.abs(high - 0.9645581037984726) < 1e-9,
  );
});

Deno.test("few pairs have no interval, one in each group no correlation", () => {
  const { r, interval } = relationWithin(pairs.slice(1, 5));
  assert.ok(Math.abs(r) <= 1 && interval === undefined);
  assert.throws(() => relationWithin([pairs[0]!, pairs[4]!]), RangeError);
  assert.equal(relationWithin([pairs[0]!, { ...pairs[0]!, y: 9 }]).r, 0, "x does not vary");
});
