/** How many cells run side by side, on machines that are pretended; and the memory that they are thought to take. */
import assert from "node:assert/strict";
import bench from "../bench/results.json" with { type: "json" };
import { type ClipConfig, publishedConfig, smallConfig } from "../../lib/clip/mod.ts";
import { jobsFor, tooMany } from "../../lib/lab/jobs.ts";
import type { ReadyCell } from "../../lib/lab/open_cells.ts";
import { method } from "../../lib/methods/mod.ts";
import { type Cost, cost } from "../../lib/protocols/mod.ts";

const large = publishedConfig("ViT-B/16");
const cpu = { name: "native", device: "CPU (64 threads)" };

/** So many cells of so many seconds and bytes each. */
function cellsOf(
  { count = 1000, seconds = 600, bytes = 6e9, config = large, backend = cpu }: {
    count?: number;
    seconds?: number;
    bytes?: number;
    config?: ClipConfig;
    backend?: { name: string; device: string };
  },
): [ReadyCell[], Map<string, Cost>] {
  const cells = Array.from({ length: count }, (_, i) => (
    { id: `c${i}`, lab: { shared: { backend }, images: { clip: { config } } } }
  )) as unknown as ReadyCell[];
  return [cells, new Map(cells.map(({ id }) => [id, { seconds, bytes }]))];
}

const small = { config: smallConfig, bytes: 5e8 };

Deno.test("a machine of many cores is filled, four threads a cell of a large CLIP, one of a small", () => {
  const machine = { cores: 64, memory: 512e9 };
  assert.equal(jobsFor(...cellsOf({}), machine), 16);
  assert.equal(jobsFor(...cellsOf(small), machine), 64);
  assert.equal(jobsFor(...cellsOf({ backend: { name: "wasm", device: "CPU" } }), machine), 64);
  assert.equal(jobsFor(...cellsOf({}), { cores: 2, memory: 512e9 }), 1);
  assert.equal(jobsFor(...cellsOf({}), { cores: 10, memory: 512e9 }), 2);
});

Deno.test("no more cells run than fit into memory", () => {
  assert.equal(jobsFor(...cellsOf({}), { cores: 64, memory: 60e9 }), 8);
  assert.equal(jobsFor(...cellsOf(small), { cores: 64, memory: 16e9 }), 25);
  assert.equal(jobsFor(...cellsOf({}), { cores: 64, memory: 4e9 }), 1);
  const [cells, costs] = cellsOf(small);
  costs.set("c7", { seconds: 1, bytes: 12e9 }); // the largest may be in all of them
  assert.equal(jobsFor(cells, costs, { cores: 64, memory: 60e9 }), 4);
});

Deno.test("where the free memory may not be asked, large CLIPs run alone", () => {
  assert.equal(jobsFor(...cellsOf({}), { cores: 64 }), 1);
  assert.equal(jobsFor(...cellsOf(small), { cores: 64 }), 64);
});

Deno.test("no process starts that has nothing to do or saves no 20 seconds; a GPU is one", () => {
  const machine = { cores: 64, memory: 512e9 };
  assert.equal(jobsFor(...cellsOf({ count: 3 }), machine), 3);
  assert.equal(jobsFor(...cellsOf({ ...small, count: 50, seconds: 2 }), machine), 5);
  const [done] = cellsOf({});
  assert.equal(jobsFor(done, new Map(), machine), 1);
  const gpus = [{ name: "webgpu", device: "a GPU" }, { name: "native", device: "GPU 0" }];
  for (const backend of gpus) assert.equal(jobsFor(...cellsOf({ backend }), machine), 1);
});

Deno.test("more processes than fit into memory are run as asked, with a line", () => {
  const [, costs] = cellsOf({});
  assert.equal(tooMany(2, costs, { cores: 8, memory: 16e9 }), undefined);
  assert.equal(
    tooMany(4, costs, { cores: 8, memory: 16e9 }),
    "4 processes may take 24.0 GB together, and 16.0 GB are free: --jobs 2 is safer.",
  );
  assert.equal(tooMany(1, costs, { cores: 8, memory: 1e9 }), undefined);
  assert.equal(tooMany(4, costs, { cores: 8 }), undefined);
  assert.equal(tooMany(4, new Map(), { cores: 8, memory: 1e9 }), undefined);
});

Deno.test("the memory that is expected is what steps of real size were measured to take, within a factor of 1.6", () => {
  const training = { epochs: 1, batchSize: 32, rate: 1, warmupEpochs: 0, warmupRate: 0 };
  const real = bench.results.flatMap(({ name, backend, peakBytes }) => {
    const [, by, clip, batch, classes, views] =
      /^(coop|prograd|ivlp|prometar)\/(RN50|ViT-B-16)\/(\d+)x(\d+)\/(?:exact|views(\d+))$/
        .exec(name) ?? [];
    return by === undefined || backend !== "native" ? [] : [{
      ...{ name, peakBytes, config: publishedConfig(clip === "RN50" ? clip : "ViT-B/16") },
      sizes: {
        ...{ method: method(by), classes: Number(classes), images: Number(batch), tests: [] },
        ...{ views: views ? Number(views) : undefined },
        training: { ...training, batchSize: Number(batch) },
      },
    }];
  });
  assert.ok(real.length >= 6);
  for (const { name, peakBytes, config, sizes } of real) {
    const machine = { rate: 2e11, overhead: 1e-5 };
    const { bytes } = cost(sizes, config, machine);
    const ratio = bytes / peakBytes;
    assert.ok(ratio > 1 / 1.6 && ratio < 1.6, `${name}: ${bytes} for ${peakBytes}`);
  }
});
