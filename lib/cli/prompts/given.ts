/**
 * What `train`, `sensitivity`, `predict` and `evaluate` are told: one data set, its training, files of pictures, and what to
 * measure while training.
 *
 * @module
 */
import { join } from "node:path";
import {
  baseNew,
  dataset,
  isOwnSpec,
  type LoadedDataset,
  readTemplates,
} from "../../datasets/mod.ts";
import type { Asked, AskedRecord } from "../../engine/mod.ts";
import { printable, UserError } from "../../errors.ts";
import { choice, integer, many, number, text, UsageError, type Values } from "../options.ts";
import { onDrawings, parseData, readingOf } from "../reproduce/data_given.ts";
import type { readingOptions } from "../reproduce/options.ts";

/** What a command that trains one method is told of the training. */
export const trainedOptions = {
  shots: integer("training images of each class", 16, 1),
  classes: choice(["all", "base"], "the classes to train on: all, or the first half", "all"),
  clip: text("NAME|PATH", "the CLIP: pocket, a fetched model's name, a safetensors file", "pocket"),
  preset: text("NAME", "a preset of the method: deno task methods METHOD lists them"),
  set: many("KEY=VALUE", "a setting of the method; may be given several times"),
  epochs: integer("passes over the training images, in place of the preset's", undefined, 1),
  batch: integer("images in a step, likewise", undefined, 1),
  rate: number("the learning rate that the cosine starts at, likewise"),
};

/**
 * The data set of `--data`, read as the options say.
 *
 * @param options also the CLIP that will read it, where that is known
 * @param say is told what was assumed of it, and whether pictures of one's own are read by a CLIP that knows drawings alone
 */
export async function loadGiven(
  data: string,
  options: Partial<Values<typeof readingOptions>> & { clip?: string | undefined } = {},
  say: (line: string) => void = () => {},
): Promise<LoadedDataset> {
  const { templates: file } = options;
  const templates = file === undefined ? undefined : await readTemplates(file);
  const { spec, root } = parseData([data], readingOf(options, { templates }))[0]!;
  const loaded = await dataset(spec).load(root ?? "");
  const { title, assumed = [] } = loaded;
  if (options.clip === "pocket" && isOwnSpec(spec)) say(onDrawings);
  if (assumed.length > 0) say(printable(`${title}: ${assumed.join("; ")}.`));
  return loaded;
}

/** The part of a data set's classes that is asked for. */
export function partOf(data: LoadedDataset, classes: "all" | "base" | "new"): LoadedDataset {
  return classes === "all" ? data : baseNew(data)[classes];
}

/** What is looked for in a folder: what can be read. */
const pictures = /\.(jpe?g|jfif|png|webp)$/i;

/**
 * The picture files that paths name: files as they are, folders by all pictures in them, at any depth, in order.
 *
 * @throws {UserError} when there is nothing at a path, or no picture in a folder
 */
export async function picturesAt(paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    if (!(await isFolder(path))) found.push(path);
    else {
      const inside = (await below(path)).sort();
      if (inside.length === 0) {
        throw new UserError(
          `${path} has no JPEG, PNG or WebP pictures; name pictures or a folder of them.`,
        );
      }
      found.push(...inside);
    }
  }
  return found;
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new UserError(`There is no picture ${path}; check the path.`);
  }
}

async function below(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory, isFile } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) found.push(...await below(path));
    else if (isFile && pictures.test(name)) found.push(path);
  }
  return found;
}

/** Lines of standard input, without blank ones. */
export async function pathsFromInput(input: ReadableStream<Uint8Array>): Promise<string[]> {
  const text = await new Response(input).text();
  return text.split(/\r?\n/).filter((line) => line.trim() !== "");
}

/** What `train --evaluate-every` says, which measures while it trains. */
interface AskedOptions {
  evaluateEvery?: number | undefined;
  evaluateOn?: string[] | undefined;
  classes: "all" | "base";
}

/**
 * Looks the options through before anything is read.
 *
 * @throws {UsageError} where they do not go together
 */
export function refuseAsked({ evaluateEvery, evaluateOn, classes }: AskedOptions): void {
  if (evaluateOn && evaluateEvery === undefined) {
    throw new UsageError(
      "train: --evaluate-on says on what, and --evaluate-every how often: give both",
    );
  }
  if (evaluateOn?.includes("new") && classes === "all") {
    throw new UsageError(
      "train: --evaluate-on new needs classes that are not trained on: give --classes base",
    );
  }
}

/** The sets to measure on, of `whole`, of which `data` is trained on. */
export function askedFor(
  { evaluateEvery: every, evaluateOn, classes }: AskedOptions,
  data: LoadedDataset,
  whole: LoadedDataset,
): Asked | undefined {
  if (every === undefined) return undefined;
  const parts = evaluateOn ?? (classes === "base" ? ["test", "new"] : ["test"]);
  const of = (part: string) => {
    if (part === "new") return partOf(whole, "new");
    return part === "validation" ? { ...data, test: data.val } : data;
  };
  return { every, on: Object.fromEntries(parts.map((part) => [part, of(part)])) };
}

/** How much it is. */
export function costOf({ every, on }: Asked, epochs: number): string {
  const images = Object.values(on).reduce((sum, { test }) => sum + test.length, 0);
  const times = Math.ceil(epochs / every);
  return `Measuring ${Object.keys(on).join(", ")} ${
    times === 1 ? "once" : `${times} times`
  }, ${images} images each time; nothing is chosen by it.`;
}

/** What it found after an epoch, from 1. */
export function askedLine(epoch: number, { accuracy }: AskedRecord): string {
  const parts = Object.entries(accuracy).map(([name, of]) => `${name} ${of.toFixed(2)} %`);
  return `Epoch ${epoch}: ${parts.join(", ")}`;
}
