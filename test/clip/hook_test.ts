/** What methods put into the towers: hooks, contexts that enter late, and tokens that only read. */

import assert from "node:assert/strict";
import {
  context,
  disposeClip,
  disposeLate,
  disposeLayout,
  encodeImages,
  encodeText,
  encodeWithTransformer,
  type Hook,
  imageRows,
  layOut,
  layOutLate,
  randomClip,
  readableImages,
  readableTexts,
  readAlong,
  smallConfig,
  tokenSlots,
  unfolded,
  type VisionTransformer,
  wholeNorm,
} from "../../lib/clip/mod.ts";
import {
  add,
  dispose,
  linear,
  memory,
  readSync,
  scale,
  slice,
  type Tensor,
  tensor,
  tidy,
  useBackend,
} from "../../lib/tensor/mod.ts";

const texts = ["a photo of a cat.", "a photo of a grand piano."];

function near(own: Tensor, other: Tensor, tolerance = 1e-5): void {
  assert.deepEqual(own.shape, other.shape);
  const [a, b] = [own, other].map((x) => readSync(x).slice());
  const most = b!.reduce((m, x) => Math.max(m, Math.abs(x)), 0);
  a!.forEach((x, i) => assert.ok(Math.abs(x - b![i]!) <= tolerance * most, `${x} is not ${b![i]}`));
}

const noise = (shape: number[], seed: number) => {
  let state = seed;
  const size = shape.reduce((a, b) => a * b, 1);
  return tensor(
    Array.from({ length: size }, () => ((state = (state * 16807) % 2147483647) / 2147483647) - 0.5),
    shape,
  );
};

Deno.test("a hook that changes nothing changes no feature, and leaves no tensor", async () => {
  await useBackend("wasm");
  const clip = randomClip(smallConfig, 1);
  const image = clip.image as VisionTransformer;
  const pixels = noise([2, smallConfig.imageSize, smallConfig.imageSize, 3], 7);
  const layout = layOut(tokenSlots(clip, texts), 0, 1, clip.text);
  const through = (blocks: VisionTransformer["blocks"]): Hook => (layer) => ({
    tracked: false,
    normed(unit, part) {
      const { norms } = blocks[layer]!;
      return unfolded(wholeNorm(unit, norms[part]), norms[part]); // there and back
    },
    projected: (y) => scale(y, 1),
    leave: (_, after) => after,
  });
  encodeImages(clip, pixels).dispose(); // the index of class tokens is made once
  const before = memory().tensors;
  tidy(() => {
    near(
      encodeWithTransformer(image, pixels, [], { hook: through(image.blocks) }),
      encodeImages(clip, pixels),
    );
    near(
      encodeText(clip.text, layout, undefined, [], { hook: through(clip.text.blocks) }),
      encodeText(clip.text, layout),
    );
  });
  assert.equal(memory().tensors, before);
  disposeLayout(layout);
  dispose(pixels);
  disposeClip(clip);
});

Deno.test("contexts that enter late are read from then on: at the first block as if they had no position", async () => {
  await useBackend("wasm");
  const clip = randomClip(smallConfig, 2);
  const slots = tokenSlots(clip, texts).map((
    [sos, ...rest],
  ) => [sos!, context(0), context(1), ...rest]);
  const vectors = noise([2, clip.text.width], 3);
  const late = [0, 1].map((layer) => layOutLate(slots, 2, layer, clip.text));
  const features = late.map((of) =>
    encodeText(clip.text, of.layout, vectors, [], { late: of.late })
  );
  const [first, second] = features.map((x) => readSync(x).slice());
  assert.notDeepEqual(first, second);
  // Without positions of their own and with the others' as they were, the first block sees what a layout made so shows.
  const { positions, width } = clip.text;
  const shifted = new Float32Array(positions.length);
  shifted.set(positions.subarray(0, width));
  shifted.set(positions.subarray(width, positions.length - 2 * width), 3 * width);
  const plain = layOut(slots, 2, 1, { ...clip.text, positions: shifted }, false);
  near(features[0]!, encodeText(clip.text, plain, vectors));
  late.forEach(disposeLate);
  disposeLayout(plain);
  disposeClip(clip);
});

Deno.test("kept prompts come out after the class token, whose row is the feature's", async () => {
  await useBackend("wasm");
  const clip = randomClip(smallConfig, 3);
  const image = clip.image as VisionTransformer;
  const pixels = noise([2, smallConfig.imageSize, smallConfig.imageSize, 3], 11);
  const prompts = [undefined, noise([3, image.norm!.gain.size], 5)];
  const rows = imageRows(image, pixels, prompts, { kept: true });
  const width = image.norm!.gain.size;
  assert.deepEqual(rows.shape, [2 * 4, width]);
  const classes = tidy(() =>
    [0, 4].map((at) => readSync(linear(slice(rows, 0, at, 1), image.project)).slice())
  );
  const features = readSync(encodeWithTransformer(image, pixels, prompts)).slice();
  const embedding = classes[0]!.length;
  classes.forEach((row, i) =>
    row.forEach((x, j) => assert.ok(Math.abs(x - features[i * embedding + j]!) < 1e-5))
  );
  disposeClip(clip);
});

Deno.test("a reader that starts as the class token, or as EOT, becomes what that becomes", async () => {
  await useBackend("wasm");
  const clip = randomClip(smallConfig, 4);
  const image = clip.image as VisionTransformer;
  const pixels = noise([2, smallConfig.imageSize, smallConfig.imageSize, 3], 13);
  const width = image.norm!.gain.size;
  tidy(() => {
    // The class token reads itself; a reader reads the class token, which is the same.
    const normed = slice(
      (({ classToken, norm }) => {
        const { gain, bias } = norm!;
        const values = readSync(classToken!).slice();
        const mean = values.reduce((a, b) => a + b) / width;
        const centred = values.map((x) => x - mean);
        const deviation = Math.sqrt(centred.reduce((a, b) => a + b * b, 0) / width + 1e-5);
        const [g, b] = [gain, bias].map((x) => readSync(x).slice());
        return tensor(centred.map((x, i) => x / deviation * g![i]! + b![i]!), [1, width]);
      })(image),
      0,
      0,
      1,
    );
    const readers = readAlong(image.blocks, normed, readableImages(image, pixels));
    near(linear(readers, image.project), encodeImages(clip, pixels));
  });
  const layout = layOut(tokenSlots(clip, [texts[0]!]), 0, 1, clip.text, false);
  tidy(() => {
    const { tokens, positions } = clip.text;
    const slots = tokenSlots(clip, [texts[0]!])[0]!;
    const [at, id] = [slots.length - 1, slots[slots.length - 1]!];
    const eot = add(
      tensor(tokens.row(id!), [1, clip.text.width]),
      tensor(positions.slice(at * clip.text.width, (at + 1) * clip.text.width), [
        1,
        clip.text.width,
      ]),
    );
    const readers = readAlong(clip.text.blocks, eot, readableTexts(clip.text, layout));
    near(linear(readers, clip.text.project), encodeText(clip.text, layout));
  });
  disposeLayout(layout);
  disposeClip(clip);
});
