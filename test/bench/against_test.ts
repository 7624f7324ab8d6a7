/** The published code beside ours: whose turn it is, what is made of the seconds, and that both sides build the same. */
import assert from "node:assert/strict";
import { denoPath } from "../../lib/deno_path.ts";
import { cases } from "./cases.ts";
import {
  type Against,
  alternating,
  compared,
  fleeting,
  published,
  resting,
  type Runner,
  runners,
  type Sides,
  stepper,
} from "./against.ts";
import { spread } from "../../docs/spread.ts";
import { ratio, ratiosPart } from "./ratios.ts";
import { beside } from "./write.ts";

/** Sides whose steps take these seconds, or fail. */
function sides(log: string[], seconds: (runner: Runner) => number | string): Sides {
  const side = (runner: Runner) => () => {
    log.push(runner);
    const answer = seconds(runner);
    return Promise.resolve(
      typeof answer === "string"
        ? { failed: answer }
        : { seconds: answer, peakBytes: 1e9 * answer },
    );
  };
  return Object.fromEntries(
    runners.map((runner) => [runner, side(runner)] as const),
  ) as unknown as Sides;
}

Deno.test("each takes one step a round, in turn first; the first round counts for memory alone", async () => {
  const log: string[] = [];
  const times: Record<Runner, number> = {
    ...{ "published fp32": 4, "published bf16": 2 },
    ...{ "ours fp32": 1, "ours bf16": 0.5 },
  };
  let load = 5;
  const { round, result } = alternating("a", sides(log, (runner) => load * times[runner]));
  for (load of [5, 1, 2, 3]) await round();
  assert.deepEqual(log.slice(0, 4), runners);
  assert.deepEqual(log.slice(4, 8), [...runners.slice(1), runners[0]]);
  assert.deepEqual(log.slice(8, 12), [...runners.slice(2), ...runners.slice(0, 2)]);
  const found = result();
  assert.deepEqual(found.seconds["ours fp32"], [1, 2, 3]);
  assert.equal(found.peakBytes["published fp32"], 20e9);
  // The load of the machine meets all sides and leaves the ratio.
  assert.deepEqual(ratio(found, "published fp32", "ours fp32"), { median: 4, least: 4, most: 4 });
  assert.deepEqual(ratio(found, "published bf16", "ours bf16"), { median: 4, least: 4, most: 4 });
});

Deno.test("a side that fails is asked no more, and said to have failed", async () => {
  const log: string[] = [];
  const { round, result } = alternating(
    "a",
    sides(
      log,
      (runner) =>
        runner === "published fp32" ? "out of memory" : runner === "published bf16" ? 6 : 2,
    ),
  );
  await round();
  await round();
  const found = result();
  assert.equal(log.filter((what) => what === "published fp32").length, 1);
  assert.deepEqual(found.failed, { "published fp32": "out of memory" });
  assert.equal(ratio(found, "published fp32", "ours fp32"), undefined);
  assert.equal(ratio(found, "published bf16", "ours fp32")!.median, 3);
  const page = ratiosPart([of(found)]);
  assert.match(page, /\| a \| – \| \*\*3\.0\*\* \(3\.0–3\.0\) \|/);
  assert.match(page, /- a, published fp32: no step: out of memory\./);
});

Deno.test("a side apart is built, warmed up and ended for each step", async () => {
  const log: string[] = [];
  const side = fleeting(() => {
    log.push("built");
    let asked = 0;
    return Promise.resolve({
      ask: () => (log.push("asked"), Promise.resolve({ seconds: ++asked, peakBytes: 1 })),
      end: () => Promise.resolve(void log.push("ended")),
    });
  });
  assert.equal((await side.ask({})).seconds, 2);
  await side.ask({});
  await side.end();
  assert.deepEqual(log, Array(2).fill(["built", "asked", "asked", "ended"]).flat());
  const { round, result } = alternating("a", sides([], () => 2), 0);
  await round();
  assert.deepEqual(result().seconds["ours fp32"], [2]);
  assert.match(ratiosPart([of({ ...result(), apart: true })]), /- a: each side had the memory/);
});

Deno.test("a side at rest is warmed up for each step, and rests after it", async () => {
  const asked: unknown[] = [];
  const side = resting({
    ask: (what) => Promise.resolve({ seconds: asked.push(what) }),
    end: () => Promise.resolve(),
  });
  assert.equal((await side.ask("step")).seconds, 2);
  assert.deepEqual(asked, ["step", "step", { rest: true }]);
});

