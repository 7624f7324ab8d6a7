import assert from "node:assert/strict";
import { choose } from "../../lib/cli/reproduce/choose.ts";
import { reproduceOptions } from "../../lib/cli/reproduce/options.ts";
import { parse, UsageError } from "../../lib/cli/options.ts";
import { pocketSets } from "../../lib/datasets/mod.ts";
import { draftCells } from "../../lib/protocols/mod.ts";

const chosen = (...args: string[]) => choose(parse("reproduce", reproduceOptions, args));
const ids = (...args: string[]) => chosen(...args).experiments.map(({ id }) => id);

Deno.test("without options it is the pocket preset: every protocol, on the pocket CLIP", () => {
  const { recipe, experiments } = chosen();
  assert.equal(recipe, "pocket");
  assert.deepEqual(
    experiments.map(({ protocol }) => protocol),
    ["few-shot", "base-to-new", "cross-dataset", "domain-generalization"],
  );
  assert.deepEqual([...new Set(experiments.map(({ clip }) => clip))], ["pocket"]);
  assert.deepEqual(experiments.map(({ seeds }) => seeds), Array(4).fill([1]));
  const methods = experiments.flatMap(({ entries }) => entries.map(({ method }) => method));
  for (
    const name of ["zero-shot", "linear-probe", "coop", "cocoop", "ivlp", "prograd", "prometar"]
  ) assert.ok(methods.includes(name), name);
});

Deno.test("the default form's cells are among those of the full one", () => {
  const keys = (...args: string[]) =>
    draftCells(chosen(...args).experiments).filter(({ cell }) =>
      ["few-shot", "base-to-new"].includes(cell.protocol)
    ).map(({ cell, entry }) => JSON.stringify([cell, entry]));
  const full = new Set(keys("--full"));
  for (const key of keys()) assert.ok(full.has(key), key);
});

Deno.test("experiments are named by id, beginning or end", () => {
  assert.deepEqual(ids("--preset", "paper", "--only", "prometar/base-to-new"), [
    "prometar/base-to-new",
  ]);
  assert.deepEqual(ids("--preset", "paper", "--only", "base-to-new"), [
    "prograd/base-to-new",
    "prometar/base-to-new",
    "field/base-to-new",
  ]);
  assert.ok(ids("--preset", "paper", "--only", "prograd").every((id) => id.startsWith("prograd/")));
  assert.deepEqual(ids("--only", "few-shot,cross-dataset"), [
    "pocket/few-shot",
    "pocket/cross-dataset",
  ]);
});

Deno.test("a name that nothing would run is refused, beside others that run", () => {
  const refused = (message: RegExp, ...args: string[]) =>
    assert.throws(() => chosen(...args), (error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, message);
      return true;
    });
  refused(/--methods kgcoop is in none of pocket\/few-shot/, "--methods", "coop,kgcoop");
  refused(
    /--only prograd\/overfitting is none of pocket/,
    ...["--only", "few-shot,prograd/overfitting"],
  );
  refused(
    /--datasets imagenet is in none of pocket\//,
    ...["--datasets", `${pocketSets[0]!.name},imagenet`],
  );
});

Deno.test("data sets restrict; what trains on one set keeps it", () => {
  const sets = (...args: string[]) =>
    chosen("--preset", "paper", "--only", "prograd", ...args).experiments.map((
      { id, datasets },
    ) => [id.slice("prograd/".length), datasets]);
  const two = Object.fromEntries(sets("--datasets", "dtd,eurosat"));
  assert.deepEqual(two["few-shot"], ["dtd", "eurosat"]);
  assert.deepEqual(two["cross-dataset"], ["imagenet", "dtd", "eurosat"]);
  assert.equal(two["domain-generalization"], undefined);
  const source = Object.fromEntries(sets("--datasets", "imagenet"));
  assert.deepEqual(source["few-shot"], ["imagenet"]);
  assert.equal(source["domain-generalization"].length, 5);
});

