/**
 * `deno task weights`: fetches published CLIP weights into the user's cache, verified, and says where they lie.
 *
 * @module
 */

import { cachedWeights, fetchWeights, weightsCache } from "../clip/hub.ts";
import { hubSources } from "../clip/hub_sources.ts";
import { publishedNames } from "../clip/published.ts";
import { loadWeights } from "../clip/weights.ts";
import { argument, flag, parse, text, UsageError } from "./options.ts";
import { progress } from "./progress.ts";
import { run } from "./run.ts";

const options = {
  name: argument("NAME", `a published CLIP: ${publishedNames.join(", ")}`, ""),
  list: flag("say of each whether it is in the cache and where it comes from"),
  cache: text("DIR", "the folder to keep weights in (default: plumbline/weights in your cache)"),
};

const summary =
  "Fetches a published CLIP's weights from the Hugging Face Hub, pinned and verified.";

/** What the command does with its arguments; `say` takes the lines of its output. */
export async function weights(
  args: readonly string[],
  say: (line: string) => void,
  { silent = false, hubUrl }: { silent?: boolean; hubUrl?: string } = {},
): Promise<void> {
  const { name, list, cache = weightsCache() } = parse("weights", options, args, summary);
  if (list) return await listed(cache, say);
  if (name === "") {
    throw new UsageError(
      "weights: name a CLIP, such as ViT-B/16, or give --list. See weights --help.",
    );
  }
  const display = progress(name, { silent });
  const path = await fetchWeights(name, {
    cache,
    hubUrl,
    progress: (done, total) => display.update(done, total, "bytes"),
  }).finally(() => display.stop());
  const { sha256 } = await loadWeights(path, name);
  say(`${name}: ${path} (SHA-256 ${sha256})`);
}

async function listed(cache: string, say: (line: string) => void): Promise<void> {
  for (const name of publishedNames) {
    const { repo, revision, sha256, found } = hubSources[name];
    const path = await cachedWeights(name, cache);
    say(
      `${name}: ${path ?? "not in the cache"} · ${repo} at ${
        revision?.slice(0, 12) ?? "its newest revision"
      }`,
    );
    say(`    SHA-256 ${sha256 ?? "as the Hub states it"}; ${found}; not verified by fetching`);
  }
}

if (import.meta.main) await run(() => weights(Deno.args, (line) => console.log(line)));