const of = (...results: Against["results"]): Against => (
  { measured: "2000-01-01", machine: "2 × a processor", versions: "PyTorch 2.4.1; some", results }
);

Deno.test("ratios are of steps of the same round, with median and range, before seconds", () => {
  const seconds = { "published fp32": [8, 10, 30], "ours fp32": [2, 2, 5] };
  const peakBytes = { "published fp32": 5.2e9, "ours fp32": 2.1e9 };
  const page = ratiosPart([of({ name: "coop", seconds, peakBytes, failed: {} })]);
  assert.match(page, /\| coop \| \*\*5\.0\*\* \(4\.0–6\.0\) \| – \|/);
  assert.match(page, /\| coop \| 10\.00 \| 5\.2 \| – \| – \| 2\.00 \| 2\.1 \|/);
  assert.ok(page.indexOf("(4.0–6.0)") < page.indexOf("10.00"));
  assert.match(page, /3 rounds or more/);
  assert.deepEqual(spread([4, 1, 3, 2]), { median: 2.5, least: 1, most: 4 });
});

Deno.test("cases of the same machine and versions stay beside those measured anew; other releases and machines, too", () => {
  const one = (name: string, s: number) => (
    { name, seconds: { "ours fp32": [s] }, peakBytes: {}, failed: {} }
  );
  const [first, second] = compared as unknown as [string, string];
  const before = of(one(first, 1), one(second, 2));
  const now = of(one(second, 3));
  const [{ results }] = beside(now, [before]) as [Against];
  assert.deepEqual(results, [one(first, 1), one(second, 3)]);
  assert.deepEqual(beside(now, [{ ...before, versions: "PyTorch 2.4.1; other" }]), [now]);
  assert.deepEqual(beside(undefined, [before]), [before]);
  const later = { ...now, versions: "PyTorch 2.12.1; some" };
  assert.deepEqual(beside(later, [before]), [before, later]);
  assert.deepEqual(beside(now, [before, later])[1], later);
  const elsewhere = { ...now, machine: "1 × another" };
  assert.deepEqual(beside(elsewhere, [before]), [before, elsewhere]);
});

Deno.test("the published side has our cases' sizes, names and settings", () => {
  for (const name of compared) assert.ok(name in cases, name);
  const { classes, labels, shapes, settings, ...sizes } = published("prometar/ViT-B-16/4x20/exact");
  const { threads, ...given } = sizes;
  assert.deepEqual(given, { method: "prometar", backbone: "ViT-B/16", imageSize: 224, batch: 4 });
  assert.ok(Number(threads) >= 1);
  assert.equal(new Set(classes as string[]).size, 20);
  assert.deepEqual(labels, [0, 7, 14, 1]);
  assert.deepEqual((shapes as Record<string, number[]>)["visual.conv1.weight"], [768, 3, 16, 16]);
  const told = settings as Record<string, unknown>;
  assert.deepEqual(
    [told.nCtxText, told.nCtxVision, told.promptDepthText, told.promptDepthVision],
    [4, 4, 9, 9],
  );
  assert.deepEqual([told.adaptLr, told.outerRatio, told.modulationGroup], [5e-4, 5e-4, 8]);
  const coop = published("coop/RN50/32x100/exact").settings as Record<string, unknown>;
  assert.deepEqual([coop.nCtx, coop.csc, coop.classTokenPosition], [16, false, "end"]);
});

Deno.test("our side takes a step for each line that it is told", async () => {
  const script = decodeURIComponent(new URL("./on_request.ts", import.meta.url).pathname);
  const args = ["run", "-q", "-P=bench", script, "pocket/text/forward-backward", "wasm"];
  const ours = stepper(denoPath(), args);
  const answers = [await ours.ask({}), await ours.ask({}), await ours.ask({})];
  await ours.end();
  for (const { seconds, peakBytes, failed } of answers) {
    assert.equal(failed, undefined);
    assert.ok(seconds! > 0 && peakBytes! > 1e8);
  }
});

Deno.test("a side whose process ends is one that failed", async () => {
  const gone = stepper(denoPath(), ["eval", "Deno.exit(3)"]);
  assert.deepEqual(await gone.ask({}), { failed: "it ended with code 3" });
  assert.deepEqual(await gone.ask({}), { failed: "it ended with code 3" });
  await gone.end();
});

Deno.test("who is compared is told apart by name", () => {
  for (const runner of runners) assert.match(runner, /^(published|ours) (fp32|bf16)$/);
});
