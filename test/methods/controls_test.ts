/** ProGrad's controls against their equations, written plainly, entry by entry, on the logits of a step. */

import assert from "node:assert/strict";
import { type Draws, stateAt } from "../../lib/methods/mod.ts";
import { joins } from "../../lib/methods/projection.ts";
import { streams } from "../../lib/random/mod.ts";
import { dispose, readSync, tensor, type Tensors, tidy } from "../../lib/tensor/mod.ts";
import { learnerOf, needed, numbers, type Problem, problem, train } from "./problem.ts";

/** The loss and the logits of CoOp's first step under some settings. */
function firstStep(given: Problem, changes: Record<string, unknown>, draws?: Draws) {
  const learner = learnerOf(given, "coop", changes);
  const params = tidy(() => learner.init(streams(1)));
  const batch = needed("coop", given.batch);
  const found = tidy(() => {
    const { loss, logits } = learner.step!(stateAt(learner, params), batch, { rate: 0.1, draws });
    return { loss: readSync(loss)[0], logits: rows([...readSync(logits)], 3) };
  });
  dispose(params);
  learner.dispose();
  return found;
}

function rows(values: number[], width: number): number[][] {
  return Array.from(
    { length: values.length / width },
    (_, i) => values.slice(i * width, (i + 1) * width),
  );
}

/** log softmax(row)[k] */
function logProbability(row: number[], k: number): number {
  return row[k]! - Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0));
}

function meanOver<T>(items: T[], f: (item: T, i: number) => number): number {
  return items.reduce((sum, item, i) => sum + f(item, i), 0) / items.length;
}

function close(a: number, b: number, tolerance = 1e-5): void {
  assert.ok(Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b)), `${a}, expected ${b}`);
}

Deno.test("label smoothing takes (1 − ε)·log p(label) and ε/K of every class's", async () => {
  const given = await problem();
  const { loss, logits } = firstStep(given, { labelSmoothing: 0.3 });
  const plain = meanOver(logits, (row, i) =>
    -0.7 * logProbability(row, given.batch.labels[i]!) -
    0.1 * row.reduce((sum, _, k) => sum + logProbability(row, k), 0));
  close(loss!, plain);
  given.dispose();
});

Deno.test("mix-up mixes features and labels by one share", async () => {
  const given = await problem();
  const partners = [1, 2, 3, 4, 5, 0];
  const shares = partners.map(() => 0.3);
  const { loss, logits } = firstStep(given, { mixupAlpha: 0.2 }, { partners, shares });
  const { labels } = given.batch;
  close(
    loss!,
    meanOver(
      logits,
      (row, i) =>
        -0.3 * logProbability(row, labels[i]!) - 0.7 * logProbability(row, labels[partners[i]!]!),
    ),
  );
  // the logits are those of the mixed features: cosine is linear in the feature but for its length
  const features = rows([...readSync(given.batch.features!)], 24);
  const plain = firstStep(given, {}).logits;
  const length = (x: number[]) => Math.hypot(...x);
  logits.forEach((row, i) => {
    const mixed = features[i]!.map((x, d) => 0.3 * x + 0.7 * features[partners[i]!]![d]!);
    row.forEach((logit, k) => {
      const own = 0.3 * length(features[i]!) * plain[i]![k]!;
      const other = 0.7 * length(features[partners[i]!]!) * plain[partners[i]!]![k]!;
      close(logit, (own + other) / length(mixed), 1e-4);
    });
  });
  given.dispose();
});

Deno.test("dropout sees the context with what is dropped at 0 and the rest over 1 − p", async () => {
  const given = await problem();
  const learner = learnerOf(given, "coop", { dropout: 0.25 });
  const { kept } = learner.draw!(given.batch.labels, streams(4))!;
  assert.equal(kept!.length, 4 * 32);
  assert.ok(kept!.filter((x) => x === 0).length > 10 && kept!.every((x) => x === 0 || x === 1));
  const dropped = firstStep(given, { dropout: 0.25 }, { kept });

  const params = tidy(() => learner.init(streams(1)));
  const context = [...readSync(params["text.0"]!)].map((x, i) => x * kept[i]! / 0.75);
  const thinned: Tensors = { "text.0": tensor(context, [4, 32]) };
  const logits = tidy(
    () => [...readSync(learner.logits(thinned, learner.prepare(thinned), given.batch))],
  );
  dropped.logits.flat().forEach((x, i) => close(x, logits[i]!));
  dispose([params, thinned]);
  learner.dispose();
  given.dispose();
});

