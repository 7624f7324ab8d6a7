/** Every model config that open_clip publishes: loaded, and computed at a small size; or refused by name. */

import assert from "node:assert/strict";
import {
  buildClip,
  type ClipConfig,
  disposeClip,
  encodeImages,
  encodeText,
  layOut,
} from "../../lib/clip/mod.ts";
import { fieldsOf } from "../../lib/clip/configs/fields.ts";
import { openClipStated } from "../../lib/clip/configs/open_clip.ts";
import { settle } from "../../lib/clip/configs/stated.ts";
import { fromOpenClip } from "../../lib/clip/layouts/custom_text.ts";
import { disposeLayout } from "../../lib/clip/prompt.ts";
import type { TensorFile } from "../../lib/clip/safetensors.ts";
import { checkShapes } from "../../lib/clip/weights.ts";
import { UserError } from "../../lib/errors.ts";
import { memory, readSync, tensor, tidy, useBackend } from "../../lib/tensor/mod.ts";
import { randomWeights, uniform } from "../tiny_clip.ts";
import fixture from "../fixtures/architectures/open_clip.json" with { type: "json" };

type Row = [pattern: number, shape: number[], count: number];
const models = fixture.models as unknown as Record<string, { config: unknown; shapes?: Row[] }>;

/** Why a model is refused, by a part of its name. */
const refused: [names: RegExp, message: RegExp][] = [
  [/^coca_/, /CoCa's multimodal decoder is not computed/],
  [/^(mt5|nllb-clip|roberta|xlm-roberta)-/, /the text tower \S+ of transformers is not computed/],
  [/^EVA02-/, /the image tower eva02_\w+ of timm is not computed/],
  [/^(PE-Core|ViTamin|convnext|swin|vit_medium|vit_relpos)/, /the image tower \w+ of timm is not/],
  [/^MobileCLIP2?-(S|B)/, /the image tower \w+ of timm is not computed/],
];

/** A file with tensors of these shapes, of which nothing is read. */
function fileOf(rows: Row[]): TensorFile {
  const shapes = new Map<string, number[]>();
  for (const [pattern, shape, count] of rows) {
    const key = fixture.patterns[pattern]!;
    // Blocks that have a tensor of one shape: from the first where all have it, else those after it.
    for (let n = 0; n < count; n++) {
      let block = n;
      while (key.includes("*") && shapes.has(key.replace("*", String(block)))) block++;
      shapes.set(key.replace("*", String(block)), shape);
    }
  }
  const none = (): never => {
    throw new Error("nothing is read");
  };
  return {
    name: "weights",
    keys: [...shapes.keys()],
    metadata: new Map(),
    shape: (key) => shapes.get(key)!,
    dtype: () => "F32",
    read: none,
    readFloats: none,
  };
}

/** The same architecture with few numbers: heads, ratios and all traits stay. */
function small(config: ClipConfig): ClipConfig {
  const { vision, text } = config;
  const hidden = (tower: { width: number; hidden?: number }, width: number) =>
    tower.hidden === undefined ? {} : { hidden: Math.round(width * tower.hidden / tower.width) };
  const width = 2 * text.heads;
  const side = vision.kind === "vit" ? 2 * vision.patch : 64;
  const wide = vision.kind === "vit" ? 2 * vision.heads : 8;
  const projected = vision.kind === "vit" && vision.projection === "none" ? wide : 8;
  return {
    ...config,
    embedDim: text.projection === "none" ? width : projected,
    imageSize: side,
    vision: vision.kind === "vit"
      ? { ...vision, width: wide, layers: 2, ...hidden(vision, wide) }
      : { ...vision, width: 8, layers: [1, 1, 1, 1], heads: 8 },
    text: { ...text, width, layers: 2, vocab: 9, ...hidden(text, width) },
  };
}

function compute(name: string, config: ClipConfig): void {
  const before = memory().tensors;
  const clip = buildClip({ name, sha256: "", config, get: randomWeights(config) });
  const next = uniform(3);
  const { imageSize: side } = config;
  const pixels = tensor(Float32Array.from({ length: side * side * 3 }, next), [1, side, side, 3]);
  const { whole } = clip.text;
  const layout = layOut([[1, 2, 3, 8]], 0, 1, {
    ...clip.text,
    ...whole && { whole: { ...whole, pad: 0, ...whole.end !== undefined && { end: 8 } } },
  });
  tidy(() => {
    const features = [
      ...readSync(encodeImages(clip, pixels)),
      ...readSync(encodeText(clip.text, layout)),
    ];
    assert.ok(features.every(Number.isFinite) && features.some((x) => Math.abs(x) > 1e-3), name);
  });
  disposeLayout(layout);
  pixels.dispose();
  disposeClip(clip);
  assert.equal(memory().tensors, before, `${name} leaks`);
}

Deno.test("every config of open_clip's list is computed or refused by name", async () => {
  await useBackend("wasm");
  let computed = 0;
  for (const [name, { config: stated, shapes }] of Object.entries(models)) {
    let message = "";
    try {
      const says = openClipStated(fieldsOf(stated, "open_clip_config.json", ""));
      assert.ok(shapes, `${name} has no shapes`);
      const file = fromOpenClip(fileOf(shapes))!;
      const seen = checkShapes(new Map(file.keys.map((key) => [key, file.shape(key)])), name);
      compute(name, small(settle(seen, says, name)));
      computed++;
    } catch (error) {
      if (!(error instanceof UserError)) throw new Error(`${name}: ${error}`, { cause: error });
      message = error.message;
    }
    const expected = refused.find(([names]) => names.test(name))?.[1];
    if (expected) assert.match(message, expected, name);
    else assert.equal(message, "", name);
  }
  assert.equal(Object.keys(models).length, LISTED);
  assert.equal(computed, COMPUTED);
});

/** Models of open_clip_torch 3.3.0, and those of them that are computed. */
const LISTED = 144;
const COMPUTED = 84;
