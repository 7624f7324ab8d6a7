/** Prompts are saved, and used again in another process, on another backend, for other classes. */
import assert from "node:assert/strict";
import { UserError } from "../../lib/errors.ts";
import {
  disposeClip,
  fewShot,
  loadTrained,
  methods,
  train,
  useBackend,
} from "@plumbline/plumbline";
import { randomClip, readSafetensors, smallConfig } from "@plumbline/plumbline/clip";
import { drawnShapes, drawShapes } from "@plumbline/plumbline/datasets";
import { readPrompts, writePrompts } from "@plumbline/plumbline/prompts";
import { memory } from "@plumbline/plumbline/tensor";
import { hasNative } from "../native.ts";

const root = await Deno.makeTempDir();
await drawShapes(root);

async function use(what: "train" | "load", backend: string, folder: string) {
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-P=test", "test/prompts/use.ts", what, backend, folder, root],
    cwd: new URL("../../", import.meta.url),
    env: { NO_COLOR: "1" },
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout)) as Record<string, number[][]>;
}

/** The largest difference of two processes' probabilities. */
function apart(a: Record<string, number[][]>, b: Record<string, number[][]>): [number, string] {
  return Object.entries(a).flatMap(([name, rows]) =>
    rows.flatMap((row, i) =>
      row.map((p, j): [number, string] => [Math.abs(p - b[name]![i]![j]!), name])
    )
  ).reduce((most, one) => one[0] > most[0] ? one : most);
}

Deno.test("every method's prompts give the same bits in a second process, and nearly so on native", async () => {
  const folder = await Deno.makeTempDir();
  const trained = await use("train", "wasm", folder);
  assert.deepEqual(Object.keys(trained), methods.map(({ name }) => name));
  const rows = Object.values(trained).flat();
  assert.ok(rows.every((row) => row.length === 12 && row.every(Number.isFinite)));
  const distinct = new Set(Object.values(trained).map((rows) => JSON.stringify(rows)));
  assert.ok(distinct.size > methods.length / 2, "the methods learned something of their own");
  assert.deepEqual(await use("load", "wasm", folder), trained);
  if (!hasNative) return;
  const [most, name] = apart(await use("load", "native", folder), trained);
  assert.ok(most < 1e-5, `${name}: ${most}`);
});

Deno.test({
  name: `native gives the same bits in a second process${hasNative ? "" : " (skipped: no native)"}`,
  ignore: !hasNative,
  async fn() {
    const folder = await Deno.makeTempDir();
    const trained = await use("train", "native", folder);
    assert.deepEqual(await use("load", "native", folder), trained);
  },
});

await useBackend("wasm");
const shapes = fewShot(await drawnShapes.load(root), 1, 1);
const image = shapes.test[0]!.path;

/** Trained, saved and loaded CoOp, and what it was made with. */
async function saved(settings: Record<string, unknown> = {}) {
  const clip = randomClip(smallConfig, 1);
  const path = `${await Deno.makeTempDir()}/coop.safetensors`;
  const trained = await train("coop", clip, shapes, {
    settings: { contextLength: 4, ...settings },
    training: { epochs: 1 },
    seed: 7,
  });
  await trained.evaluate(shapes);
  await trained.save(path);
  return { clip, path, trained };
}

Deno.test("the file says what the prompts are, to whoever reads safetensors", async () => {
  const { clip, path, trained } = await saved();
  const file = await readSafetensors(path);
  assert.deepEqual([...file.keys], ["text.0"]);
  assert.deepEqual(file.shape("text.0"), [4, 64]);
  const record = JSON.parse(file.metadata.get("prompts")!);
  assert.deepEqual(record, JSON.parse(JSON.stringify(trained.record)));
  assert.equal(record.clip.sha256, clip.sha256);
  assert.equal(record.seed, 7);
  assert.deepEqual(record.words.classNames, shapes.classNames);
  assert.deepEqual(record.data, {
    ...{ name: "drawn-shapes", title: "Drawn shapes", images: 12, shots: 1 },
  });
  assert.equal(record.training.epochs, 1);
  assert.equal(record.measured.length, 1);
  assert.equal(record.measured[0].n, shapes.test.length);
  assert.ok(!file.metadata.get("prompts")!.includes(root), "no path of this machine");
  trained[Symbol.dispose]();
  disposeClip(clip);
});

