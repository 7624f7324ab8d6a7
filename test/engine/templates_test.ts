/** Templates of the user's own reach the prompts. */
import assert from "node:assert/strict";
import { disposeClip, randomClip, smallConfig } from "../../lib/clip/mod.ts";
import { drawnShapes, drawShapes, type LoadedDataset } from "../../lib/datasets/mod.ts";
import { train } from "../../lib/engine/mod.ts";
import { ensembleFeatures } from "../../lib/methods/zero_shot.ts";
import { contextPrompts } from "../../lib/methods/context.ts";
import { diverseTeacher } from "../../lib/methods/zero_shot.ts";
import { read, useBackend } from "../../lib/tensor/mod.ts";

Deno.test("zero-shot averages the user's templates, and teachers of many templates take them", async () => {
  await useBackend("wasm");
  const root = await Deno.makeTempDir();
  const clip = randomClip(smallConfig, 1);
  try {
    await drawShapes(root);
    const shapes = await drawnShapes.load(root);
    const image = shapes.test[0]!.path;
    const seen = async (set: LoadedDataset) => {
      using zeroShot = await train("zero-shot", clip, set);
      return (await zeroShot.predict(image)).sort((a, b) => a.label - b.label).map((p) =>
        p.probability
      );
    };
    const [a, b] = ["ein Foto: {}.", "{}の写真"];
    const one = await seen({ ...shapes, template: a });
    (await seen({ ...shapes, templates: [a] })).forEach((p, i) =>
      assert.ok(Math.abs(p - one[i]!) < 1e-5)
    );
    assert.ok(
      (await seen({ ...shapes, templates: [a, b] })).some((p, i) => Math.abs(p - one[i]!) > 1e-4),
    );
    const { classNames, template } = shapes;
    const teacher = diverseTeacher({ clip, classNames, template, templates: [a, b] });
    const wanted = ensembleFeatures(clip, classNames, [a, b], { raw: true });
    assert.deepEqual(await read(teacher()), await read(wanted));
    teacher.dispose();
    wanted.dispose();
  } finally {
    disposeClip(clip);
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("prompts have names as they are, and a context takes the words on both sides of a name", async () => {
  await useBackend("wasm");
  const clip = randomClip(smallConfig, 1);
  const settings = {
    contextLength: 16,
    init: "template",
    classTokenPosition: "end",
    classSpecific: false,
  } as const;
  const ids = (template: string, classNames: string[]) =>
    contextPrompts({ clip, classNames, template }, settings).map((row) => JSON.stringify(row));
  const [one, two, three] = ids("a photo of a {}.", ["$", "$$", "$&"]);
  assert.ok(one !== two && two !== three && one !== three);
  assert.throws(
    () =>
      contextPrompts({ clip, classNames: ["a"], template: "a photo of a {}, a type of bird." }, {
        ...settings,
        contextLength: 4,
      }),
    /the template "a type of bird, a photo of a" has 8 words, more than contextLength 4/,
  );
  disposeClip(clip);
});
