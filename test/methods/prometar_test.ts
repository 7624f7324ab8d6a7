/** ProMetaR's parts and alternatives against its equations, written plainly, on every base. */

import assert from "node:assert/strict";
import { type Draws, method, resolveSettings, stateAt } from "../../lib/methods/mod.ts";
import { drawBoxes } from "../../lib/methods/mixing.ts";
import { drawTask } from "../../lib/methods/virtual_tasks.ts";
import { ensembleFeatures } from "../../lib/methods/zero_shot.ts";
import { streams } from "../../lib/random/mod.ts";
import { ensemble } from "../../lib/templates.ts";
import { dispose, prefixTensors, tidy } from "../../lib/tensor/mod.ts";
import { plainIteration, type PlainSettings } from "./plain_prometar.ts";
import { learnerOf, needed, numbers, problem, train } from "./problem.ts";

const draws: Draws = {
  query: [1, 4],
  support: [0, 2, 3, 5],
  shares: [0.25, 0.875],
  partners: [2, 0],
};

/** Rates at which an error in the second-order part shows. */
const amplified = { innerRate: 0.02, outerRatio: 0.5, modulationRate: 0.5 };

/** One iteration of a method and of the equations: both agree in every parameter and buffer. */
async function agrees(
  name: string,
  baseName: string,
  changes: Record<string, unknown>,
  given: Draws = draws,
): Promise<void> {
  const on = await problem();
  const learner = learnerOf(on, name, { ...amplified, ...changes });
  const base = learnerOf(on, baseName);
  const teacher = ensembleFeatures(on.task.clip, on.task.classNames, ensemble("prometar_60"), {
    raw: true,
  });
  const settings = resolveSettings(method(name), amplified, changes) as unknown as PlainSettings;
  const rate = 0.01;
  const params = tidy(() => learner.init(streams(6)));
  const own = tidy(() =>
    numbers(
      learner.step!(stateAt(learner, params), needed(name, on.batch), {
        rate,
        draws: settings.metaLearning ? given : undefined,
      }).state,
    )
  );
  const plain = tidy(() => {
    const by = { task: on.task, base, teacher, settings, rate };
    const { params: moved, momentum } = plainIteration(by, params, on.batch, given);
    return numbers({ params: moved, optimiser: prefixTensors("momentum.", momentum) });
  });
  assert.deepEqual(Object.keys(own).toSorted(), Object.keys(plain).toSorted());
  for (const [key, values] of Object.entries(plain)) {
    const magnitude = Math.max(...values.map(Math.abs));
    const difference = Math.max(...values.map((x, i) => Math.abs(x - own[key]![i]!)));
    assert.ok(difference <= 2e-4 * magnitude, `${key}: ${difference} of ${magnitude}`);
  }
  dispose([params, teacher]);
  learner.dispose();
  base.dispose();
  on.dispose();
}

const variants: [what: string, changes: Record<string, unknown>, draws?: Draws][] = [
  ["as published", {}],
  ["first order", { firstOrder: true }],
  ["by the paper's equations, without the regularised step", { regularisedStep: false }],
  ["with a fixed modulation", { modulation: "fixed", gate: 0.3 }],
  ["with squared distances", { regulariser: "squared" }],
  ["with cosine distances", { regulariser: "cosine" }],
  ["without meta-regularization", { regulariser: "none" }],
  ["without task augmentation", { augmentation: "none" }],
  ["with input mix-up", { augmentation: "input" }],
  ["with CutMix", { augmentation: "cutmix" }, {
    ...draws,
    boxes: [4, 8, 20, 32, 0, 0, 8, 16],
  }],
  ["without meta-learning", { metaLearning: false, gate: 0.5 }],
];

for (const [what, changes, given] of variants) {
  Deno.test(`ProMetaR ${what} takes the step of its equations`, () =>
    agrees("prometar", "ivlp", changes, given));
}

for (const base of ["coop", "vpt", "maple"]) {
  Deno.test(`ProMetaR on ${base} takes the step of its equations`, () =>
    agrees(`prometar-${base}`, base, {}));
}

for (const base of ["ivlp", "coop", "vpt", "maple"]) {
  Deno.test(`with all parts off, ProMetaR on ${base} is ${base}`, async () => {
    const on = await problem();
    const name = base === "ivlp" ? "prometar" : `prometar-${base}`;
    const off = { metaLearning: false, regulariser: "none" };
    const trained = async (learner: ReturnType<typeof learnerOf>, name: string) => {
      const { state } = await train(learner, needed(name, on.batch), { steps: 3 });
      const values = numbers(state);
      dispose(state);
      learner.dispose();
      return values;
    };
    assert.deepEqual(
      await trained(learnerOf(on, name, off), name),
      await trained(learnerOf(on, base), base),
    );
    on.dispose();
  });
}

Deno.test("a batch of one class takes the regularised step alone", async () => {
  const on = await problem();
  const learner = learnerOf(on, "prometar");
  assert.equal(learner.draw!([2, 2, 2], streams(1)), undefined);
  assert.equal(learnerOf(on, "prometar", { metaLearning: false }).draw, undefined);
  learner.dispose();
  on.dispose();
});

Deno.test("a task is one class of the batch against the others, mixed within it", () => {
  const labels = [3, 1, 3, 7, 1, 1];
  for (let seed = 0; seed < 20; seed++) {
    const settings = { augmentation: "cutmix", mixup: [0.5, 0.5] } as const;
    const { query, support, shares, partners, boxes } = drawTask(
      labels,
      streams(seed),
      { ...settings, mixup: [...settings.mixup] },
      32,
    )!;
    const [chosen] = query!.map((i) => labels[i]);
    assert.deepEqual([...query!, ...support!].toSorted(), [0, 1, 2, 3, 4, 5]);
    assert.ok(query!.every((i) => labels[i] === chosen));
    assert.ok(support!.every((i) => labels[i] !== chosen));
    assert.equal(partners!.length, query!.length);
    assert.ok(partners!.every((partner) => partner < support!.length));
    assert.equal(boxes!.length, 4 * query!.length);
    assert.ok(shares!.every((share) => share >= 0 && share <= 1));
  }
});

Deno.test("CutMix's boxes lie in the image, and the share is what they leave of it", () => {
  const random = streams(2)("task");
  const wanted = Array.from({ length: 200 }, (_, i) => (i + 0.5) / 200);
  const { boxes, shares } = drawBoxes(wanted, 32, random);
  shares.forEach((share, i) => {
    const [left, top, right, bottom] = boxes.slice(4 * i, 4 * i + 4) as [
      number,
      number,
      number,
      number,
    ];
    assert.ok(
      0 <= left && left <= right && right <= 32 && 0 <= top && top <= bottom && bottom <= 32,
    );
    assert.equal(share, 1 - (right - left) * (bottom - top) / 1024);
    // cut off at borders, a box takes at most what was drawn, to a pixel a side
    assert.ok(share >= wanted[i]! - 1e-9 - 33 / 1024, `${share} of ${wanted[i]}`);
  });
});
