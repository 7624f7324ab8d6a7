/** The field's methods: their equations written plainly, and what happens around their steps. */

import assert from "node:assert/strict";
import { drawnShapes, drawShapes, fewShot } from "../../lib/datasets/mod.ts";
import { disposeClip, randomClip, smallConfig } from "../../lib/clip/mod.ts";
import { fitMethod, openImages, validationOf } from "../../lib/engine/mod.ts";
import {
  clap,
  type FeatureSpace,
  lpPlusPlus,
  method,
  resolve,
  resolveSettings,
  taskres,
  tipAdapter,
  tipAdapterF,
} from "../../lib/methods/mod.ts";
import { searchValues } from "../../lib/methods/tip_adapter.ts";
import { streams } from "../../lib/random/mod.ts";
import {
  keep,
  memory,
  readSync,
  tensor,
  type Tensors,
  tidy,
  useBackend,
} from "../../lib/tensor/mod.ts";
import { uniform } from "../tiny_clip.ts";

/** Three classes in a space of five numbers, one template. */
function space(): FeatureSpace {
  const next = uniform(3);
  const texts = keep(tensor(Array.from({ length: 15 }, next), [1, 3, 5]));
  return {
    classes: 3,
    width: 5,
    scale: 10,
    texts: Object.assign(() => texts, { dispose: () => texts.dispose() }),
  };
}

const rows = (count: number, seed: number) => {
  const next = uniform(seed);
  return Array.from({ length: count }, () => Array.from({ length: 5 }, next));
};
const unit = (x: number[]) => x.map((v) => v / Math.hypot(...x));
const dot = (a: number[], b: number[]) => a.reduce((sum, v, i) => sum + v * b[i]!, 0);
const near = (own: ArrayLike<number>, other: number[]) =>
  other.forEach((x, i) => assert.ok(Math.abs(own[i]! - x) < 1e-4, `${own[i]} is not ${x}`));

Deno.test("Tip-Adapter's logits are its equation, and its keys the mean over views", async () => {
  await useBackend("wasm");
  const before = memory().tensors;
  const within = space();
  const words = Array.from(
    { length: 3 },
    (_, c) => [...readSync(within.texts())].slice(5 * c, 5 * c + 5),
  );
  const settings = resolveSettings(tipAdapter, { alpha: 2, beta: 5.5 });
  const learner = tipAdapter.adapter(within, settings);
  const [first, second, asked] = [rows(6, 1), rows(6, 2), rows(4, 5)];
  const labels = [0, 1, 2, 0, 1, 2];
  tidy(() => {
    const seen = [first, second].map((view) => ({ labels, features: tensor(view.flat(), [6, 5]) }));
    const params = learner.gather!(learner.init(streams(1)), seen) as Tensors;
    const keys = first.map((x, i) => unit(x.map((v, j) => (v + second[i]![j]!) / 2)));
    near(readSync(params["cache.keys"]!), keys.flat());
    const features = tensor(asked.flat(), [4, 5]);
    const own = learner.logits(params, learner.prepare(params), { labels: [], features });
    near(
      readSync(own),
      asked.flatMap((x) =>
        words.map((t, c) =>
          10 * dot(unit(x), unit(t)) +
          2 *
            keys.reduce(
              (sum, key, i) =>
                sum + (labels[i] === c ? Math.exp(-5.5 * (1 - dot(unit(x), key))) : 0),
              0,
            )
        )
      ),
    );
  });
  learner.dispose();
  assert.equal(memory().tensors, before);
});

Deno.test("α and β are searched from 0.1 up in equal steps that end before the most", () => {
  assert.deepEqual(searchValues(5, 2).map((x) => +x.toFixed(3)), [0.1, 2.55]);
  assert.equal(searchValues(12, 200).length, 200);
  assert.ok(searchValues(12, 200).at(-1)! < 12);
});

Deno.test("TaskRes starts as zero-shot CLIP and moves texts by α times the residual", async () => {
  await useBackend("wasm");
  const within = space();
  const learner = taskres.adapter(within, resolveSettings(taskres, { alpha: 0.5 }));
  const words = [...readSync(within.texts())];
  const x = rows(2, 9);
  tidy(() => {
    const features = tensor(x.flat(), [2, 5]);
    const logits = (residual: number) => {
      const params = { "text.residual": tensor(Array(15).fill(residual), [3, 5]) };
      return readSync(learner.logits(params, {}, { labels: [], features })).slice();
    };
    for (const residual of [0, 0.3]) {
      const moved = [0, 1, 2].map((c) =>
        words.slice(5 * c, 5 * c + 5).map((v) => v + 0.5 * residual)
      );
      near(logits(residual), x.flatMap((v) => moved.map((t) => 10 * dot(unit(v), unit(t)))));
    }
  });
  learner.dispose();
});

