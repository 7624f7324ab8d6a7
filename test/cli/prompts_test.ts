/** train, predict and evaluate, as a user calls them. */
import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { convert } from "../../lib/cli/convert.ts";
import { evaluate } from "../../lib/cli/evaluate.ts";
import { UsageError } from "../../lib/cli/options.ts";
import { predict } from "../../lib/cli/predict.ts";
import { train } from "../../lib/cli/train.ts";
import { pocketSets } from "../../lib/datasets/mod.ts";
import { UserError } from "../../lib/errors.ts";
import { readPrompts } from "../../lib/prompts/mod.ts";
import { ended, start } from "./commands.ts";

const root = await Deno.makeTempDir();
const file = join(root, "coop.safetensors");
const wasm = ["--backend", "wasm"];
const data = ["--data", `pocket-tiles=${root}`];
const tiles = await pocketSets.find(({ name }) => name === "pocket-tiles")!.load(root);
const images = tiles.test.slice(0, 3).map(({ path }) => path);
const none = { note: () => {}, input: new Blob([]).stream() };

/** What a command says, without its notes on what is not as in the paper. */
async function said(
  command: (args: string[], say: (line: string) => void) => Promise<unknown>,
  args: string[],
): Promise<string[]> {
  const lines: string[] = [];
  await command(args, (line) => lines.push(line));
  return lines.filter((line) => !line.startsWith("Note: "));
}

const training = ["coop", ...data, "--shots", "1", "--classes", "base", "--epochs", "1", ...wasm];

Deno.test("train saves prompts and their curve, and measures them on base and new classes", async () => {
  const curve = join(root, "curve.svg");
  const lines = await said(
    (args, say) => train(args, say, { silent: true }),
    [...training, "--set", "contextLength=4", "--save", file, "--curve", curve, "--log", "csv"],
  );
  assert.match(lines[1]!, /^Accuracy on 96 test images, base classes: \d+\.\d\d %$/);
  assert.match(lines[2]!, /^Accuracy on 96 test images, new classes: \d+\.\d\d %$/);
  const csv = join(root, "coop.csv");
  assert.deepEqual(lines.slice(3), [file, csv, curve].map((path) => `Wrote ${path}`));
  assert.match(await Deno.readTextFile(csv), /^epoch,rate,loss,accuracy,seconds\n1,[\d.,e-]+\n$/);
  assert.match(await Deno.readTextFile(curve), /^<svg .*Training CoOp on Pocket tiles/s);

  const measured = await said(
    (args, say) => evaluate(args, say, { silent: true }),
    [file, ...data, ...wasm, "--json"],
  );
  const { prompts, parts } = JSON.parse(measured[0]!);
  assert.equal(prompts.settings.contextLength, 4);
  // What train said, evaluate finds: on the halves that the prompts were trained and not trained on.
  const found = parts.map(({ found }: { found: { metrics: { accuracy: number } } }) =>
    found.metrics.accuracy.toFixed(2)
  );
  assert.deepEqual(found, [1, 2].map((i) => lines[i]!.match(/[\d.]+(?= %$)/)![0]));
});

Deno.test("train measures in between where it is asked to, as it does at the end", async () => {
  const saved = join(root, "asked.safetensors");
  const command = (args: string[], say: (line: string) => void) =>
    train(args, say, { silent: true });
  const lines = await said(command, [
    ...[...training, "--save", saved, "--log", "csv", "--evaluate-every", "1"],
    ...["--evaluate-on", "validation,test,new"],
  ]);
  const few = tiles.classNames.length / 2; // of one shot, one image of each class is for validation
  assert.equal(
    lines[1],
    `Measuring validation, test, new once, ${
      few + 96 + 96
    } images each time; nothing is chosen by it.`,
  );
  const [, ...accuracies] = lines[2]!.match(
    /^Epoch 1: validation ([\d.]+) %, test ([\d.]+) %, new ([\d.]+) %$/,
  )!;
  assert.match(lines[3]!, /^Measuring in between took \d+ s\.$/);
  assert.deepEqual(accuracies.slice(1), [4, 5].map((i) => lines[i]!.match(/[\d.]+(?= %$)/)![0]));
  const [heads, row] = (await Deno.readTextFile(join(root, "asked.csv"))).split("\n") as [
    string,
    string,
  ];
  assert.equal(
    heads,
    "epoch,rate,loss,accuracy,seconds,accuracy_validation,accuracy_test,accuracy_new",
  );
  const numbers = row.split(",").slice(5).map((text) => Number(text).toFixed(2));
  assert.deepEqual(numbers, accuracies);
  const wrong = (args: string[], message: RegExp) =>
    assert.rejects(
      said(command, args),
      (error) => error instanceof UsageError && message.test(error.message),
    );
  const all = ["coop", ...data, ...wasm, "--save", saved];
  await wrong([...all, "--evaluate-on", "test"], /--evaluate-every how often: give both/);
  await wrong([...all, "--evaluate-every", "5", "--evaluate-on", "new"], /give --classes base/);
  await wrong([...all, "--evaluate-every", "0"], /--evaluate-every/);
  await wrong([...all, "--evaluate-every", "1", "--evaluate-on", "tset"], /test/);
});

