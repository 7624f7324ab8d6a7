/** Real images decoded and viewed as Pillow 12 does (hashes made by test/fixtures/image/make_real.py). */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { centerView, decodeImage, toRGB } from "../../lib/image/mod.ts";
import { sharedPath, sharedTest } from "../shared.ts";
import { fixtures } from "./records.ts";

const sha256 = (data: Uint8Array | Uint8ClampedArray) =>
  createHash("sha256").update(data).digest("hex");

sharedTest(
  "real images have Pillow's pixels and Pillow's evaluation views",
  "real/eurosat",
  async () => {
    const truth: Record<string, { decoded: string; view: string }> = JSON.parse(
      Deno.readTextFileSync(`${fixtures}real.json`),
    );
    assert.ok(Object.keys(truth).length >= 16);
    for (const [path, { decoded, view }] of Object.entries(truth)) {
      const image = await decodeImage(sharedPath(`real/${path}`));
      assert.equal(sha256(toRGB(image).data), decoded, path);
      assert.equal(sha256(centerView(image, 224).data), view, `the view of ${path}`);
    }
  },
);
