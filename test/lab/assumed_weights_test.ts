/** What was assumed of weights, where no config says it, on its way from their file to the record and the report. */
import assert from "node:assert/strict";
import { writeSeededClip } from "../cli/seeded_clip.ts";
import { dataset, type LoadedDataset } from "../../lib/datasets/mod.ts";
import { readPlan, run } from "../../lib/lab/mod.ts";
import { readRecord } from "../../lib/protocols/mod.ts";
import { useBackend } from "../../lib/tensor/mod.ts";

await useBackend("wasm");
const drawn = await Deno.makeTempDir();
const whole = await dataset("pocket-tiles").load(drawn);
const of = (items: LoadedDataset["train"], each: number) =>
  [0, 1, 2, 3].flatMap((label) => items.filter((item) => item.label === label).slice(0, each));
const few: LoadedDataset = {
  ...whole,
  ...{ name: "few-tiles", title: "Few tiles", classNames: whole.classNames.slice(0, 4) },
  ...{ train: of(whole.train, 2), val: of(whole.val, 1), test: of(whole.test, 2) },
};
const folder = await Deno.makeTempDir();
await writeSeededClip(folder);

/** What a zero-shot run with the weights records of them, and its report, with this config beside them. */
async function told(config?: unknown) {
  if (config !== undefined) {
    await Deno.writeTextFile(`${folder}/open_clip_config.json`, JSON.stringify(config));
  }
  const out = `${await Deno.makeTempDir()}/out`;
  const { made } = await run(
    { entries: ["zero-shot"], datasets: [few], shots: [1], seeds: [1] },
    {
      ...{ clip: `${folder}/seeded_vit.safetensors`, backend: "wasm", jobs: 1, workers: 0, out },
    },
  );
  assert.equal(made, 1);
  const { cells: [cell] } = await readPlan(out);
  const { clip } = (await readRecord(out, cell!.id))!;
  const json = JSON.parse(await Deno.readTextFile(`${out}/report.json`));
  const shown = await Promise.all(["md", "html"].map(async (kind) => {
    const page = await Deno.readTextFile(`${out}/report.${kind}`);
    return page.slice(page.lastIndexOf("How it was made"));
  }));
  return { clip, assumed: json.assumed as string[], shown };
}

Deno.test("what nothing says of weights is in the record, in report.json and under How it was made", async () => {
  const { clip, assumed, shown } = await told();
  assert.match(
    clip.assumed!,
    /^no config lies beside the weights: QuickGELU, attention heads 64 wide, CLIP's tokenizer, /,
  );
  assert.match(clip.assumed!, /bicubic resizing to a centre crop are assumed/);
  assert.ok(assumed.includes(`seeded_vit: ${clip.assumed}.`), assumed.join());
  for (const page of shown) {
    assert.match(page, /What was assumed of data and weights/);
    assert.match(page, /no config lies beside the weights: QuickGELU, attention heads 64 wide/);
  }
});

const model_cfg = {
  ...{ embed_dim: 32, quick_gelu: true },
  vision_cfg: { image_size: 64, layers: 2, width: 64, patch_size: 32 },
  text_cfg: { context_length: 77, vocab_size: 49408, width: 64, heads: 1, layers: 2 },
};

Deno.test("a config that is silent of pixels leaves that assumed; one that says it, nothing", async () => {
  const silent = await told({ model_cfg });
  assert.match(silent.clip.assumed!, /^open_clip_config\.json says nothing of how pictures become/);
  assert.ok(silent.assumed.includes(`seeded_vit: ${silent.clip.assumed}.`));
  for (const page of silent.shown) assert.match(page, /says nothing of how pictures become pixels/);

  const spoken = await told({ model_cfg, preprocess_cfg: { interpolation: "bilinear" } });
  assert.equal(spoken.clip.assumed, undefined);
  assert.equal(spoken.clip.config?.pixels?.filter, "bilinear");
  assert.ok(!spoken.assumed.some((line) => line.startsWith("seeded_vit:")));
  for (const page of spoken.shown) {
    assert.doesNotMatch(page, /lies beside the weights|says nothing/);
  }
});
