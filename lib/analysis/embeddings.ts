/**
 * Image and text features before and after prompts were learned: what CLIP makes of the pictures and class names of a data
 * set, and what it makes of them with the prompts.
 *
 * @module
 */
import type { Clip } from "../clip/mod.ts";
import type { Item, LoadedDataset } from "../datasets/mod.ts";
import { openImages, type Prompts, taskOf } from "../engine/mod.ts";
import { UserError } from "../errors.ts";
import { type Method, method, resolveSettings, zeroShot } from "../methods/mod.ts";
import { checkOptions, fields, type Kinds, whole } from "../options_given.ts";
import { dispose, read, type Tensor, tidy, unitLength, wrap } from "../tensor/mod.ts";

/** Features, each of unit length, row by row; null where the method has none that stand by themselves. */
export interface Features {
  /** The images' features, [images · width]. */
  images: Float32Array | null;
  /** The classes' text features, [classes · width]. */
  texts: Float32Array | null;
}

/** Features before and after. */
export interface FeatureEmbeddings {
  /** The class names by label. */
  classNames: string[];
  /** The label of each image. */
  labels: number[];
  /** The length of a feature. */
  width: number;
  /** The features of CLIP itself, by the data set's template. */
  before: Features;
  /** The features with the trained prompts. */
  after: Features;
}

/** What {@linkcode embeddings} may be told. */
export interface EmbeddingOptions {
  /** Images at most, as many of each class as of the others. Default 300. */
  images?: number;
  /** The method, where it is one's own. */
  method?: Method;
}

const kinds: Kinds<EmbeddingOptions> = { images: whole(1), method: fields };

/** Images that are encoded at a time. */
const BATCH = 32;

/**
 * The features of a data set's test images and of its classes, before and after.
 *
 * @param prompts trained, or loaded; for the data set's classes where they can tell those apart
 * @param clip theirs
 * @throws {UserError} where there are no images, or what was learned belongs to other classes
 */
export async function embeddings(
  prompts: Pick<Prompts, "record" | "params">,
  clip: Clip,
  data: LoadedDataset,
  options: EmbeddingOptions = {},
): Promise<FeatureEmbeddings> {
  checkOptions("embeddings", options, kinds);
  const { record, params } = prompts;
  const { images: most = 300, method: by = method(record.method) } = options;
  const items = spread(data.test, most);
  if (items.length === 0) throw new UserError(`${data.title} has no test images to map`);
  const bound = by.classBound?.(record.settings) ?? false;
  if (bound && record.words.classNames.join("\n") !== data.classNames.join("\n")) {
    throw new UserError(`what ${by.name} learned belongs to its own classes: map those`);
  }
  const trainedOn = { ...record.words, name: String(record.words.dataset ?? data.name) };
  using images = openImages(clip, { workers: 0 });
  const jobs = items.map(({ path }) => ({ path }));
  const frozen = wrap(await images.features(jobs), [items.length, clip.config.embedDim]);
  const own = by.learner(taskOf(data, clip, trainedOn), record.settings);
  const plain = zeroShot.learner(taskOf(data, clip), resolveSettings(zeroShot));
  const shape = [data.classNames.length, clip.config.embedDim].join();
  const textsOf = async (learner: typeof own, given: typeof params) => {
    const text = tidy(() => learner.prepare(given).text?.clone());
    return text && text.shape.join() === shape
      ? await numbers(text)
      : (text && dispose(text), null);
  };
  try {
    const before = {
      images: await numbers(tidy(() => unitLength(frozen))),
      texts: await textsOf(plain, {}),
    };
    const after: Features = {
      images: by.needs.pixels ? null : before.images,
      texts: await textsOf(own, params),
    };
    if (by.needs.pixels && own.images) {
      const rows: number[] = [];
      for await (const pixels of images.pixels(jobs, BATCH)) {
        const batch = { labels: [], pixels };
        rows.push(...await numbers(tidy(() => own.images!(params, batch))));
        dispose(pixels);
      }
      after.images = Float32Array.from(rows);
    }
    const labels = items.map(({ label }) => label);
    return { classNames: data.classNames, labels, width: clip.config.embedDim, before, after };
  } finally {
    dispose(frozen);
    own.dispose();
    plain.dispose();
  }
}

/** A tensor's numbers; it is freed. */
async function numbers(x: Tensor): Promise<Float32Array> {
  const found = (await read(x)).slice();
  dispose(x);
  return found;
}

/** At most so many, as many of each class, in their order. */
function spread(items: readonly Item[], most: number): Item[] {
  const classes = [...Map.groupBy(items, ({ label }) => label).values()];
  const each = Math.max(1, Math.floor(most / Math.max(1, classes.length)));
  const chosen = new Set(classes.flatMap((own) => own.slice(0, each)).slice(0, most));
  return items.filter((item) => chosen.has(item));
}
