import assert from "node:assert/strict";
import { mutants } from "./mutate.ts";

Deno.test("mutants change code, one place each, and neither comments, texts, types nor imports", () => {
  const text = `/** 1 + 1 */
import { add } from "./1 + 1.ts";

/** 1 */
export interface A {
  one: 1;
}

// 1 + 1
export const f = (x: number) => add(x, 1) < 2 ? "0 + 1" : x + x;
`;
  const line = `export const f = (x: number) => add(x, 1) < 2 ? "0 + 1" : x + x;`;
  const made = mutants(text);
  assert.deepEqual(
    made.map(({ is }) => is).sort(),
    [
      line.replace("add(", "((x) => x)("),
      line.replace("x, 1", "x, 2"),
      line.replace("x + x", "x - x"),
      line.replace("< 2", "<= 2"),
    ].sort(),
  );
  for (const { line: at, was } of made) {
    assert.equal(at, 10);
    assert.equal(was, line);
  }
});
