import assert from "node:assert/strict";
import { duration, lines, progress } from "../../lib/cli/progress.ts";

Deno.test("off a terminal the first and last updates are lines, and one every ten seconds between", () => {
  let time = 0;
  const written: string[] = [];
  const display = lines("training", (line) => written.push(line), () => time);
  for (let step = 1; step <= 300; step++) {
    time += 100;
    display.update(step, 300, `loss ${step}`);
  }
  display.stop();
  display.stop();
  assert.deepEqual(written, [
    "training: 1/300, loss 1, about 30 s left",
    "training: 101/300, loss 101, about 20 s left",
    "training: 201/300, loss 201, about 10 s left",
    "training: 300/300, loss 300",
  ]);
});

Deno.test("what was last said is written when the work stops early", () => {
  const written: string[] = [];
  const display = lines("training", (line) => written.push(line), () => 0);
  display.update(1, 9);
  display.update(2, 9);
  display.update(3, 9);
  display.stop();
  assert.deepEqual(written, ["training: 1/9, about 0 s left", "training: 3/9, about 0 s left"]);
});

Deno.test("a silent display writes nothing, and stopping twice is allowed", () => {
  const display = progress("training", { silent: true });
  display.update(1, 2);
  display.stop();
  display.stop();
});

Deno.test("durations are given in their two largest units", () => {
  assert.deepEqual([0.4, 59.6, 200, 7500].map(duration), [
    "0 s",
    "1 min 0 s",
    "3 min 20 s",
    "2 h 5 min",
  ]);
});