Deno.test("methods, seeds, shots and settings take the place of the experiments'", () => {
  const [experiment, ...more] = chosen(
    ...["--only", "base-to-new", "--methods", "prograd,coop", "--seeds", "7", "--shots", "2"],
    ...["--set", "lambda=0.5", "--epochs", "3", "--clip", "RN50"],
  ).experiments;
  assert.deepEqual(more, []);
  assert.deepEqual([experiment!.seeds, experiment!.shots, experiment!.clip], [[7], [2], "RN50"]);
  const [coop, prograd] = experiment!.entries;
  assert.equal(prograd!.settings?.lambda, 0.5);
  assert.ok(!("lambda" in coop!.settings!));
  assert.equal(coop!.training?.epochs, 3);
});

Deno.test("training's settings stand in for the recipe's; 0 views are new crops, as published", () => {
  const [plain] = chosen("--only", "base-to-new", "--methods", "coop").experiments;
  assert.ok(plain!.entries[0]!.views! > 0, "the pocket preset has views");
  const [told] = chosen(
    ...["--only", "base-to-new", "--methods", "coop", "--rate", "0.01", "--batch", "8"],
    ...["--crop", "0.3", "--views", "0"],
  ).experiments;
  const entry = told!.entries[0]!;
  assert.equal(entry.training?.rate, 0.01);
  assert.equal(entry.training?.batchSize, 8);
  assert.equal(entry.crops, 0.3);
  assert.equal(entry.views, undefined);
});

Deno.test("a protocol or data of one's own is an experiment of its own", () => {
  const { recipe, experiments: [own] } = chosen(
    ...["--data", "eurosat=/x", "--protocol", "few-shot", "--methods", "coop:template,zero-shot"],
  );
  assert.equal(recipe, undefined);
  assert.deepEqual([own!.id, own!.datasets, own!.clip], ["few-shot", ["eurosat"], "pocket"]);
  assert.deepEqual(own!.entries, [{ method: "coop", preset: "template" }, { method: "zero-shot" }]);
  const [drawn] = chosen("--protocol", "domain-generalization").experiments;
  assert.equal(drawn!.datasets[0], "pocket-objects");
  assert.equal(drawn!.datasets.length, 5);
});

Deno.test("a wrong name is wrong usage, with the right one", () => {
  const wrong: [string[], RegExp][] = [
    [["--preset", "papre"], /did you mean paper\?/],
    [["--only", "prometar/base-to-now"], /did you mean prometar\/base-to-new\?/],
    [["--only", "base-to-knew"], /did you mean base-to-new\?/],
    [["--datasets", "caltech01"], /did you mean caltech101\?/],
    [["--datasets", "pocket-pest"], /did you mean pocket-pets\?/],
    [["--methods", "progard"], /did you mean prograd\?/],
    [["--methods", "coop:templat"], /did you mean coop:template\?/],
    [["--backend", "wsam"], /did you mean wasm\?/],
    [["--set", "lamda=1"], /did you mean lambda\?/],
    [["--rate", "0"], /--rate is 0; give a number over 0/],
    [["--crop", "1.5"], /--crop is 1\.5; give a share/],
    [["--batch", "0"], /--batch must be at least 1/],
    [["--preset", "paper", "--full"], /--full is for --preset pocket/],
    [["--preset", "paper", "--protocol", "few-shot"], /give one of the two/],
    [["--protocol", "few-shot", "--only", "prograd"], /--only is for a preset/],
    [["--only", "prograd/lambda"], /pocket has no experiment prograd\/lambda: it has pocket\/few-/],
    [["--only", "few-shot", "--methods", "vpt"], /has nothing of --methods vpt/],
    [["--data", "eurosat=/a", "--data", "eurosat=/b"], /names eurosat twice/],
  ];
  for (const [args, message] of wrong) {
    assert.throws(() => chosen(...args), (error) => {
      assert.ok(error instanceof UsageError, args.join(" "));
      assert.match(error.message, message);
      return true;
    });
  }
});
