/** The page of benchmark results: what it computes, and that it is up to date. */
import assert from "node:assert/strict";
import type { Against } from "./against.ts";
import { inBrief } from "./ratios.ts";
import { cases } from "./cases.ts";
import { type Bench, limits, resultsPage, tableHead, trafficLine } from "./results.ts";

const bench: Bench = {
  measured: "2000-01-01",
  machine: "2 × a processor",
  versions: "a backend",
  machines: { native: { rate: 2e11, overhead: 1e-5 } },
  results: [
    {
      name: "prograd/RN50/32x100/exact",
      backend: "native",
      secondsPerStep: 2.7,
      peakBytes: 2.3e9,
      ops: 2000,
      flops: 4.4e11,
    },
  ],
  sideBySide: [{ name: "pocket/coop", backend: "native", ratio: 1.75 }],
};

Deno.test("a step stands beside its prediction and its limits", () => {
  const page = resultsPage(bench);
  // 4.4e11 / 2e11 + 2000 · 1e-5
  assert.match(
    page,
    /\| prograd\/\S+ \| 2\.70 s \| 2\.22 s \| 2\.20 s \| 440\.0 \| 2000 \| 2\.30 \|/,
  );
  assert.match(page, /\| prograd\/\S+, native \| 2\.70 s \| 2\.60 s \| \*\*no\*\* \|/);
  assert.match(page, /\| prograd\/\S+, native \| 2\.30 GB \| 3 GB \| yes \|/);
  assert.match(page, /\| pocket\/coop, native \| 1\.75 \| 1\.8 \| \*\*no\*\* \|/);
  assert.match(page, /\*\*ProGrad\*\*:\s+440 GFLOP, 2\.20 s at this run's rate, 81 % of the step/);
});

Deno.test("what a GPU is asked for is a line of the table", () => {
  const line = trafficLine({
    ...{ dispatches: 189, uploads: 3, uploadedBytes: 2592 },
    ...{ reads: 1, readBytes: 4, pipelines: 0 },
  });
  assert.match(line, /189 dispatches; 3 uploads, 2592 bytes; 1 reads, 4 bytes; 0 programs/);
  assert.equal(line.match(/\|/g)?.length, tableHead.split("\n")[0]!.match(/\|/g)?.length);
});

Deno.test("each limit is of a case that there is", () => {
  for (const key of Object.keys(limits)) {
    const [name, backend] = key.split(" ") as [string, string];
    assert.ok(name in cases && ["native", "wasm"].includes(backend), key);
  }
});

Deno.test("RESULTS.md is what comes of results.json, against.json, start_up.json and data/precision/steps.json, where they are", async () => {
  const read = (file: string) => Deno.readTextFile(new URL(file, import.meta.url));
  const kept = await read("results.json").catch(() => undefined);
  const against = await read("against.json").catch(() => undefined);
  const half = await read("../../data/precision/steps.json").catch(() => undefined);
  const starts = await read("start_up.json").catch(() => undefined);
  if (kept === undefined) return;
  const [one, two, three] = [against, half, starts].map((text) => text && JSON.parse(text));
  assert.equal(await read("RESULTS.md"), resultsPage(JSON.parse(kept), one, two, three));
});

Deno.test("README says what against.json has", async () => {
  const read = (file: string) => Deno.readTextFile(new URL(file, import.meta.url));
  const against: Against[] = JSON.parse(await read("against.json"));
  const text = (await read("../../README.md")).split("\n").map(cellsOf);
  for (const line of inBrief(against).split("\n").map(cellsOf)) {
    assert.ok(line.startsWith("---") || text.includes(line), line);
  }
  const shares = against.flatMap(({ results }) =>
    results.map(({ peakBytes }) => peakBytes["ours fp32"]! / peakBytes["published fp32"]!)
  );
  assert.ok(shares.every((share) => share > 0.15 && share < 0.65), shares.join());
});

/** A row of a table without what aligns it. */
const cellsOf = (line: string) =>
  line.split("|").map((cell) => cell.trim()).filter((cell) => cell !== "").join(" | ");
