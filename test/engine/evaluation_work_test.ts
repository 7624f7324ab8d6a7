/** Evaluation encodes each text once, however many images there are. */

import assert from "node:assert/strict";
import { disposeClip, randomClip, smallConfig } from "../../lib/clip/mod.ts";
import { drawnShapes, drawShapes } from "../../lib/datasets/mod.ts";
import { evaluate, openImages } from "../../lib/engine/mod.ts";
import { method, resolveSettings } from "../../lib/methods/mod.ts";
import { streams } from "../../lib/random/mod.ts";
import { countWork, dispose, tidy, useBackend } from "../../lib/tensor/mod.ts";

const methods = { coop: {}, ivlp: { textDepth: 2, imageDepth: 2 } };

for (const [name, settings] of Object.entries(methods)) {
  Deno.test(`evaluation by ${name} encodes each text once, for one batch of images as for two`, async () => {
    await useBackend("wasm");
    const root = await Deno.makeTempDir();
    await drawShapes(root);
    const { classNames, template, test } = await drawnShapes.load(root);
    const clip = randomClip(smallConfig, 3);
    using images = openImages(clip, { workers: 0 });
    const chosen = method(name);
    const learner = chosen.learner(
      { clip, classNames, template },
      resolveSettings(chosen, settings),
    );
    const params = tidy(() => learner.init(streams(1)));
    const work = (count: number) =>
      countWork(async () => {
        const items = Array.from({ length: count }, (_, i) => test[i % test.length]!);
        await evaluate(learner, params, items, { needs: chosen.needs, images });
      });
    const texts = await countWork(() => void dispose(tidy(() => learner.prepare(params))));
    const batch = 32; // evaluate's own
    await work(2 * batch); // frozen features are known from here on
    const [one, two] = [await work(batch), await work(2 * batch)];
    const perBatch = two.flops - one.flops;
    assert.ok(texts.flops > perBatch / 100);
    assert.ok(Math.abs(one.flops - perBatch - texts.flops) < 0.001 * texts.flops);
    dispose(params);
    learner.dispose();
    disposeClip(clip);
  });
}
