/** The fast encoders against the plain ones: features, gradients and Hessian-vector products. */

import assert from "node:assert/strict";
import {
  buildClip,
  context,
  disposeClip,
  disposeLayout,
  encodeImages,
  encodeText,
  layOut,
  type Slot,
} from "../../lib/clip/mod.ts";
import {
  add,
  dot,
  grad,
  memory,
  mul,
  readSync,
  softmax,
  sum,
  type Tensor,
  tensor,
  tidy,
  useBackend,
} from "../../lib/tensor/mod.ts";
import { randomWeights, tinyConfig, uniform } from "../tiny_clip.ts";
import { plainResNet, plainText, plainTransformer } from "./plain.ts";

const SOS = 49406;
const EOT = 49407;

/** Class names of 1, 3, 2, 1 and 6 tokens. */
const names = [[11], [300, 22, 9], [5, 77], [4000], [8, 8, 21, 900, 1234, 6]];
const prompt = (...slots: number[]): Slot[] => [SOS, ...slots, EOT];
const words = (m: number, from = 0) => Array.from({ length: m }, (_, i) => context(from + i));
const full = 269; // "."

/** Every shape of prompt that the methods make. */
const prompts: Record<string, Slot[][]> = {
  "ragged class names at the end": names.map((name) => prompt(...words(3), ...name, full)),
  "class names in the middle": names.map((name) =>
    prompt(...words(2), ...name, context(2), context(3), full)
  ),
  "class names in front": names.map((name) => prompt(...name, ...words(3), full)),
  "class-specific contexts": names.map((name, i) => prompt(...words(2, 2 * i), ...name, full)),
  "one class": [prompt(...words(3), ...names[1]!, full)],
  "names of one length": names.map((name) => prompt(...words(3), name[0]!, full)),
  "a last context token that is frozen": names.map((name) =>
    prompt(...words(2), 1125, ...name, full)
  ),
};

/** Those that are also tried with a context for each image, as CoCoOp has it. */
const perImage = ["ragged class names at the end", "class names in the middle"];

const shared = (share: boolean) => share ? "their beginning shared" : "nothing shared";
const backends = ["wasm", "native"] as const;

for (const backend of backends) {
  const available = await useBackend(backend).then(() => true, () => false);
  const test = (name: string, fn: () => void) =>
    Deno.test({
      name: `${name}, on ${backend}${available ? "" : " (skipped: it does not work here)"}`,
      ignore: !available,
      async fn() {
        await useBackend(backend);
        const before = memory().tensors;
        fn();
        assert.equal(memory().tensors, before, "tensors leak");
      },
    });

  const config = tinyConfig({ kind: "vit" });
  const get = randomWeights(config);

  for (const [what, slots] of Object.entries(prompts)) {
    for (const groups of perImage.includes(what) ? [1, 2] : [1]) {
      for (const share of [true, false]) {
        const name = `${what}${groups > 1 ? ", a context for each image" : ""}`;
        test(`${name}, ${shared(share)}, give the derivatives of whole prompts`, () => {
          const clip = buildClip({ name: "", sha256: "", config, get });
          const contexts = -Math.min(...slots.flat());
          const layout = layOut(slots, contexts, groups, clip.text, share);
          agree(
            name,
            [[groups * contexts, config.text.width]],
            ([x]) => encodeText(clip.text, layout, x),
            ([x]) => plainText(get, config, slots, groups, x),
          );
          disposeLayout(layout);
          disposeClip(clip);
        });
      }
    }
  }

  for (const share of [true, false]) {
    for (const depth of [2, 3]) {
      const name = `text prompts ${depth} layers deep`;
      test(`${name}, ${shared(share)}, give the derivatives of whole prompts`, () => {
        const clip = buildClip({ name: "", sha256: "", config, get });
        const slots = prompts["ragged class names at the end"]!;
        const layout = layOut(slots, 3, 1, clip.text, share);
        agree(
          name,
          Array(depth).fill([3, config.text.width]),
          ([x, ...deep]) => encodeText(clip.text, layout, x, deep),
          ([x, ...deep]) => plainText(get, config, slots, 1, x, deep),
        );
        disposeLayout(layout);
        disposeClip(clip);
      });
    }
  }

  for (const depth of [1, 2, 3]) {
    const name = `visual prompts ${depth} layers deep`;
    test(`${name} give the derivatives of images with whole layers`, () => {
      const clip = buildClip({ name: "", sha256: "", config, get });
      const pixels = random([3, 32, 32, 3], 5);
      agree(
        name,
        Array(depth).fill([2, 32]),
        (deep) => encodeImages(clip, pixels, deep),
        (deep) => plainTransformer(get, config, pixels, deep),
      );
      pixels.dispose();
      disposeClip(clip);
    });
  }

  test("the same computation gives the same bits", () => {
    const clip = buildClip({ name: "", sha256: "", config, get });
    const layout = layOut(prompts["ragged class names at the end"]!, 3, 1, clip.text, true);
    const run = () =>
      derivatives([[3, config.text.width]], ([x]) => encodeText(clip.text, layout, x));
    assert.deepEqual(run(), run());
    disposeLayout(layout);
    disposeClip(clip);
  });

  test("images without prompts give the features of the plain towers", () => {
    for (const kind of ["vit", "resnet"] as const) {
      const config = tinyConfig({ kind });
      const get = randomWeights(config);
      const clip = buildClip({ name: "", sha256: "", config, get });
      const plain = kind === "vit" ? plainTransformer : plainResNet;
      tidy(() => {
        const pixels = random([3, 32, 32, 3], 5);
        close(
          readSync(encodeImages(clip, pixels)),
          readSync(plain(get, config, pixels)),
          "features",
        );
      });
      disposeClip(clip);
    }
  });
}

