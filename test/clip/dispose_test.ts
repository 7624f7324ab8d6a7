import assert from "node:assert/strict";
import { encodeTexts, randomClip, smallConfig } from "../../lib/clip/mod.ts";
import { dispose, memory, useBackend } from "../../lib/tensor/mod.ts";

Deno.test("a block that uses a CLIP frees all its tensors at its end, those made on the way too", async () => {
  await useBackend("wasm");
  const before = memory().tensors;
  {
    using clip = randomClip(smallConfig, 1);
    dispose(encodeTexts(clip, ["a photo of a cat."]));
    assert.ok(memory().tensors > before);
  }
  assert.equal(memory().tensors, before);
});