Deno.test("weight decay is added to the gradient before the momentum", async () => {
  const given = await problem();
  const first = async (weightDecay: number) => {
    const learner = learnerOf(given, "coop", { weightDecay });
    const { state } = await train(learner, needed("coop", given.batch), { steps: 1 });
    const start = tidy(() => [...readSync(learner.init(streams(1))["text.0"]!)]);
    const kept = { ...numbers(state), start };
    dispose(state);
    learner.dispose();
    return kept as Record<string, number[]>;
  };
  const [none, some] = [await first(0), await first(0.5)];
  some["1/momentum.text.0"]!.forEach((x, i) =>
    close(x, none["1/momentum.text.0"]![i]! + 0.5 * none.start![i]!)
  );
  given.dispose();
});

Deno.test("early stopping is said by the learner's patience", async () => {
  const given = await problem();
  assert.equal(learnerOf(given, "coop", { patience: 7 }).patience, 7);
  assert.equal(learnerOf(given, "coop").patience, undefined);
  given.dispose();
});

const dot = (a: number[], b: number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);

/** g without its part against h. */
function without(g: number[], h: number[], lambda: number): number[] {
  const product = dot(g, h);
  return product < 0 ? g.map((x, i) => x - lambda * product / dot(h, h) * h[i]!) : g;
}

Deno.test("gradients are joined as their papers write it, in conflict and out of it", async () => {
  const given = await problem(); // for the backend
  const general: Record<string, number[]> = { a: [1, 2, -1], b: [0.5, -1] };
  for (const task of [{ a: [-2, 0.5, 1], b: [1, -1] }, { a: [1, 1, 0], b: [-3, 1] }]) {
    for (const lambda of [0, 0.8, 1]) {
      const whole = [Object.values(task).flat(), Object.values(general).flat()];
      const expected: Record<keyof typeof joins, number[]> = {
        project: [...without(task.a, general.a!, lambda), ...without(task.b, general.b!, lambda)],
        add: whole[0]!.map((x, i) => x + lambda * whole[1]![i]!),
        pcgrad: (["a", "b"] as const).flatMap((name) => {
          const [g, h] = [task[name], general[name]!];
          const other = without(h, g, lambda);
          return without(g, h, lambda).map((x, i) => x + other[i]!);
        }),
        agem: without(whole[0]!, whole[1]!, lambda),
      };
      for (const [name, join] of Object.entries(joins)) {
        const tensors = (of: Record<string, number[]>): Tensors =>
          Object.fromEntries(Object.entries(of).map(([key, x]) => [key, tensor(x, [x.length])]));
        const own = tidy(() =>
          Object.values(join(tensors(task), tensors(general), lambda)).flatMap((
            x,
          ) => [...readSync(x)])
        );
        own.forEach((x, i) => close(x, expected[name as keyof typeof joins][i]!, 1e-6));
      }
    }
  }
  given.dispose();
});

Deno.test("ProGrad with λ = 0 is CoOp from the same start, and A-GEM's form on one context is ProGrad", async () => {
  const given = await problem();
  const trained = async (name: string, changes: Record<string, unknown>) => {
    const learner = learnerOf(given, name, changes);
    const { state } = await train(learner, needed(name, given.batch), { steps: 4, rate: 0.05 });
    const values = numbers(state)["0/text.0"];
    dispose(state);
    learner.dispose();
    return values;
  };
  assert.deepEqual(await trained("prograd", { lambda: 0 }), await trained("coop", {}));
  const projected = await trained("prograd", {});
  const agem = await trained("prograd", { join: "agem" });
  agem!.forEach((x, i) => close(x, projected![i]!, 1e-6));
  assert.notDeepEqual(await trained("prograd", { join: "add" }), projected);
  given.dispose();
});
