/**
 * The lines of docs/prompts.md for PyTorch and for a web page, run as they stand there. The image features that they ask
 * open_clip and transformers.js for come from our own tower: what is tested is that they go with our class features.
 */
import assert from "node:assert/strict";
import { randomClip, smallConfig } from "../../lib/clip/mod.ts";
import { drawnShapes, drawShapes, fewShot } from "../../lib/datasets/mod.ts";
import { openImages, train } from "../../lib/engine/mod.ts";
import { writeFeatures } from "../../lib/prompts/mod.ts";
import { useBackend } from "../../lib/tensor/mod.ts";

const docs = await Deno.readTextFile(new URL("../../docs/prompts.md", import.meta.url));

/** The block of code that begins with this line. */
function snippet(first: string): string {
  const at = docs.indexOf(`\n${first}`) + 1;
  assert.ok(at > 0, first);
  return docs.slice(at, docs.indexOf("```", at));
}

await useBackend("wasm");
const root = await Deno.makeTempDir();
await drawShapes(root);
const shapes = fewShot(await drawnShapes.load(root), 1, 1);
const clip = randomClip(smallConfig, 1);
const paths = shapes.test.filter((_, i) => i % 24 === 0).map(({ path }) => path);
const text = `${root}/coop.json`;
using coop = await train("coop", clip, shapes, { training: { epochs: 1 } });
await writeFeatures(text, await coop.features());
const expected = await Promise.all(
  paths.map(async (path) => (await coop.predict(path))[0]!.className),
);
using images = openImages(clip, { workers: 0 });
const rows = await images.features(paths.map((path) => ({ path })));
const width = clip.config.embedDim;
const features = paths.map((_, i) => rows.slice(i * width, (i + 1) * width));

Deno.test("the web page's lines say the classes that predict says", async () => {
  assert.ok(new Set(expected).size > 1, "not one class for all");
  const code = snippet("// A web page with transformers.js");
  const run = new Function(
    ...["fetch", "model", "processor", "RawImage", "console"],
    `return (async () => {${code}})();`,
  );
  for (const [i, data] of features.entries()) {
    const said: string[] = [];
    await run(
      async () => new Response(await Deno.readTextFile(text)),
      () => ({ image_embeds: { data } }),
      (image: unknown) => image,
      { read: (image: unknown) => image },
      { log: (line: string) => said.push(line) },
    );
    assert.deepEqual(said, [expected[i]]);
  }
});

/** A Python with PyTorch: the one that is named, or the one that is there. */
const python = Deno.env.get("PLUMBLINE_TEST_PYTHON") ?? "python3";
const hasTorch = await new Deno.Command(python, { args: ["-c", "import torch"], stderr: "null" })
  .output().then(({ success }) => success, () => false);

Deno.test({
  name: `PyTorch's lines say the same${
    hasTorch ? "" : " (skipped: no PyTorch; PLUMBLINE_TEST_PYTHON names a Python that has it)"
  }`,
  ignore: !hasTorch,
  async fn() {
    const around = `
import json, sys, torch
class Image:
    open = staticmethod(lambda path: features)
class model:
    encode_image = staticmethod(lambda x: x)
preprocess = torch.tensor
for features in json.load(open("features.json")):
${snippet("# PyTorch with open_clip").replace(/^/gm, "    ")}
`;
    await Deno.writeTextFile(`${root}/run.py`, around);
    await Deno.writeTextFile(
      `${root}/features.json`,
      JSON.stringify(features.map((one) => [...one])),
    );
    const { stdout, stderr } = await new Deno.Command(python, { args: ["run.py"], cwd: root })
      .output();
    assert.deepEqual(
      new TextDecoder().decode(stdout).trim().split("\n"),
      expected,
      new TextDecoder().decode(stderr),
    );
  },
});
