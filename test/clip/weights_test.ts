import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { ClipConfig } from "../../lib/clip/config.ts";
import { inspect } from "../../lib/clip/inspect.ts";
import { expectedShapes } from "../../lib/clip/shapes.ts";
import {
  publishedConfig,
  type PublishedName,
  publishedNames,
  resembling,
} from "../../lib/clip/published.ts";
import { readSafetensors } from "../../lib/clip/safetensors.ts";
import { writeSafetensors } from "../../lib/clip/safetensors_write.ts";
import { checkShapes, loadWeights } from "../../lib/clip/weights.ts";
import { readFolder } from "../../lib/parity/manifest.ts";
import { readPacked } from "../../lib/parity/packed.ts";
import { writeSeededClip } from "../cli/seeded_clip.ts";
import { publishedPath } from "../published.ts";

/** A CLIP so small that a test can write it. */
const tiny: ClipConfig = {
  embedDim: 3,
  imageSize: 8,
  vision: { kind: "vit", width: 6, layers: 2, patch: 4, heads: 1 },
  text: { width: 5, layers: 1, heads: 1, contextLength: 7, vocab: 49408 },
};

/** Writes weights of these sizes, changed by `change`, into a new folder; gives the file's path. */
async function write(
  change: (tensors: Record<string, { shape: number[]; data: Float32Array }>) => void = () => {},
): Promise<string> {
  const path = `${await Deno.makeTempDir()}/tiny.safetensors`;
  const tensors = Object.fromEntries(
    [...expectedShapes(tiny)].map(([key, shape]) => {
      const data = new Float32Array(shape.reduce((a, b) => a * b, 1)).map((_, i) => i / 8);
      return [key, { shape, data }];
    }),
  );
  change(tensors);
  await writeSafetensors(path, tensors);
  return path;
}

/** What a published model has: sizes from open_clip's model_configs, heads from OpenAI's model.py. */
type Sizes = [
  embedDim: number,
  imageSize: number,
  width: number,
  layers: number | number[],
  patch: number,
  heads: number,
  textWidth: number,
  textHeads: number,
];
const sizes: Record<PublishedName, Sizes> = {
  "RN50": [1024, 224, 64, [3, 4, 6, 3], 0, 32, 512, 8],
  "RN101": [512, 224, 64, [3, 4, 23, 3], 0, 32, 512, 8],
  "RN50x4": [640, 288, 80, [4, 6, 10, 6], 0, 40, 640, 10],
  "RN50x16": [768, 384, 96, [6, 8, 18, 8], 0, 48, 768, 12],
  "RN50x64": [1024, 448, 128, [3, 15, 36, 10], 0, 64, 1024, 16],
  "ViT-B/32": [512, 224, 768, 12, 32, 12, 512, 8],
  "ViT-B/16": [512, 224, 768, 12, 16, 12, 512, 8],
  "ViT-L/14": [768, 224, 1024, 24, 14, 16, 768, 12],
  "ViT-L/14@336px": [768, 336, 1024, 24, 14, 16, 768, 12],
};

/**
 * SHA-256 of the sorted lines `key size,size,…` of the state dictionary that OpenAI's model.py builds in PyTorch 2.4.1 at
 * these sizes, without `num_batches_tracked`.
 */
const stateDictionaries: Record<PublishedName, string> = {
  "RN50": "1620da9d5fedb8d0d0b8a81a1106d836fd9d113b7a537f0751584bc87f643343",
  "RN101": "289391cb366232d83492de0fddf3986fb3a373e2456ec52675aa9c7f82997a8d",
  "RN50x4": "253f8758dc8c00e0056a0a486c59c00318f47207cf6866fcd685ce337f9b6f70",
  "RN50x16": "3d6a213384cde44acad883ca821808cdc06c435e7624bb27a10ad19d840f64d7",
  "RN50x64": "72e2bc9818bc266b305885d15d7327ca6d002d0ca08cc140ea7990d856f5864a",
  "ViT-B/32": "f8b9be9b497b0500f6a154a79fd3e712b94b587b093efabe68c4f4961f34de01",
  "ViT-B/16": "e9368ae63e8824733c3c6181961fd47fa7f65ade786fd70431a6992c4e333352",
  "ViT-L/14": "05ef2487d55e888e760f2390de990004e3730b92e25b28bbdf7436ef088dd8fb",
  "ViT-L/14@336px": "9216649d11d5636b829d49a6ec3d093ae5829522644957eb1ac6a9c6bc92f2fe",
};