Deno.test("a training that is ended goes on by the same command, to the same bytes", async () => {
  const [whole, cut] = ["whole", "cut"].map((name) => join(root, `${name}.safetensors`)) as [
    string,
    string,
  ];
  const long = training.with(training.indexOf("--epochs") + 1, "20");
  const command = (saved: string) => [...long, "--save", saved, "--log", "csv"];
  assert.equal((await ended(start("train", command(whole)))).code, 0);
  const first = start("train", command(cut));
  const over = ended(first);
  const epochs = async () =>
    (await Deno.readTextFile(join(root, "cut.csv")).catch(() => "")).split("\n").length;
  while (await epochs() < 4) await new Promise((done) => setTimeout(done, 20));
  first.kill("SIGINT");
  const { code, lines } = await over;
  assert.equal(code, 130);
  assert.match(lines.join("\n"), /Interrupted\. .* the same command goes on from there/);
  assert.ok((await Deno.stat(`${cut}.checkpoint`)).isFile);
  assert.equal((await ended(start("train", command(cut)))).code, 0);
  assert.deepEqual(await Deno.readFile(cut), await Deno.readFile(whole));
  await assert.rejects(Deno.stat(`${cut}.checkpoint`), Deno.errors.NotFound);
  const losses = async (name: string) =>
    (await Deno.readTextFile(join(root, name))).split("\n").map((row) => row.split(",")[2]);
  assert.deepEqual(await losses("cut.csv"), await losses("whole.csv"));
});

Deno.test("one's own folder is split and worded as train and evaluate are told, and what was assumed is said", async () => {
  const own = join(root, "ground");
  for (const { label, path } of tiles.test.filter(({ label }) => label < 2)) {
    const folder = join(own, tiles.classNames[label]!);
    await Deno.mkdir(folder, { recursive: true });
    await Deno.copyFile(path, join(folder, basename(path)));
  }
  const told = ["--data", `folder:${own}`, "--split", "50/0/50", "--template", "from above: {}."];
  const saved = join(root, "ground.safetensors");
  const lines = await said(
    (args, say) => train(args, say, { silent: true }),
    ["coop", ...told, "--shots", "2", "--epochs", "1", ...wasm, "--save", saved],
  );
  assert.match(lines.join("\n"), /ground: .*50\/0\/50/);
  assert.match((await readPrompts(saved)).record.assumed!.join(), /50\/0\/50/);
  assert.match(lines.join("\n"), /Accuracy on 16 test images/);
  assert.equal((await readPrompts(saved)).record.words.template, "from above: {}.");
  const measured = await said(
    (args, say) => evaluate(args, say, { silent: true }),
    [saved, ...told, ...wasm],
  );
  assert.match(measured.join("\n"), /ground: .*50\/0\/50[^]* of 16 images/);
});

Deno.test("evaluate says every class, and writes a page with its figures", async () => {
  const page = join(root, "page.html");
  const lines = await said(
    (args, say) => evaluate(args, say, { silent: true }),
    [file, ...data, ...wasm, "--classes", "new", "--report", page],
  );
  assert.match(lines[0]!, /^Pocket tiles, new classes: [\d.]+ % of 96 images, macro-F1/);
  assert.equal(lines.length, 1 + 6 + 1);
  const html = await Deno.readTextFile(page);
  assert.match(html, /Expected calibration error/);
  assert.match(html, /what is taken for what/);
  const bars = html.match(/<g[^>]*aria-label="rect"[^>]*>([\s\S]*?)<\/g>/)![1]!;
  const heights = [...bars.matchAll(/ y="(-?[\d.]+)"/g)].map(([, y]) => Number(y));
  assert.ok(heights.length > 0 && heights.every((y) => y >= 0 && y <= 400), "bars are in the plot");
  assert.match(
    html,
    /features of 96 pictures[^]*PCA: \d+ % and \d+ % of the variance[^]*UMAP, seed 1/,
  );
  assert.equal(html.match(/<svg [^>]*role="img"/g)?.length, 4);
});

