/**
 * `deno task predict FILE IMAGE…`: what saved prompts see in pictures.
 *
 * @module
 */
import { disposeClip, loadClip } from "../clip/mod.ts";
import { loadTrained, type Prediction, type Prompts, ranked } from "../engine/mod.ts";
import { printable, UserError } from "../errors.ts";
import { useBackend } from "../tensor/mod.ts";
import { print, tell } from "../terminal.ts";
import {
  argument,
  choice,
  flag,
  integer,
  others,
  parse,
  precisionNote,
  precisionOption,
  text,
} from "./options.ts";
import { pathsFromInput, picturesAt } from "./prompts/given.ts";
import { run } from "./run.ts";

const options = {
  file: argument("FILE", "saved prompts, as train and save write them"),
  images: others("IMAGE", "pictures, or folders of them; none: paths on standard input"),
  top: integer("likeliest classes of each picture", 1, 1),
  json: flag("a line of JSON for each picture"),
  classNames: text("NAME,NAME,…", "other classes than those trained on, where the method can"),
  template: text("TEXT", "the words around the other classes' names, with {} in their place"),
  clip: text("NAME|PATH", "the CLIP of the prompts, where it isn't found by its name"),
  backend: choice(
    ["native", "webgpu", "wasm", "cpu"],
    "what computes (default: the best there is)",
  ),
  precision: precisionOption,
  workers: integer("threads that read images", 1),
};

const summary = "Says what saved prompts see in pictures.";

/** Pictures that go through the towers together. */
const CHUNK = 32;

/** What one picture came to. */
interface Seen {
  image: string;
  predictions?: Prediction[];
  error?: string;
}

/**
 * What the command does with its arguments; `say` takes the lines of its output, `note` what is said beside them.
 *
 * @returns 1 when a picture could not be read, else 0
 */
export async function predict(
  args: readonly string[],
  say: (line: string) => void,
  { note = tell, input = Deno.stdin.readable }: {
    note?: (line: string) => void;
    input?: ReadableStream<Uint8Array>;
  } = {},
): Promise<number> {
  const { file, images, top, json, classNames, template, clip, backend, precision, workers } =
    parse(
      "predict",
      options,
      args,
      summary,
    );
  const half = precisionNote(await useBackend(backend, precision));
  if (half) note(half);
  const own = clip === undefined ? undefined : await loadClip(clip);
  using loaded = await loadTrained(file, own, { workers });
  try {
    const names = classNames?.split(",").map((name) => name.trim()).filter((name) => name);
    using prompts = names || template
      ? loaded.forClasses(names ?? loaded.record.words.classNames, template)
      : undefined;
    const used = prompts ?? loaded;
    const paths = await picturesAt(images.length > 0 ? images : await pathsFromInput(input));
    const begun = performance.now();
    let failed = 0;
    for (let at = 0; at < paths.length; at += CHUNK) {
      for (const seen of await see(used, paths.slice(at, at + CHUNK))) {
        if (seen.error !== undefined) failed++;
        for (const line of lines(seen, top, json)) say(line);
      }
    }
    const seconds = (performance.now() - begun) / 1000;
    note(`${paths.length} pictures, ${(paths.length / seconds).toFixed(1)} a second`);
    if (failed > 0) note(`${failed} of them could not be read.`);
    return failed > 0 ? 1 : 0;
  } finally {
    if (own) disposeClip(own);
  }
}

/** One broken picture does not keep the others from being seen. */
async function see(prompts: Prompts, images: string[]): Promise<Seen[]> {
  const names = prompts.record.words.classNames;
  try {
    const logits = await prompts.logits(images);
    return images.map((image, i) => ({
      image,
      predictions: ranked(logits.subarray(i * names.length, (i + 1) * names.length), names),
    }));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (images.length === 1) return [{ image: images[0]!, error: error.message }];
    const each: Seen[] = [];
    for (const image of images) each.push(...await see(prompts, [image]));
    return each;
  }
}

function lines({ image, predictions, error }: Seen, top: number, json: boolean): string[] {
  if (json) {
    return [JSON.stringify({ image, error, predictions: predictions?.slice(0, top) })];
  }
  if (!predictions) return [`${printable(image)}  ${error}`];
  return predictions.slice(0, top).map(({ className, probability }) =>
    `${printable(image)}  ${printable(className)}  ${(100 * probability).toFixed(2)} %`
  );
}

if (import.meta.main) await run(() => predict(Deno.args, print));