Deno.test("the sizes of all nine published models are read off their headers alone", async () => {
  const folder = await Deno.makeTempDir();
  for (const name of publishedNames) {
    // A file of the real size that takes no disk: its header, then a hole.
    let end = 0;
    const header = JSON.stringify(Object.fromEntries(
      [...expectedShapes(publishedConfig(name))].map(([key, shape]) => {
        const place = [end, end += shape.reduce((a, b) => a * b, 2)];
        return [key, { dtype: "F16", shape, data_offsets: place }];
      }),
    ));
    const path = `${folder}/${name.replace("/", "-")}.safetensors`;
    const start = new Uint8Array(8 + header.length);
    new DataView(start.buffer).setBigUint64(0, BigInt(header.length), true);
    start.set(new TextEncoder().encode(header), 8);
    await Deno.writeFile(path, start);
    await Deno.truncate(path, start.length + end);

    const stored = await readSafetensors(path);
    const shapes = new Map(stored.keys.map((key) => [key, stored.shape(key)]));
    const config = checkShapes(shapes, path);
    const [embedDim, imageSize, width, layers, patch, heads, textWidth, textHeads] = sizes[name];
    const vision = Array.isArray(layers)
      ? { kind: "resnet", width, layers, heads }
      : { kind: "vit", width, layers, patch, heads };
    assert.deepEqual(config, {
      embedDim,
      imageSize,
      vision,
      text: { width: textWidth, layers: 12, heads: textHeads, contextLength: 77, vocab: 49408 },
    });
    assert.equal(resembling(shapes), name);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("the expected tensors of each published model are those that OpenAI's code builds", () => {
  for (const name of publishedNames) {
    const lines = [...expectedShapes(publishedConfig(name))].map(([key, shape]) =>
      `${key} ${shape}`
    );
    const digest = createHash("sha256").update(lines.sort().join("\n")).digest("hex");
    assert.equal(digest, stateDictionaries[name], name);
  }
});

Deno.test("the parity models load: every key, and the sizes their README gives", async () => {
  const folder = await readFolder(publishedPath());
  const vit = await folder.weights("vit_tiny");
  assert.deepEqual(vit.config, {
    embedDim: 64,
    imageSize: 64,
    vision: { kind: "vit", width: 128, layers: 3, patch: 16, heads: 2 },
    text: { width: 64, layers: 3, heads: 1, contextLength: 77, vocab: 49408 },
  });
  assert.equal(vit.name, "vit_tiny");
  assert.ok(Math.abs(vit.get("logit_scale").data[0]! - Math.log(20)) < 1e-6);
  assert.deepEqual(vit.get("visual.proj").shape, [128, 64]);

  const rn = await folder.weights("rn_tiny");
  assert.deepEqual(rn.config, {
    embedDim: 64,
    imageSize: 64,
    vision: { kind: "resnet", width: 16, layers: [1, 1, 1, 1], heads: 8 },
    text: { width: 64, layers: 2, heads: 1, contextLength: 77, vocab: 49408 },
  });
  for (const { path, config, sha256 } of [vit, rn]) {
    const stored = await readPacked(path);
    const read = stored.keys.filter((key) => !key.endsWith("num_batches_tracked"));
    assert.deepEqual([...expectedShapes(config).keys()].sort(), read.sort());
    assert.equal(sha256, createHash("sha256").update(await Deno.readFile(path)).digest("hex"));
  }
});

Deno.test("weights have the name they are given, and their file's hash", async () => {
  const folder = await Deno.makeTempDir();
  await writeSeededClip(folder);
  const path = `${folder}/seeded_vit.safetensors`;
  const { name, sha256 } = await loadWeights(path, "my own");
  assert.equal(name, "my own");
  assert.equal((await loadWeights(path)).name, "seeded_vit");
  assert.equal(sha256, createHash("sha256").update(await Deno.readFile(path)).digest("hex"));
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a file or the folder it lies in load alike; of two, open_clip's is taken or neither", async () => {
  const path = await write();
  const folder = path.slice(0, path.lastIndexOf("/"));
  const weights = await loadWeights(folder);
  assert.equal(weights.path, path);
  assert.deepEqual(weights.config, tiny);
  assert.deepEqual(
    weights.get("ln_final.bias").data,
    Float32Array.of(0, 1 / 8, 2 / 8, 3 / 8, 4 / 8),
  );
  await Deno.copyFile(path, `${folder}/model.safetensors`);
  await assert.rejects(loadWeights(folder), {
    name: "UserError",
    message: /has model\.safetensors, tiny\.safetensors; name the file that is meant\.$/,
  });
  await Deno.rename(path, `${folder}/open_clip_model.safetensors`);
  assert.equal((await loadWeights(folder)).name, "open_clip_model");
});

Deno.test("a folder without weights, a missing path and a folder with a pickle are refused", async () => {
  const folder = await Deno.makeTempDir();
  await assert.rejects(loadWeights(folder), {
    name: "UserError",
    message: /no \.safetensors, \.pt, \.pth or \.bin file/,
  });
  await assert.rejects(loadWeights(`${folder}/x`), { name: "UserError", message: /no weights at/ });
  await Deno.writeFile(`${folder}/m.pt`, new TextEncoder().encode("PK\x03\x04 archive/data.pkl"));
  await assert.rejects(loadWeights(folder), {
    name: "UserError",
    message: /m\.pt/,
  });
});

Deno.test("half-precision weights and the extras of OpenAI's own files load", async () => {
  const path = await write((tensors) => {
    for (const key of ["input_resolution", "context_length", "vocab_size"]) {
      tensors[key] = { shape: [], data: Float32Array.of(8) };
    }
    tensors["attn_mask"] = { shape: [7, 7], data: new Float32Array(49).fill(-Infinity) };
    tensors["visual.bn1.num_batches_tracked"] = { shape: [], data: Float32Array.of(1) };
  });
  assert.deepEqual((await loadWeights(path)).config, tiny);
});

Deno.test("each thing wrong with weights is one line that names the key and the shapes", async () => {
  type Change = Parameters<typeof write>[0];
  const block = "visual.transformer.resblocks.1.mlp.c_fc.weight";
  const cases: [RegExp, Change][] = [
    [
      /c_fc\.weight has shape \[24,5\], expected \[24,6\]: the other tensors say otherwise; /,
      (t) => t[block] = { shape: [24, 5], data: new Float32Array(120) },
    ],
    [/c_fc\.weight is missing, expected shape \[24,6\]: /, (t) => delete t[block]],
    [/logit_scale is missing, expected shape \[\]: /, (t) => delete t.logit_scale],
    [
      /logit_scale has shape \[2\], expected \[\]: /,
      (t) => t.logit_scale = { shape: [2], data: new Float32Array(2) },
    ],
    [/: text_projection is missing; these are no whole CLIP/, (t) => delete t.text_projection],
    [
      /are built otherwise than OpenAI's \(logitBias\), and no config lies beside them/,
      (t) => t.logit_bias = { shape: [], data: new Float32Array(1) },
    ],
    [
      /token_embedding\.weight has 11 rows, CLIP's tokenizer has 49408 tokens: /,
      (t) => t["token_embedding.weight"] = { shape: [11, 5], data: new Float32Array(55) },
    ],
    [
      /visual\.positional_embedding has 4 rows, expected a square number and one/,
      (t) => t["visual.positional_embedding"] = { shape: [4, 6], data: new Float32Array(24) },
    ],
    [
      /ln_final\.weight has shape \[5,1\], expected 1 sizes above 0/,
      (t) => t["ln_final.weight"]!.shape = [5, 1],
    ],
    [/c_fc\.weight has NaN at 17; the weights are damaged/, (t) => t[block]!.data[17] = NaN],
    [/visual\.proj has -Infinity at 2; /, (t) => t["visual.proj"]!.data[2] = -Infinity],
    [
      /has the key text_decoder\.ln_final\.bias, so it is CoCa with its decoder, which is not computed/,
      (t) => t["text_decoder.ln_final.bias"] = t["ln_final.bias"]!,
    ],
    [
      /has the key patch_embed\.proj\.weight, so it is timm's image tower/,
      (t) => t["patch_embed.proj.weight"] = t["ln_final.bias"]!,
    ],
  ];
  for (const [message, change] of cases) {
    const path = await write(change);
    await assert.rejects(loadWeights(path), (error: Error) => {
      assert.equal(error.name, "UserError");
      assert.match(error.message, message);
      assert.ok(error.message.startsWith(path) && !error.message.includes("\n"), error.message);
      return true;
    });
  }
});

Deno.test("a tensor of whole numbers where weights should be is refused with its type", async () => {
  const path = `${await Deno.makeTempDir()}/w.safetensors`;
  await writeSafetensors(
    path,
    Object.fromEntries([...expectedShapes(tiny)].map(([key, shape]) => {
      const data = new Int32Array(shape.reduce((a, b) => a * b, 1));
      return [key, { shape, data }];
    })),
  );
  await assert.rejects(loadWeights(path), {
    name: "UserError",
    message: /visual\.conv1\.weight has type I32, expected F32, F16 or BF16; /,
  });
});

Deno.test("weights of another published model than the one asked for are recognised", () => {
  const shapes = expectedShapes(publishedConfig("ViT-B/16"));
  assert.throws(() => checkShapes(shapes, "w", "RN50"), {
    name: "UserError",
    message:
      "w: visual.conv1.weight has shape [768,3,16,16], expected [32,3,3,3]: these are ViT-B/16 weights; pass --clip ViT-B/16.",
  });
  assert.throws(() => checkShapes(expectedShapes(tiny), "w", "RN50"), {
    name: "UserError",
    message: /these are not RN50's weights; name the file that has them\.$/,
  });
  assert.throws(() => checkShapes(new Map([...shapes, ["visual.proj", [768, 511]]]), "w"), {
    name: "UserError",
    message:
      "w: visual.proj has shape [768,511], expected [768,512]: the others are ViT-B/16's; fetch or convert the file again.",
  });
  assert.deepEqual(checkShapes(shapes, "w", "ViT-B/16"), inspect(shapes));
});
