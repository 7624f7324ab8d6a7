/**
 * `deno task weights`: fetches published CLIP weights into the user's cache, verified, and says where they lie; or exports
 * the pocket CLIP's, whole, for other implementations.
 *
 * @module
 */

import { expectedShapes } from "../clip/shapes.ts";
import { cachedWeights, fetchWeights, weightsCache } from "../clip/hub.ts";
import { hubNames, sourceOf } from "../clip/hub_sources.ts";
import { pocketWeights } from "../clip/pocket.ts";
import { writeSafetensors } from "../clip/safetensors_write.ts";
import { loadWeights } from "../clip/weights.ts";
import { mirrorsNamed } from "../datasets/mirrors.ts";
import { argument, flag, parse, text, UsageError } from "./options.ts";
import { progress } from "./progress.ts";
import { run } from "./run.ts";
import { print } from "../terminal.ts";

const options = {
  name: argument("NAME", `a published CLIP: ${hubNames.join(", ")}; or pocket`, ""),
  list: flag("say of each whether it is in the cache and where it comes from"),
  export: text(
    "FILE",
    "write pocket's weights with the whole token table, for any CLIP implementation",
  ),
  cache: text("DIR", "the folder to keep weights in (default: plumbline/weights in your cache)"),
};

const summary =
  "Fetches a published CLIP's weights from the Hugging Face Hub, pinned and verified; or exports pocket's.";

/** What the command does with its arguments; `say` takes the lines of its output. */
export async function weights(
  args: readonly string[],
  say: (line: string) => void,
  { silent = false, hubUrl }: { silent?: boolean; hubUrl?: string } = {},
): Promise<void> {
  const { name, list, cache: named, export: to } = parse(
    "weights",
    options,
    args,
    summary,
  );
  if (list) return await listed(named ?? weightsCache(), say);
  if (name === "") {
    throw new UsageError(
      "weights: name a CLIP, such as ViT-B/16, or give --list. See weights --help.",
    );
  }
  if (name === "pocket") return await pocket(to, say);
  if (to !== undefined) {
    throw new UsageError(`weights: --export is for pocket: ${name} is whole. See weights --help.`);
  }
  const display = progress(name, { silent });
  const path = await fetchWeights(name, {
    cache: named ?? weightsCache(),
    hubUrl: hubUrl ?? mirrorsNamed((name) => Deno.env.get(name)).hub,
    progress: (done, total) => display.update(done, total, "bytes"),
  }).finally(() => display.stop());
  const { sha256 } = await loadWeights(path, name);
  say(`${name}: ${path} (SHA-256 ${sha256})`);
}

/** Says where the pocket CLIP lies, or writes it whole: OpenAI's layout, half precision. */
async function pocket(to: string | undefined, say: (line: string) => void): Promise<void> {
  const { path, sha256, config, get } = await pocketWeights();
  if (to === undefined) {
    return say(`pocket: ${path}, which comes with this module (SHA-256 ${sha256})`);
  }
  const tensors = Object.fromEntries(
    [...expectedShapes(config).keys()].map((key) => [key, get(key)]),
  );
  await writeSafetensors(to, tensors, { half: true });
  say(`pocket: wrote ${to}, OpenAI's keys, with all ${config.text.vocab} rows of the token table`);
}

async function listed(cache: string, say: (line: string) => void): Promise<void> {
  for (const name of hubNames) {
    const { repo, revision, sha256, bytes, licence, found } = sourceOf(name)!;
    const path = await cachedWeights(name, cache);
    say(
      `${name}: ${path ?? "not in the cache"} · ${repo} at ${
        revision?.slice(0, 12) ?? "its newest revision"
      }`,
    );
    const about = [
      bytes === undefined ? undefined : `${(bytes / 1e6).toFixed(0)} MB`,
      licence === undefined ? "licence: see its page" : `licence ${licence}`,
    ].filter((part) => part !== undefined).join(", ");
    say(
      `    ${about}; SHA-256 ${
        sha256 ?? "as the Hub states it"
      }; ${found}; not verified by fetching`,
    );
  }
}

if (import.meta.main) await run(() => weights(Deno.args, print));
