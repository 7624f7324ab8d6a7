import assert from "node:assert/strict";
import { eta, type Left } from "../../lib/lab/eta.ts";
import { span } from "../../lib/cli/progress.ts";
import { corrections, cost } from "../../lib/protocols/mod.ts";
import { smallConfig } from "../../lib/clip/mod.ts";
import { method } from "../../lib/methods/mod.ts";

/** A run of cells, one after the other, on a clock of its own. */
function runOf(cells: [id: string, method: string, seconds: number][], jobs = 1) {
  const clock = { time: 0 };
  const expected = new Map(cells.map(([id, method, seconds]) => [id, { method, seconds }]));
  const left = eta(expected, jobs, () => clock.time);
  const run = (id: string, seconds: number) => {
    left.begun(id);
    clock.time += seconds;
    left.ended(id);
  };
  return { clock, left, run };
}

const near = ({ least, most }: Left, low: number, high: number) => {
  const isNear = (a: number, b: number) => Math.abs(a - b) <= 1e-9 * b;
  assert.ok(isNear(least, low) && isNear(most, high), `${least} to ${most}`);
};

const tens = (count: number, method = "coop") =>
  Array.from({ length: count }, (_, i): [string, string, number] => [`${method}${i}`, method, 10]);

Deno.test("the time left is the estimate at first, and learns from the first cells", () => {
  const { left, run } = runOf(tens(4));
  near(left.left(), 40, 40);
  run("coop0", 20); // twice as slow as thought: half of that is believed, and all of it possible
  near(left.left(), 3 * 15, 3 * 20);
  run("coop1", 20);
  near(left.left(), 2 * 10 * 50 / 30, 2 * 20);
  run("coop2", 20);
  run("coop3", 20);
  near(left.left(), 0, 0);
});

Deno.test("it widens when the machine becomes busy, and when it is idle again", () => {
  const { left, run } = runOf(tens(51));
  for (let i = 0; i < 20; i++) run(`coop${i}`, 10);
  near(left.left(), 310, 310);
  for (let i = 20; i < 25; i++) run(`coop${i}`, 30);
  const { least, most } = left.left();
  // 5 of 25 cells took thrice as long: 360 s of 260 expected and 10 as one more
  near({ least, most }, 260 * 360 / 260, 26 * 30);
  assert.equal(span({ least, most }), "6 to 13 min");
  for (let i = 25; i < 30; i++) run(`coop${i}`, 10);
  near(left.left(), 21 * 10, 210 * 410 / 310);
});

Deno.test("what is learned of one method holds for it, and for those that nothing is known of", () => {
  const { left, run } = runOf([...tens(11, "coop"), ...tens(2, "ivlp"), ["p", "prometar", 100]]);
  for (let i = 0; i < 9; i++) run(`coop${i}`, 20);
  run("ivlp0", 10);
  const { least, most } = left.left();
  // CoOp: 19/10; IVLP: 1; ProMetaR as all: (9 · 20 + 10 + 10) / (10 · 10 + 10)
  const expected = 2 * 19 + 10 + 100 * 200 / 110;
  assert.ok(least <= expected + 1e-9 && most >= expected - 1e-9, `${least} to ${most}`);
  assert.ok(most < 1.1 * least);
});

Deno.test("a cell under way tells by its parts; one that doesn't, when it is late", () => {
  const parts = runOf([["a", "coop", 100]]);
  parts.left.at("a", 0);
  parts.clock.time = 60;
  parts.left.at("a", 0.3);
  near(parts.left.left(), 70 * 1.5, 70 * 2);
  const silent = runOf([["a", "coop", 100], ["b", "coop", 100]]);
  silent.left.begun("a");
  silent.clock.time = 40;
  near(silent.left.left(), 160, 160);
  silent.clock.time = 300; // three times what was thought, and not over
  near(silent.left.left(), 105, 3 * 105);
});

Deno.test("a cell that goes on from a checkpoint is judged by what it did since", () => {
  const { clock, left } = runOf([["a", "coop", 100], ["b", "coop", 100]]);
  left.begun("a");
  left.at("a", 0.5);
  clock.time = 50;
  left.ended("a");
  near(left.left(), 100, 100);
});

Deno.test("side by side cells take their share, and no less than the longest of them", () => {
  near(runOf(tens(8), 4).left.left(), 20, 20);
  near(runOf([...tens(3), ["long", "prometar", 90]], 4).left.left(), 90, 90);
});

Deno.test("a cell that failed or was there counts for nothing any more", () => {
  const { left } = runOf(tens(2));
  left.ended("coop0");
  left.ended("unknown");
  left.at("unknown", 0.5);
  near(left.left(), 10, 10);
});

Deno.test("a range is told in few words, and as one time where its ends are about the same", () => {
  const words = ([least, most]: [number, number]) => span({ least, most });
  const ranges: [number, number][] = [
    [2400, 3600],
    [20, 70],
    [50, 200],
    [5400, 9000],
    [100, 110],
    [0, 0],
  ];
  assert.deepEqual(ranges.map(words), [
    "40 to 60 min",
    "20 to 70 s",
    "50 s to 3 min 20 s",
    "1 h 30 min to 2 h 30 min",
    "1 min 45 s",
    "0 s",
  ]);
});

Deno.test("cells that were timed correct the estimates of their method, or else of all", () => {
  const timed = [["coop", 20], ["coop", 30], ["coop", 400], ["prograd", 10]] as const;
  const factor = corrections(timed.map(([method, total]) => ({
    record: {
      cell: { protocol: "few-shot", method, dataset: "a", shots: 1, seed: 1 },
      seconds: { total, training: 0, evaluation: 0 },
    },
    estimate: 10,
  })));
  assert.equal(factor("coop"), 3);
  assert.equal(factor("prograd"), 1);
  assert.equal(factor("prometar"), 3);
  assert.equal(corrections([])("coop"), 1);
});

Deno.test("more images, classes and epochs cost more; what learns nothing costs its test", () => {
  const training = { epochs: 10, batchSize: 4, rate: 1, warmupEpochs: 0, warmupRate: 0 };
  const sizes = {
    method: method("coop"),
    classes: 10,
    images: 100,
    training,
    tests: [{ classes: 10, images: 50 }],
  };
  const machine = { rate: 1e11, overhead: 1e-5 };
  const seconds = (changes: Partial<typeof sizes>) =>
    cost({ ...sizes, ...changes }, smallConfig, machine).seconds;
  assert.ok(seconds({ images: 200 }) > 1.5 * seconds({}));
  assert.ok(seconds({ classes: 100 }) > seconds({}));
  assert.ok(seconds({ method: method("prometar") }) > seconds({ method: method("ivlp") }));
  assert.ok(
    seconds({ method: method("zero-shot"), training: { ...training, epochs: 0 } }) <
      seconds({}) / 5,
  );
  const atOnce = { ...training, epochs: 0 };
  const probe = { method: method("linear-probe"), training: atOnce };
  assert.ok(seconds(probe) > 10 * seconds({ method: method("zero-shot"), training: atOnce }));
  assert.ok(
    seconds({ ...probe, images: 2000 }) > 1.9 * seconds({ ...probe, images: 1000 }),
    "solving is told by the images",
  );
  const fast = cost({ ...sizes, ...probe }, smallConfig, { ...machine, doubles: 1e10 });
  assert.ok(fast.seconds < seconds(probe) / 3, "and by the rate of doubles");
  assert.ok(cost({ ...sizes, classes: 1000 }, smallConfig, machine).bytes > 3.5e8);
});