Deno.test("CLAP weighs a class by zero-shot CLIP's confidence on its own images", async () => {
  await useBackend("wasm");
  const within = space();
  const words = Array.from(
    { length: 3 },
    (_, c) => unit([...readSync(within.texts())].slice(5 * c, 5 * c + 5)),
  );
  const learner = clap.adapter(within, resolveSettings(clap, {}));
  const x = rows(6, 4);
  const labels = [0, 1, 2, 2, 1, 0];
  tidy(() => {
    const seen = [{ labels, features: tensor(x.flat(), [6, 5]) }];
    const params = learner.gather!(learner.init(streams(1)), seen) as Tensors;
    const confident = x.map((v, i) => {
      const weights = words.map((t) => Math.exp(10 * dot(unit(v), t)));
      return weights[labels[i]!]! / weights.reduce((a, b) => a + b);
    });
    const expected = [0, 1, 2].map((c) =>
      confident.filter((_, i) => labels[i] === c).reduce((a, b) => a + b) / 2
    );
    near(readSync(params["clap.multipliers"]!), expected);
  });
  learner.dispose();
});

Deno.test("what is chosen, is chosen on validation images; on test images where the preset says so", async () => {
  const at = { dataset: "eurosat", shots: 16, config: smallConfig };
  const item = (path: string) => ({ path, label: 0, className: "a" });
  const data = {
    ...{ name: "eurosat", title: "EuroSAT", splitFrom: "", template: "{}", classNames: ["a", "b"] },
    ...{ train: [], val: [item("val.png")], test: [item("test.png")] },
  };
  const chosenOn = (name: string, preset?: string) =>
    validationOf(resolve(method(name), at, { preset }), data).map(({ path }) => path);
  for (const name of ["tip-adapter", "tip-adapter-f", "lp-plus-plus", "linear-probe"]) {
    assert.deepEqual(chosenOn(name), ["val.png"], name);
  }
  for (const name of ["tip-adapter", "tip-adapter-f"]) {
    assert.deepEqual(chosenOn(name, "chosen-on-test"), ["test.png"]);
    const { deviations } = resolve(method(name), at, { preset: "chosen-on-test" });
    assert.ok(deviations.some((line) => line.includes("chosen on the test images")));
    assert.ok(
      !Object.keys(method(name).presets)[0]!.includes("test"),
      "it is not the first preset",
    );
  }
  for (const name of ["zs-lp", "clap", "taskres", "mma"]) assert.deepEqual(chosenOn(name), []);
  await Promise.resolve();
});

Deno.test("a run of a probe begins at the text features, through what it gathers, and answers as zero-shot CLIP", async () => {
  await useBackend("wasm");
  const root = await Deno.makeTempDir();
  await drawShapes(root);
  const shapes = fewShot(await drawnShapes.load(root), 1, 1);
  const clip = randomClip(smallConfig, 1);
  const logits = async (name: string) => {
    using images = openImages(clip, { workers: 0 });
    const training = { epochs: 1, batchSize: 4, rate: 1e-9, warmupEpochs: 0 };
    const told = name === "zero-shot" ? {} : { training, views: 1 };
    const at = { dataset: shapes.name, shots: 1, config: clip.config };
    using fitted = await fitMethod(resolve(method(name), at, told), shapes, { images, seed: 1 });
    return await fitted.logits(shapes.test.map(({ path }) => path));
  };
  const zeroShot = [...await logits("zero-shot")];
  assert.ok(zeroShot.some((x) => Math.abs(x) > 0.1));
  for (const name of ["zs-lp", "clap", "cross-modal"]) {
    const own = await logits(name);
    zeroShot.forEach((x, i) => assert.ok(Math.abs(own[i]! - x) < 1e-3, `${name}: ${own[i]}, ${x}`));
  }
  disposeClip(clip);
  await Deno.remove(root, { recursive: true });
});

for (const by of [tipAdapterF, lpPlusPlus]) {
  Deno.test(`${by.name} is fitted through the engine, and leaves nothing behind`, async () => {
    await useBackend("wasm");
    const root = await Deno.makeTempDir();
    await drawShapes(root);
    const shapes = fewShot(await drawnShapes.load(root), 2, 1);
    const clip = randomClip(smallConfig, 1);
    const run = async () => {
      using images = openImages(clip, { workers: 0 });
      const at = { dataset: shapes.name, shots: 2, config: clip.config };
      const settings = { views: 2, steps: 5 };
      const own = Object.fromEntries(
        Object.entries(settings).filter(([key]) => Object.hasOwn(by.settings, key)),
      );
      const resolved = resolve(by as never, at, {
        settings: own as never,
        training: { epochs: 2, batchSize: 4 },
      });
      using fitted = await fitMethod(resolved as never, shapes, { images, seed: 1 });
      return (await fitted.test(shapes)).metrics;
    };
    await run(); // what is made once and kept with the CLIP
    const before = memory().tensors;
    const metrics = await run();
    assert.equal(memory().tensors, before);
    assert.ok(metrics.accuracy >= 0 && metrics.n === shapes.test.length);
    disposeClip(clip);
  });
}