Deno.test("predict says the likeliest classes of pictures, folders and paths on standard input", async () => {
  const lines = await said((args, say) => predict(args, say, none), [file, ...images, ...wasm]);
  assert.equal(lines.length, 3);
  assert.match(lines[0]!, new RegExp(`^${images[0]}  [\\w ]+  \\d+\\.\\d\\d %$`));
  const input = new Blob([images.slice(0, 2).join("\r\n") + "\n\n"]).stream();
  const json = await said(
    (args, say) => predict(args, say, { note: () => {}, input }),
    [file, "--json", "--top", "2", "--class-names", "cat, dog,red square", ...wasm],
  );
  const seen = json.map((line) => JSON.parse(line));
  assert.deepEqual(seen.map(({ image }) => image), images.slice(0, 2));
  assert.equal(seen[0].predictions.length, 2);
  assert.ok(["cat", "dog", "red square"].includes(seen[0].predictions[0].className));
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(join(folder, "deep"));
  await Deno.copyFile(images[0]!, join(folder, "deep", "b.PNG"));
  await Deno.writeTextFile(join(folder, "a.txt"), "no picture");
  const inside = await said((args, say) => predict(args, say, none), [file, folder, ...wasm]);
  assert.deepEqual(inside.map((line) => line.split("  ")[0]), [join(folder, "deep", "b.PNG")]);
});

Deno.test("one broken picture is told, and the others are seen", async () => {
  const broken = join(root, "broken.png");
  await Deno.writeTextFile(broken, "no picture");
  const lines: string[] = [];
  const code = await predict(
    [file, images[0]!, broken, images[1]!, ...wasm],
    (line) => lines.push(line),
    none,
  );
  assert.equal(code, 1);
  assert.match(lines[1]!, /broken\.png is not a JPEG, PNG or WebP image/);
  assert.match(lines[2]!, / %$/);
});

Deno.test("what can't be is told in a line, before any training", async () => {
  const calls: [() => Promise<unknown>, RegExp, typeof UserError][] = [
    [() => train(["coop", "--save", file], () => {}), /--data is missing/, UsageError],
    [() => train(["cop", ...data, "--save", file], () => {}), /did you mean coop/, UserError],
    [
      () => train([...training, "--save", join(root, "none/x.safetensors")], () => {}),
      /no folder .*none for --save/,
      UserError,
    ],
    [
      () => train([...training, "--save", file, "--shot", "1"], () => {}),
      /mean --shots/,
      UsageError,
    ],
    [
      () => predict([file, "nowhere.png", ...wasm], () => {}, none),
      /no picture nowhere/,
      UserError,
    ],
    [() => predict([images[0]!, ...wasm], () => {}, none), /nowhere|safetensors|header/, UserError],
    [() => evaluate([file, ...wasm], () => {}), /--data is missing/, UsageError],
  ];
  for (const [call, message, kind] of calls) {
    await assert.rejects(call(), (error) => error instanceof kind && message.test(error.message));
  }
});

Deno.test("convert goes to the published layout and back, and writes class features", async () => {
  const folder = await Deno.makeTempDir();
  const [there] = await said(convert, [file, join(folder, "model"), ...wasm]);
  const checkpoint = join(folder, "model", "prompt_learner", "model.pth.tar-1");
  assert.equal(there, `Wrote ${checkpoint}`);
  const back = join(folder, "back.safetensors");
  const from = ["--method", "coop", "--classes", "base", ...data, ...wasm];
  await convert([checkpoint, back, ...from], () => {});
  assert.deepEqual((await readPrompts(back)).params, (await readPrompts(file)).params);
  const [a, b] = await Promise.all(
    [file, back].map((path) =>
      said((args, say) => predict(args, say, none), [path, images[0]!, ...wasm])
    ),
  );
  assert.deepEqual(a, b);
  await convert([file, join(folder, "f.json"), ...wasm], () => {});
  const { classNames } = JSON.parse(await Deno.readTextFile(join(folder, "f.json")));
  assert.equal(classNames.length, 6);
  await assert.rejects(convert([checkpoint, back, ...wasm], () => {}), /does not say whose it is/);
  await assert.rejects(convert([file, back, ...wasm], () => {}), /takes --features/);
  const missing = convert(["no/such.file", back, ...wasm], () => {});
  await assert.rejects(missing, /^UserError: There is no file no\/such\.file: name saved prompts/);
  await assert.rejects(convert([folder, back, ...wasm], () => {}), /is a folder: name the file/);
});

Deno.test("each runs under its own permissions", async () => {
  const saved = join(root, "own.safetensors");
  const trained = await ended(start("train", [...training, "--save", saved]));
  assert.equal(trained.code, 0, trained.lines.join("\n"));
  const seen = await ended(start("predict", [saved, images[0]!, ...wasm]));
  assert.equal(seen.code, 0, seen.lines.join("\n"));
  assert.match(seen.lines.at(-1)!, /^1 pictures, [\d.]+ a second$/);
  const page = join(root, "own.html");
  const measured = await ended(start("evaluate", [saved, ...data, ...wasm, "--report", page]));
  assert.equal(measured.code, 0, measured.lines.join("\n"));
  const converted = await ended(start("convert", [saved, join(root, "own.json"), ...wasm]));
  assert.equal(converted.code, 0, converted.lines.join("\n"));
});
