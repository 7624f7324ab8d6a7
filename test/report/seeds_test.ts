/** Others' seeds: data/reported/seeds.json, how they are worded, and the page made of them. */

import assert from "node:assert/strict";
import { page, seedsPage } from "../../docs/seeds.ts";
import { method } from "../../lib/methods/mod.ts";
import {
  reportedSeeds,
  reportedSources,
  reportedValues,
  seedsInWords,
} from "../../lib/report/mod.ts";

Deno.test("docs/seeds.md is what data/reported/seeds.json says", async () => {
  assert.equal(
    await Deno.readTextFile(page),
    seedsPage(),
    "run `deno run -P=docs docs/seeds.ts`",
  );
});

Deno.test("every seed has a source, who ran it, a method and a percentage", () => {
  for (const { sources, ranBy, method: name, measures } of reportedSeeds()) {
    assert.ok(sources.length > 0 && sources.every((key) => key in reportedSources));
    assert.ok(["a third party", "the method's authors"].includes(ranBy));
    if (name !== "lasp") assert.ok(method(name));
    for (const value of Object.values(measures).flatMap((seeds) => Object.values(seeds))) {
      assert.ok(value > 0 && value < 100);
    }
  }
});

Deno.test("seeds are worded with who ran them, H seed by seed", () => {
  const of = {
    protocol: "few-shot",
    clip: "RN50",
    shots: 16,
    method: "coop",
    dataset: "DTD",
    measure: "accuracy",
  };
  assert.equal(
    seedsInWords(of),
    "three published seeds: 63.0, 62.4, 64.0 (a third party, 50 epochs); " +
      "three published seeds: 62.5, 64.1, 64.1 (the method's authors)",
  );
  const baseToNew = { ...of, protocol: "base-to-new", clip: "ViT-B/16", method: "promptsrc" };
  // Seed 3 of PromptSRC collapses on Aircraft: 2·36.55·12.06/(36.55 + 12.06) = 18.1.
  assert.match(
    seedsInWords({ ...baseToNew, dataset: "FGVCAircraft", measure: "H" }),
    /^three published seeds: [\d.]+, [\d.]+, 18\.1 /,
  );
  assert.equal(seedsInWords({ ...of, shots: 1 }), "");
});

Deno.test("Tip-Adapter's log is here whole: 165 values, whose means are those of its tables", () => {
  const logged = reportedValues("few-shot").filter(({ sources, dataset, shots }) =>
    sources.includes("tip-adapter") && dataset !== "average" && shots > 0
  );
  assert.equal(logged.length, 165);
  const mean = (name: string, shots: number) => {
    const of = logged.filter((value) => value.method === name && value.shots === shots);
    return of.reduce((sum, { measures }) => sum + measures.accuracy!, 0) / of.length;
  };
  assert.equal(mean("tip-adapter", 16).toFixed(2), "70.32");
  assert.equal(mean("tip-adapter-f", 1).toFixed(2), "64.60");
  assert.equal(mean("clip-adapter", 4).toFixed(2), "68.61");
});
