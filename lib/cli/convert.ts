/**
 * `deno task convert FROM TO`: saved prompts to the published code's checkpoints or to class features, and checkpoints to
 * saved prompts.
 *
 * @module
 */
import { disposeClip, loadClip } from "../clip/mod.ts";
import { loadPublished, loadTrained } from "../engine/mod.ts";
import { UserError } from "../errors.ts";
import { exchanged, exportPublished, writeFeatures } from "../prompts/mod.ts";
import { useBackend } from "../tensor/mod.ts";
import { print } from "../terminal.ts";
import { argument, choice, flag, many, parse, text, UsageError } from "./options.ts";
import { loadGiven, partOf } from "./prompts/given.ts";
import { settingsGiven } from "./reproduce/settings_given.ts";
import { run } from "./run.ts";

const options = {
  from: argument("FROM", "saved prompts (.safetensors), or a checkpoint (model.pth.tar-N)"),
  to: argument(
    "TO",
    "a folder: the published code's checkpoint; .npy, .json or (--features) .safetensors: class features; of a checkpoint: saved prompts",
  ),
  features: flag("class text features also into a .safetensors file"),
  method: choice(exchanged, "of a checkpoint: which method's it is"),
  data: text("NAME=PATH", "of a checkpoint: the data set whose classes it tells apart"),
  classes: choice(["all", "base", "new"], "likewise: which of its classes", "all"),
  set: many("KEY=VALUE", "of a checkpoint: a setting that shapes don't tell"),
  clip: text(
    "NAME|PATH",
    "the CLIP, where it isn't found by its name; of a checkpoint: pocket else",
  ),
  backend: choice(
    ["native", "webgpu", "wasm", "cpu"],
    "what computes (default: the best there is)",
  ),
};

const summary =
  "Exchanges prompts with the published code (Dassl's model.pth.tar-N) and with programs that have image features.";

/** What the command does with its arguments; `say` takes the lines of its output. */
export async function convert(
  args: readonly string[],
  say: (line: string) => void,
): Promise<void> {
  const given = parse("convert", options, args, summary);
  await refuseNoFile(given.from);
  await useBackend(given.backend);
  const isSaved = given.from.endsWith(".safetensors");
  const clip = given.clip !== undefined || !isSaved
    ? await loadClip(given.clip ?? "pocket")
    : undefined;
  try {
    if (!isSaved) {
      using prompts = await loadPublished(given.from, { ...await told(given), clip: clip! });
      await prompts.save(given.to);
      return say(`Wrote ${given.to}`);
    }
    using prompts = await loadTrained(given.from, clip);
    if (given.features || /\.(npy|json)$/.test(given.to)) {
      await writeFeatures(given.to, await prompts.features());
      say(`Wrote ${given.to}`);
    } else if (/\.[a-z]+$/i.test(given.to)) {
      throw new UsageError(
        `convert: ${given.to} is no folder, .npy or .json: a .safetensors file takes --features.`,
      );
    } else say(`Wrote ${await exportPublished(await prompts.file(), given.to)}`);
  } finally {
    if (clip) disposeClip(clip);
  }
}

/** Before anything is asked of what isn't there. */
async function refuseNoFile(path: string): Promise<void> {
  const found = await Deno.stat(path).catch(() => undefined);
  if (found?.isFile) return;
  throw new UserError(
    found
      ? `${path} is a folder: name the file in it, saved prompts or model.pth.tar-N.`
      : `There is no file ${path}: name saved prompts (.safetensors) or a checkpoint (model.pth.tar-N).`,
  );
}

/** What a checkpoint does not say of itself. */
async function told(
  { from, to, method, data, classes, set }: {
    from: string;
    to: string;
    method?: string | undefined;
    data?: string | undefined;
    classes: "all" | "base" | "new";
    set: string[];
  },
) {
  if (!method || !data) {
    throw new UsageError(
      `convert: ${from} does not say whose it is: give --method, and --data for its classes.`,
    );
  }
  if (!to.endsWith(".safetensors")) {
    throw new UserError(`${to} is no .safetensors file, which saved prompts are.`);
  }
  const { classNames, template } = partOf(await loadGiven(data), classes);
  return { method, classNames, template, settings: settingsGiven(set, [method]) };
}

if (import.meta.main) await run(() => convert(Deno.args, print));
