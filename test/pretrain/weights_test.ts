/** Weights with a compact token table: what a third party makes of the exported whole, and what damage is told. */
import assert from "node:assert/strict";
import { join } from "node:path";
import {
  buildClip,
  clipShapes,
  disposeClip,
  encodeImages,
  encodeTexts,
  loadWeights,
  pocketWeights,
  type StoredTensor,
  type TokenRows,
  tokenRowsMetadata,
  writeSafetensors,
} from "../../lib/clip/mod.ts";
import { randomWeights, uniform } from "../../lib/clip/random.ts";
import { UserError } from "../../lib/errors.ts";
import { readImage, stack } from "../../lib/image/mod.ts";
import { sha256 } from "../../lib/sha256.ts";
import { pocketConfig, vocabularyOf } from "../../lib/pretrain/mod.ts";
import { readSync, type Tensor, tidy, useBackend, wrap } from "../../lib/tensor/mod.ts";
import truth from "../fixtures/pretrain/open_clip.json" with { type: "json" };
import pocketTruth from "../fixtures/pretrain/pocket.json" with { type: "json" };

const TABLE = "token_embedding.weight";
const ids = vocabularyOf(["a photo of a cat.", "two red dogs"]);
const rows: TokenRows = { total: 49408, ids, seed: 1, size: 0.3 };

/** A pocket CLIP's random weights, with the rows of a few tokens alone. */
function compact(): Record<string, StoredTensor<Float32Array>> {
  const get = randomWeights(pocketConfig, 1);
  const tensors = Object.fromEntries([...clipShapes(pocketConfig).keys()].map((k) => [k, get(k)]));
  const whole = tensors[TABLE]!.data;
  const kept = ids.flatMap((id) => [...whole.subarray(id * 128, (id + 1) * 128)]);
  return { ...tensors, [TABLE]: { shape: [ids.length, 128], data: Float32Array.from(kept) } };
}

async function written(metadata: Record<string, string>): Promise<string> {
  const path = join(await Deno.makeTempDir(), "pocket.safetensors");
  await writeSafetensors(path, compact(), { half: true, metadata });
  return path;
}

function close(x: Tensor, expected: number[][], what: string) {
  const found = readSync(x);
  expected.flat().forEach((value, i) => {
    assert.ok(Math.abs(found[i]! - value) < 1e-4, `${what}, ${i}: ${found[i]}, open_clip ${value}`);
  });
}

Deno.test("a compact table gives the features that open_clip finds with the exported whole one", async () => {
  await useBackend("wasm");
  const clip = buildClip(await loadWeights(await written(tokenRowsMetadata(rows))));
  const next = uniform(5);
  const pixels = Float32Array.from({ length: 3 * 48 * 48 * 3 }, () => 1.5 * next());
  tidy(() => {
    close(encodeImages(clip, wrap(pixels, [3, 48, 48, 3])), truth.images, "images");
    close(encodeTexts(clip, truth.texts), truth.textFeatures, "texts");
  });
  disposeClip(clip);
});

Deno.test("the committed pocket CLIP has the features that open_clip finds with its exported weights", async () => {
  await useBackend("wasm");
  const clip = buildClip(await pocketWeights());
  const pictures = new URL("../fixtures/pretrain/pictures/", import.meta.url).pathname;
  const drawn = await Promise.all(
    ["house", "rose", "running"].map((name) =>
      readImage({ path: decodeURIComponent(`${pictures}${name}.png`) }, 48)
    ),
  );
  tidy(() => {
    const pixels = wrap(stack(drawn), [3, 48, 48, 3]);
    close(encodeImages(clip, pixels), pocketTruth.images, "images");
    close(encodeTexts(clip, pocketTruth.texts), pocketTruth.textFeatures, "texts");
  });
  disposeClip(clip);
});

Deno.test("rows that the pocket CLIP's file lacks are what they were, whole or one by one", async () => {
  const { tokens, get } = await pocketWeights();
  const { data, shape: [total, width] } = get(TABLE);
  assert.deepEqual([total, width], [49408, 128]);
  assert.equal(
    sha256(new Uint8Array(data.buffer)),
    "9b7356161ecd699ac6456fd8288f4535f0daeec85740a59dd5e2a6fa74b2d998",
  );
  for (const id of [0, 1, 320, 1125, 30_000, 49407]) {
    assert.deepEqual(tokens!.row(id), data.slice(id * 128, (id + 1) * 128), `${id}`);
  }
});

Deno.test("token rows that cannot be are one line that names the file", async () => {
  const damaged: [Partial<Record<keyof TokenRows, unknown>>, RegExp][] = [
    [{ ids: ids.slice(1) }, /name \d+ of 49408 rows, but token_embedding\.weight has \d+/],
    [{ ids: [...ids].reverse() }, /are not rising token ids/],
    [{ total: 1e9 }, /of at most a million rows/],
    [{ total: 100 }, /name \d+ of 100 rows/],
    [{ seed: "x" }, /lack total, ids, seed or size/],
    [{ size: 1e5 }, /are of a size beyond half precision/],
  ];
  for (const [change, message] of damaged) {
    const path = await written({ token_rows: JSON.stringify({ ...rows, ...change }) });
    await assert.rejects(loadWeights(path), (error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, message);
      assert.ok(error.message.startsWith(path) && !error.message.includes("\n"));
      return true;
    });
  }
});
