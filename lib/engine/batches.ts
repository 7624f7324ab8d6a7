/**
 * The training batches of an epoch, as Dassl's loader makes them: a fresh order, a last batch that is not full left out.
 *
 * @module
 */
import type { Item } from "../datasets/mod.ts";
import { drawView, type ImageJob, type ViewDraws } from "../image/mod.ts";
import type { Batch } from "../methods/mod.ts";
import type { Streams } from "../random/mod.ts";
import { wrap } from "../tensor/mod.ts";
import type { Images } from "./images.ts";

/** What a learner reads of an image. */
export interface Needs {
  /** Whether it reads the images' normalised pixels. */
  pixels: boolean;
  /** Whether it reads the frozen image tower's features. */
  features: boolean;
}

/** Makes the batches of every epoch. */
export interface Batches {
  /** How many batches an epoch has. */
  count: number;
  /**
   * One epoch's batches, from the one at `from` on, which are what they are in the whole epoch: all draws are made before
   * the first. The caller disposes of their tensors.
   */
  epoch(from?: number): AsyncGenerator<Batch>;
}

/**
 * Batches of `size` images, each image cropped and flipped anew in every epoch; or, with `views`, one of that many fixed
 * views of each image, whose frozen features are computed once (a deviation from the papers, for speed).
 */
export async function trainingBatches(
  items: Item[],
  needs: Needs,
  { size, images, random, views, crops }: {
    size: number;
    images: Images;
    random: Streams;
    views?: number | undefined;
    crops?: number | undefined;
  },
): Promise<Batches> {
  const count = items.length < size ? 1 : Math.floor(items.length / size);
  const bank = views ? await viewBank(items, needs, images, random, { views, crops }) : undefined;

  async function* epoch(from = 0): AsyncGenerator<Batch> {
    const order = random("order").permutation(items.length).slice(0, count * size);
    const chosen = order.map((item) => bank?.choose(item) ?? fresh(items[item]!, random, crops));
    const labels = order.map((item) => items[item]!.label);
    const labelsOf = (batch: number) => labels.slice(batch * size, (batch + 1) * size);
    if (!needs.pixels && bank) {
      for (let batch = from; batch < count; batch++) {
        yield {
          labels: labelsOf(batch),
          features: bank.features(chosen.slice(batch * size, (batch + 1) * size)),
        };
      }
      return;
    }
    let batch = from;
    const left = chosen.slice(from * size).map(({ job }) => job);
    for await (const pixels of images.pixels(left, size)) {
      const own = chosen.slice(batch * size, (batch + 1) * size);
      const features = !needs.features
        ? undefined
        : bank
        ? bank.features(own)
        : images.encode(pixels);
      if (!needs.pixels) pixels.dispose();
      yield { labels: labelsOf(batch++), pixels: needs.pixels ? pixels : undefined, features };
    }
  }
  return { count, epoch };
}

/** One view of one image; `row` is its place in the bank. */
interface View {
  job: ImageJob;
  row: number;
}

function fresh({ path }: Item, random: Streams, crops?: number): View {
  return { job: { path, draws: drawView(random("augmentation"), crops) }, row: -1 };
}

/** K views of every image, and their frozen features where they are needed. */
async function viewBank(
  items: Item[],
  needs: Needs,
  images: Images,
  random: Streams,
  { views, crops }: { views: number; crops?: number | undefined },
) {
  const draws: ViewDraws[] = Array.from(
    { length: items.length * views },
    () => drawView(random("views"), crops),
  );
  const jobs = draws.map((draws, i): ImageJob => ({
    path: items[Math.floor(i / views)]!.path,
    draws,
  }));
  const features = needs.features ? await images.features(jobs) : new Float32Array(0);
  const width = images.clip.config.embedDim;
  return {
    choose(item: number): View {
      const row = item * views + random("augmentation").randbelow(views);
      return { job: jobs[row]!, row };
    },
    features(chosen: View[]) {
      const rows = new Float32Array(chosen.length * width);
      chosen.forEach(({ row }, i) =>
        rows.set(features.subarray(row * width, (row + 1) * width), i * width)
      );
      return wrap(rows, [chosen.length, width]);
    },
  };
}
