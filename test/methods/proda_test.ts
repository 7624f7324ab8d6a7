/** ProDA's loss and logits against its equations, in plain numbers. */

import assert from "node:assert/strict";
import { context, disposeLayout, encodeText, layOut } from "../../lib/clip/mod.ts";
import { learnedContext, proda, resolveSettings, stateAt } from "../../lib/methods/mod.ts";
import { streams } from "../../lib/random/mod.ts";
import { dispose, readSync, reshape, slice, type Tensor, tidy } from "../../lib/tensor/mod.ts";
import { problem } from "./problem.ts";

const rowsOf = (x: Tensor): number[][] => {
  const width = x.shape[1]!;
  const all = [...readSync(x)];
  return Array.from({ length: x.shape[0]! }, (_, i) => all.slice(i * width, (i + 1) * width));
};
const dot = (a: number[], b: number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
const unit = (x: number[]) => x.map((v) => v / Math.hypot(...x));
const meanOf = (rows: number[][]) =>
  rows[0]!.map((_, d) => rows.reduce((sum, row) => sum + row[d]!, 0) / rows.length);

Deno.test("ProDA's loss is the bound under a Gaussian with the prompts' channel-wise covariance, and λ times their likeness", async () => {
  const { task, batch, dispose: free } = await problem();
  const [K, M, lambda, chosen] = [4, 4, 0.3, [0, 1, 3]];
  const settings = resolveSettings(proda, {
    prompts: K,
    together: 3,
    contextLength: M,
    weight: lambda,
  });
  const learner = proda.learner(task, settings);
  const { clip } = task;
  const state = tidy(() => stateAt(learner, learner.init(streams(2))));
  const prompt = (k: number) =>
    reshape(slice(state.params["text.0"]!, 0, k, 1), [M, clip.text.width]);
  // Of four prompts one has the class name in front, one in the middle, two at the end.
  const places = ["front", "middle", "end", "end"] as const;
  const features = tidy(() =>
    places.map((classTokenPosition, k) => {
      const side = learnedContext(task, {
        contextLength: M,
        init: "random",
        classTokenPosition,
        classSpecific: false,
      });
      const own = rowsOf(side.features({ "text.0": prompt(k) }));
      side.dispose();
      return own;
    })
  );
  const { begin, encode, end } = clip.tokenizer;
  const layout = layOut(
    [[...begin, ...[0, 1, 2, 3].map((i) => context(i)), ...encode("."), ...end]],
    M,
    1,
    clip.text,
  );
  const nameless = tidy(() =>
    places.map((_, k) => unit(rowsOf(encodeText(clip.text, layout, prompt(k)))[0]!))
  );
  disposeLayout(layout);

  const [s, classes] = [clip.scale, [0, 1, 2]];
  const images = rowsOf(batch.features!).map(unit);
  const center = classes.map((c) => meanOf(chosen.map((k) => features[k]![c]!)));
  const width = clip.config.embedDim;
  const covariance = (i: number, j: number, d: number) =>
    chosen.reduce(
      (sum, k) =>
        sum + (features[k]![i]![d]! - center[i]![d]!) * (features[k]![j]![d]! - center[j]![d]!),
      0,
    ) / (chosen.length + 1);
  const z = images.map((v, row) => {
    const y = batch.labels[row]!;
    return classes.map((c) => {
      let spread = 0; // vᵀA_cy v, A_cy = Σ_cc + Σ_yy − Σ_cy − Σ_yc
      for (let d = 0; d < width; d++) {
        spread += v[d]! ** 2 *
          (covariance(c, c, d) + covariance(y, y, d) - 2 * covariance(c, y, d));
      }
      return s * dot(v, center[c]!) + s ** 2 / 2 * spread;
    });
  });
  const bound = z.reduce((sum, logits, row) => {
    const most = Math.max(...logits);
    const total = logits.reduce((t, x) => t + Math.exp(x - most), 0);
    return sum - (logits[batch.labels[row]!]! - most - Math.log(total));
  }, 0) / z.length;
  const pairs = nameless.flatMap((a, i) =>
    nameless.filter((_, j) => j !== i).map((b) => Math.abs(dot(a, b)))
  );
  const alike = pairs.reduce((a, b) => a + b) / pairs.length;

  tidy(() => {
    const done = learner.step!(state, batch, { rate: 0.01, draws: { prompts: chosen } });
    const own = readSync(done.logits);
    z.flat().forEach((x, i) => assert.ok(Math.abs(own[i]! - x) < 1e-3, `${own[i]} is not ${x}`));
    const loss = readSync(done.loss)[0]!;
    assert.ok(Math.abs(loss - (bound + lambda * alike)) < 1e-4, `${loss}`);
    assert.ok(
      z.some((row, i) => row.some((x, c) => Math.abs(x - s * dot(images[i]!, center[c]!)) > 1e-3)),
    );
    const all = classes.map((c) => meanOf(features.map((of) => of[c]!)));
    const told = readSync(learner.logits(state.params, learner.prepare(state.params), batch));
    images.flatMap((v) => all.map((t) => s * dot(v, t)))
      .forEach((x, i) => assert.ok(Math.abs(told[i]! - x) < 1e-3, `${told[i]} is not ${x}`));
  });
  dispose(state);
  learner.dispose();
  free();
});

Deno.test("a step's prompts are B different ones of the K", async () => {
  const { task, dispose: free } = await problem();
  const learner = proda.learner(
    task,
    resolveSettings(proda, { prompts: 8, together: 3, contextLength: 4 }),
  );
  const random = streams(1);
  const seen = new Set<number>();
  for (let step = 0; step < 40; step++) {
    const { prompts } = learner.draw!([0, 1], random)!;
    assert.equal(new Set(prompts).size, 3);
    prompts!.forEach((k) => seen.add(k));
  }
  assert.deepEqual([...seen].sort(), [0, 1, 2, 3, 4, 5, 6, 7]);
  learner.dispose();
  free();
});

Deno.test("prompts that start as words are these words' embeddings, each with its own noise", async () => {
  const { task, dispose: free } = await problem();
  const { clip: { text, tokenizer } } = task;
  const start = (init: string) => {
    const settings = resolveSettings(proda, { prompts: 2, contextLength: 4, init });
    const learner = proda.learner(task, settings);
    const values = tidy(() => [...readSync(learner.init(streams(1))["text.0"]!)]);
    learner.dispose();
    return values;
  };
  const [noise, worded] = [start("random"), start("a photo of a")];
  const own = tokenizer.encode("a photo of a").flatMap((id) => [...text.tokens.row(id)]);
  assert.equal(worded.length, 2 * own.length);
  worded.forEach((x, i) => assert.ok(Math.abs(x - noise[i]! - own[i % own.length]!) < 1e-6));
  assert.notDeepEqual(worded.slice(0, own.length), worded.slice(own.length));
  free();
});