Deno.test("loaded prompts tell other classes apart, evaluate, save again, and leave no tensor", async () => {
  const { clip, path, trained } = await saved();
  trained[Symbol.dispose]();
  const use = async () => {
    using loaded = await loadTrained(path, clip);
    using others = loaded.forClasses(["cat", "dog", "red disc"], "a drawing of a {}.");
    const found = await others.predict(image);
    assert.deepEqual(found.map(({ className }) => className).sort(), ["cat", "dog", "red disc"]);
    assert.ok(Math.abs(found.reduce((sum, { probability }) => sum + probability, 0) - 1) < 1e-6);
    await loaded.evaluate(shapes, { classes: "base" });
    assert.deepEqual(loaded.record.measured.map(({ classes }) => classes), ["all", "base"]);
    const before = await Deno.readFile(path);
    using again = await loadTrained(path, clip);
    await again.save(path);
    assert.deepEqual(await Deno.readFile(path), before, "the same prompts, the same bytes");
  };
  await use();
  const before = memory().tensors;
  await use();
  assert.equal(memory().tensors, before);
  disposeClip(clip);
});

const refused = (of: Promise<unknown>, message: RegExp) =>
  assert.rejects(of, (error) => error instanceof UserError && message.test(error.message));

Deno.test("another CLIP is refused by its hash, and the right one named", async () => {
  const { clip, path, trained } = await saved();
  const other = randomClip(smallConfig, 2);
  const before = memory().tensors;
  await refused(
    loadTrained(path, other),
    new RegExp(`belongs to the CLIP random with the hash ${clip.sha256.slice(0, 12)}`),
  );
  assert.equal(memory().tensors, before);
  trained[Symbol.dispose]();
  disposeClip(clip);
  disposeClip(other);
});

Deno.test("prompts that belong to their classes refuse others", async () => {
  const { clip, path, trained } = await saved({ classSpecific: true });
  using loaded = await loadTrained(path, clip);
  assert.throws(() => loaded.forClasses(["cat", "dog"]), /belongs to its 12 classes/);
  await refused(loaded.evaluate({ ...shapes, classNames: ["cat", "dog"] }), /belongs to its 12/);
  trained[Symbol.dispose]();
  disposeClip(clip);
});

Deno.test("a file of another kind, damaged, or of tensors that its method doesn't have is refused", async () => {
  const { clip, path, trained } = await saved();
  const { record, params } = await readPrompts(path);
  const put = async (tensors: typeof params, changed = {}) => {
    await writePrompts(path, { record: { ...record, ...changed }, params: tensors });
  };
  const zeros = (...shape: number[]) => ({
    shape,
    data: new Float32Array(shape.reduce((a, b) => a * b)),
  });
  const load = () => loadTrained(path, clip);
  await put({ "text.0": zeros(5, 64) });
  await refused(load(), /has text\.0 \[5,64\], expected text\.0 \[4,64\]/);
  await put({ "text.0": zeros(4, 64), "text.1": zeros(4, 64) });
  await refused(load(), /has text\.1 \[4,64\]/);
  await put({});
  await refused(load(), /less than it should, expected text\.0/);
  await put({ "text.0": { shape: [4, 64], data: new Float32Array(256).fill(NaN) } });
  await refused(load(), /a number that is none/);
  await put(params, { method: "copp" });
  await refused(load(), /did you mean coop/);
  await put(params, { settings: { lambda: 3 } });
  await refused(load(), /has no setting lambda/);
  await put(params, { words: { classNames: [1], template: "" } });
  await refused(load(), /in its record words\.classNames\[0\] is 1/);
  await put(params);
  const bytes = await Deno.readFile(path);
  bytes[bytes.length - 1]! ^= 1;
  await Deno.writeFile(path, bytes);
  await refused(load(), /its checksum does not hold/);
  const weights = new URL("../../data/pocket/pocket.safetensors", import.meta.url).pathname;
  await refused(loadTrained(decodeURIComponent(weights), clip), /holds no saved prompts/);
  await refused(loadTrained(`${path}.none`, clip), /There is no file/);
  await refused(trained.save(`${root}/none/x.safetensors`), /no folder to write/);
  trained[Symbol.dispose]();
  disposeClip(clip);
});
