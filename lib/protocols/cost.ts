/**
 * What a cell will cost, before it runs: its products and operations at the machine's rates. Rough, within a factor of two
 * or three, and made good by cells that were timed.
 *
 * A token costs 24·width² FLOPs in a layer (4 for queries, keys and values and 16 for the perceptron, twice for a
 * multiply-add); a backward pass costs twice the forward pass.
 *
 * @module
 */
import type { ClipConfig } from "../clip/mod.ts";
import type { RunRecord } from "../engine/mod.ts";
import { learns, type Method, passesOf, type Training } from "../methods/mod.ts";

/** What a cell reads and how long it trains. */
export interface Sizes {
  /** The method. */
  method: Pick<Method, "learns" | "needs" | "passes" | "textsPerImage">;
  /** The number of classes that are trained on. */
  classes: number;
  /** The number of training images. */
  images: number;
  /** How long and how fast it trains. */
  training: Training;
  /** Fixed views of each image; absent: new crops every epoch. */
  views?: number | undefined;
  /** How many cells train as one, with the activations of all in memory. Default 1. */
  stacked?: number;
  /** The test sets: how many classes and images each has. */
  tests: { classes: number; images: number }[];
}

/** How fast a machine computes. */
export interface Machine {
  /** FLOPs a second of a large matrix product. */
  rate: number;
  /** Seconds that an operation on next to no data takes. */
  overhead: number;
  /** FLOPs a second of a product in double precision, which a linear probe is solved with. Default a host's, 1e9. */
  doubles?: number;
}

/** The time and the memory that a cell takes. */
export interface Cost {
  /** Estimated time of one process, in seconds. */
  seconds: number;
  /** Estimated peak memory, in bytes. */
  bytes: number;
}

/** Tokens of a class that are not shared: its name, the stop, EOT. */
const ownTokens = 5;

/** Tensor operations of a layer. */
const layerOps = 25;

/** What a layer keeps of each token for the backward pass: activations, as a multiple of the width. */
const kept = 12;

/** Activations of text that are kept at most, in bytes: beyond that classes are encoded in parts. */
const keptAtMost = 1e10;

/** Memory of a process that has loaded nothing but TensorFlow, in bytes. */
const bare = 450e6;

/** How often weights are in memory while they are read and laid out. */
const whileLoading = 2;

/** How often a classifier that is solved for passes over its images: a dozen problems, hundreds of L-BFGS steps each. */
const solving = 5000;

/** FLOPs of one of those steps for each number that it solves for, besides the products: on the host. */
const lbfgsFlops = 100;

/** FLOPs a second in double precision on the host. */
const hostRate = 1e9;

/** What the cell costs. */
export function cost(sizes: Sizes, config: ClipConfig, machine: Machine): Cost {
  const { text } = config;
  const by = sizes.method;
  const passes = passesOf(by);
  const { batchSize, epochs, steps: counted } = sizes.training;
  const { textsPerImage = false } = by;
  const image = imagePass(config);
  const prompts = (classes: number) => (ownTokens * classes + 20) * tokenFlops(text);
  const steps = counted ?? epochs * Math.max(1, Math.floor(sizes.images / batchSize));
  const texts = textsPerImage ? batchSize : 1;
  const imageWork = by.needs.pixels ? passes * batchSize * image : 0;
  const features = by.needs.features ? sizes.views ? 0 : batchSize * image : 0;
  const step = passes * texts * prompts(sizes.classes) + imageWork + features;
  const layers = text.layers + (by.needs.pixels ? imageLayers(config) : 0);
  const tested = sizes.tests.reduce(
    (sum, { classes, images }) =>
      sum + images * (image + (textsPerImage ? prompts(classes) : 0)) + prompts(classes),
    0,
  );
  const bank = sizes.views && epochs > 0 ? sizes.views * sizes.images * image : 0;
  const ops = steps * passes * layers * layerOps;
  const once = steps * step + tested + bank;
  const solved = epochs === 0 && learns(by) && passes === 0;
  const evaluations = solved ? solving * sizes.classes * config.embedDim : 0;
  const { doubles = hostRate } = machine;
  const solution = evaluations * (4 * sizes.images / doubles + lbfgsFlops / hostRate);
  const held = (numbers: number) => passes * kept * 4 * numbers * (sizes.stacked ?? 1);
  const activations =
    Math.min(keptAtMost, held(texts * ownTokens * sizes.classes * text.width * text.layers)) +
    held(by.needs.pixels ? batchSize * imageActivations(config) : 0);
  return {
    seconds: once / machine.rate + ops * machine.overhead + solution,
    bytes: bare + activations + whileLoading * 4 * weightsOf(config),
  };
}

/**
 * How much longer cells take than their estimates, by method: the median of those that are done.
 *
 * @returns the factor of a method; that of all methods where it has none done; 1 without any
 */
export function corrections(
  timed: readonly { record: Pick<RunRecord, "cell" | "seconds" | "stacked">; estimate: number }[],
): (method: string) => number {
  const ratio = (of: typeof timed) =>
    median(of.map(({ record: { seconds, stacked = 1 }, estimate }) => (
      seconds.total / stacked / estimate // cells of a stack share the time
    )));
  const byMethod = Map.groupBy(timed, ({ record }) => record.cell.method);
  const all = ratio(timed) ?? 1;
  const known = new Map([...byMethod].map(([name, of]) => [name, ratio(of)!]));
  return (name) => known.get(name) ?? all;
}

function median(values: number[]): number | undefined {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

function tokenFlops({ width, layers }: { width: number; layers: number }): number {
  return 24 * width ** 2 * layers;
}

/** FLOPs of an image; of a ResNet, RN50's 12.2 G scaled by width, size and blocks. */
function imagePass({ vision, imageSize }: ClipConfig): number {
  if (vision.kind === "vit") {
    const tokens = (imageSize / vision.patch) ** 2 + 5;
    return tokens * tokenFlops(vision) + 4 * tokens ** 2 * vision.width * vision.layers;
  }
  const blocks = vision.layers.reduce((sum, n) => sum + n, 0);
  return 12.2e9 * (vision.width / 64) ** 2 * (imageSize / 224) ** 2 * (blocks / 16);
}

function imageLayers({ vision }: ClipConfig): number {
  return vision.kind === "vit" ? vision.layers : 3 * vision.layers.reduce((sum, n) => sum + n, 0);
}

/** Numbers that an image's pass leaves in each of `kept` places. */
function imageActivations({ vision, imageSize }: ClipConfig): number {
  return vision.kind === "vit"
    ? ((imageSize / vision.patch) ** 2 + 5) * vision.width * vision.layers
    : imageSize ** 2 * vision.width;
}

function weightsOf({ text, vision }: ClipConfig): number {
  const blocks = ({ width, layers }: { width: number; layers: number }) => 12 * width ** 2 * layers;
  return text.vocab * text.width + blocks(text) + (vision.kind === "vit" ? blocks(vision) : 4e7);
}