/** What is compared, by what it is. */
type Derivatives = Map<string, Float32Array>;

/** The plain encoders are slow: each case is computed once, on the first backend. */
const truths = new Map<string, Derivatives>();

/** Relative errors of float32 against float32. */
const tolerances = { features: 2e-5, gradient: 5e-5, "Hessian-vector product": 1e-4 };

function agree(
  name: string,
  shapes: number[][],
  fast: (inputs: Tensor[]) => Tensor,
  plain: (inputs: Tensor[]) => Tensor,
): void {
  const truth = truths.get(name) ?? derivatives(shapes, plain);
  truths.set(name, truth);
  for (const [what, values] of derivatives(shapes, fast)) close(values, truth.get(what)!, what);
}

/** Features, the gradients of a loss of them, and the Hessian of that loss times a direction. */
function derivatives(shapes: number[][], encode: (inputs: Tensor[]) => Tensor): Derivatives {
  return tidy(() => {
    const inputs = shapes.map((shape, i) => random(shape, 10 + i));
    const directions = shapes.map((shape, i) => random(shape, 20 + i));
    const features = encode(inputs);
    const weighting = random(features.shape, 30);
    const gradients = () => grad(() => sum(mul(weighting, softmax(encode(inputs)))), inputs);
    const products = grad(
      () => gradients().map((g, i) => dot(g, directions[i]!)).reduce((a, b) => add(a, b)),
      inputs,
    );
    return new Map([
      ["features", readSync(features)],
      ...gradients().map((g, i) => [`gradient ${i}`, readSync(g)] as const),
      ...products.map((p, i) => [`Hessian-vector product ${i}`, readSync(p)] as const),
    ]);
  });
}

/** Errors are relative to the largest entry. */
function close(ours: Float32Array, truth: Float32Array, what: string): void {
  assert.equal(ours.length, truth.length);
  const largest = truth.reduce((most, y) => Math.max(most, Math.abs(y)), 0);
  assert.ok(largest > 1e-6, `${what} vanishes: nothing is compared`);
  const error = ours.reduce((most, x, i) => Math.max(most, Math.abs(x - truth[i]!)), 0) / largest;
  const [, tolerance] = Object.entries(tolerances).find(([kind]) => what.startsWith(kind))!;
  assert.ok(error < tolerance, `${what} is off by ${error}`);
}

function random(shape: number[], seed: number): Tensor {
  const next = uniform(seed);
  return tensor(Float32Array.from({ length: shape.reduce((a, b) => a * b) }, next), shape);
}
