/**
 * What bfloat16 costs in truth and saves in time, at real size with random weights: `deno run -P=bench
 * test/bench/precision.ts [NAME…]`. Each side takes the same first step, of which features, loss and gradients are compared;
 * then both take steps alternately, and the ratio of each pair counts. `--write` puts what is measured into
 * data/precision/steps.json, beside what other names have there, and into RESULTS.md.
 */

import { cpus } from "node:os";
import process from "node:process";
import { flag, integer, others, parse } from "../../lib/cli/options.ts";
import { run } from "../../lib/cli/run.ts";
import { type Clip, type ClipConfig, encodeImages, encodeTexts } from "../../lib/clip/mod.ts";
import { publishedConfig } from "../../lib/clip/published.ts";
import { readSync, type Tensor, tensor, tidy, useBackend } from "../../lib/tensor/mod.ts";
import { relative } from "../relative.ts";
import { randomClip, uniform } from "../tiny_clip.ts";
import { pocket } from "./cases.ts";
import { compared, halfRatio, type HalfSteps, type Halved } from "./half.ts";
import { inShort, spread } from "../../docs/spread.ts";
import { named, trainingStep } from "./training.ts";
import { writeResults } from "./write.ts";

const resnet = publishedConfig("RN50");
const vit = publishedConfig("ViT-B/16");
const small = { settings: { contextLength: 4 } };
const deep = { settings: { textDepth: 3, imageDepth: 3 } };

type Case = [
  method: string,
  config: ClipConfig,
  batch: number,
  classes: number,
  more?: { settings: Record<string, unknown> },
];

/** As in cases.ts. */
const cases: Record<string, Case> = {
  "coop/RN50/32x100": ["coop", resnet, 32, 100],
  "prograd/RN50/32x100": ["prograd", resnet, 32, 100],
  "kgcoop/ViT-B-16/32x100": ["kgcoop", vit, 32, 100],
  "ivlp/ViT-B-16/4x51": ["ivlp", vit, 4, 51],
  "maple/ViT-B-16/4x51": ["maple", vit, 4, 51],
  "promptsrc/ViT-B-16/4x51": ["promptsrc", vit, 4, 51],
  "prometar/ViT-B-16/4x20": ["prometar", vit, 4, 20],
  "prometar/ViT-B-16/4x51": ["prometar", vit, 4, 51],
  "pocket/coop": ["coop", pocket, 32, 15, small],
  "pocket/prograd": ["prograd", pocket, 32, 15, small],
  "pocket/ivlp": ["ivlp", pocket, 4, 15, deep],
  "pocket/prometar": ["prometar", pocket, 4, 15, deep],
};

/** One case, with `rounds` pairs of steps after the first. */
async function measured(name: string, rounds: number): Promise<Halved> {
  const [method, config, batch, classes, more = {}] = cases[name]!;
  await useBackend("native");
  using clip = randomClip(config);
  const towers = await both(() => features(clip, Math.min(batch, 4)));
  const sides = await both(() => {
    const gradients: number[] = [];
    const losses: number[] = [];
    const step = trainingStep(method, {
      ...{ clip, batch, classes, ...more },
      watch: {
        observe: (name, value) => {
          if (losses.length > 0 || !/(^|\/)gradient\//.test(name)) return;
          for (const x of readSync(value)) gradients.push(x);
        },
        loss: (value) => losses.push(value),
      },
    });
    return { step, gradients, losses };
  });
  const seconds: Halved["seconds"] = { fp32: [], bf16: [] };
  const cpuSeconds: Halved["seconds"] = { fp32: [], bf16: [] };
  for (let round = 0; round <= rounds; round++) {
    // Whichever comes first alternates too.
    for (const precision of round % 2 === 0 ? compared : compared.toReversed()) {
      await useBackend("native", precision);
      const [started, before] = [performance.now(), cpuTime()];
      await sides[precision].step();
      if (round === 0) continue; // it warms up
      seconds[precision].push((performance.now() - started) / 1000);
      cpuSeconds[precision].push(cpuTime() - before);
    }
  }
  const { fp32, bf16 } = sides;
  return {
    name,
    imageFeatures: relative(towers.bf16.images, towers.fp32.images),
    textFeatures: relative(towers.bf16.texts, towers.fp32.texts),
    loss: relative(bf16.losses.slice(0, 1), fp32.losses.slice(0, 1)),
    gradients: relative(bf16.gradients, fp32.gradients),
    ...{ seconds, cpuSeconds },
  };
}

/** Seconds that this process has had of the CPUs. */
function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** What f gives in each precision. */
async function both<T>(f: () => T): Promise<Record<typeof compared[number], T>> {
  const found: Partial<Record<typeof compared[number], T>> = {};
  for (const precision of compared) {
    await useBackend("native", precision);
    found[precision] = f();
  }
  return found as Record<typeof compared[number], T>;
}

/** The frozen towers' features of some random pictures and of some names. */
function features(clip: Clip, pictures: number): Record<"images" | "texts", Float32Array> {
  const numbers = (make: () => Tensor) => {
    const x = tidy(make);
    const all = readSync(x).slice();
    x.dispose();
    return all;
  };
  const next = uniform(7);
  const shape = [pictures, clip.config.imageSize, clip.config.imageSize, 3];
  const pixels = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, next);
  return {
    images: numbers(() => encodeImages(clip, tensor(pixels, shape))),
    texts: numbers(() => encodeTexts(clip, named(10).map((name) => `a photo of a ${name}.`))),
  };
}

/** A line of the terminal. */
function line(found: Halved): string {
  const { name, imageFeatures, textFeatures, loss, gradients, seconds, cpuSeconds } = found;
  const errors = { imageFeatures, textFeatures, loss, gradients };
  const said = Object.entries(errors).map(([what, error]) => `${what} ${error.toExponential(1)}`);
  const [full, half] = compared.map((precision) => spread(seconds[precision]).median.toFixed(3));
  return `${name}: ${said.join(", ")}; ${full} s / ${half} s: ${
    inShort(halfRatio(seconds), 2)
  }, in CPU seconds ${inShort(halfRatio(cpuSeconds), 2)}`;
}

const options = {
  names: others("NAME", `of ${Object.keys(cases).join(", ")}; all of them where none is given`),
  rounds: integer("pairs of steps", 5, 1),
  write: flag("write what is measured into data/precision/steps.json"),
};

async function main(args: readonly string[]): Promise<number> {
  const { names, rounds, write } = parse("precision", options, args);
  const { device } = await useBackend("native");
  const order = Object.keys(cases);
  const file = new URL("../../data/precision/steps.json", import.meta.url);
  for (const name of order) {
    if (names.length > 0 && !names.some((start) => name.startsWith(start))) continue;
    const found = await measured(name, rounds);
    console.log(line(found));
    if (!write) continue;
    const kept: HalfSteps = JSON.parse(
      await Deno.readTextFile(file).catch(() => '{"results":[]}'),
    );
    const all = [...kept.results.filter((one) => one.name !== name), found];
    const half = {
      measured: new Date().toISOString().slice(0, 10),
      machine: `${cpus()[0]?.model.trim()}, ${device}`,
      results: all.sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name)),
    };
    await writeResults({ half });
  }
  return 0;
}

if (import.meta.main) await run(() => main(Deno.args));
