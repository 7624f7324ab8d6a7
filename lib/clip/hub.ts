/**
 * OpenAI's CLIP weights from the Hugging Face Hub, through its client library: pinned to a revision, held to a SHA-256, into the
 * user's cache. They are timm's conversions to safetensors in open_clip's layout, which is OpenAI's.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { downloadFile, pathsInfo } from "@huggingface/hub";
import { isAbsent, nearest, UserError } from "../errors.ts";
import { makeCache, userCache } from "../user_cache.ts";
import { type HubSource, hubSources } from "./hub_sources.ts";
import { type PublishedName, publishedNames } from "./published.ts";

/** The name of the file in every repository. */
const FILE = "open_clip_model.safetensors";

/** How weights are fetched. */
export interface HubOptions {
  /** The folder that the weights go to; `plumbline/weights` in the user's cache where absent. */
  cache?: string;
  /** Called with the bytes that are on disk and the file's length. */
  progress?: (done: number, total: number) => void;
  /** Another Hub, such as a mirror. */
  hubUrl?: string;
  /** Seconds without a byte after which the download is given up, to be resumed by the next call. */
  stallSeconds?: number;
}

/**
 * The path of a published CLIP's weights, which are fetched if they are not in the cache. A download that broke off is resumed; what
 * does not match the checksum is thrown away.
 *
 * @param name a published model, `ViT-B/16`
 * @throws {UserError} for a name that is none, and if the weights cannot be had or are not those that are pinned
 */
export async function fetchWeights(name: string, options: HubOptions = {}): Promise<string> {
  const known = publishedNames.find((published) => published === name);
  if (known === undefined) {
    const meant = nearest(name, publishedNames);
    throw new UserError(
      `There is no published CLIP "${name}": ` +
        (meant ? `did you mean "${meant}"?` : `known are ${publishedNames.join(", ")}.`),
    );
  }
  return await fetchFrom(hubSources[known], known, options);
}

/** The path of a published CLIP's weights if they are in the cache. */
export async function cachedWeights(
  name: PublishedName,
  cache: string = weightsCache(),
): Promise<string | undefined> {
  const path = cachePath(hubSources[name], cache);
  return await sizeOf(path) === undefined ? undefined : path;
}

/**
 * The folder of weights in the user's cache.
 *
 * @throws {UserError} if the environment names no home
 */
export function weightsCache(): string {
  const folder = userCache("weights");
  if (folder !== undefined) return folder;
  throw new UserError(
    "There is no cache folder, as HOME is not set or is /: name one with --cache DIR.",
  );
}

/** Fetches what `source` names, under the name `what` in messages. */
export async function fetchFrom(
  source: HubSource,
  what: string,
  options: HubOptions = {},
): Promise<string> {
  const { cache = weightsCache(), progress = () => {}, hubUrl, stallSeconds = 60 } = options;
  const path = cachePath(source, cache);
  if (await sizeOf(path) !== undefined) return path;
  const part = `${path}.part`;
  await makeCache(path.slice(0, path.lastIndexOf("/")));
  try {
    const wanted = await pinned(source, hubUrl);
    const blob = await downloadFile({ ...wanted.request, hubUrl });
    if (blob === null) throw new UserError(`the Hub has no ${FILE} there`);
    const sha256 = await receive(blob, part, progress, stallSeconds);
    if (sha256 !== wanted.sha256) {
      await Deno.remove(part);
      throw new UserError(`they have SHA-256 ${sha256}, expected ${wanted.sha256}`);
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw denied(error, what);
    if (!(error instanceof Error)) throw error;
    throw new UserError(
      `The weights of ${what} cannot be fetched from ${source.repo} (${
        error.message.split("\n")[0]
      }): try again, or download ` +
        `${FILE} from its page in a browser and give its path.`,
    );
  }
  await Deno.rename(part, path);
  return path;
}

/** The request for exactly the pinned file, and its checksum: the pinned one, or else the one that the Hub's storage goes by. */
async function pinned({ repo, revision, sha256 }: HubSource, hubUrl?: string) {
  const [info] = await pathsInfo({
    repo,
    paths: [FILE],
    revision: revision ?? "main",
    expand: true,
    hubUrl,
  });
  const stored = info?.lfs?.oid;
  if (sha256 !== undefined && stored !== undefined && stored !== sha256) {
    throw new UserError(`the Hub has SHA-256 ${stored}, expected ${sha256}`);
  }
  const expected = sha256 ?? stored;
  if (expected === undefined) throw new UserError(`the Hub states no checksum of ${FILE}`);
  return {
    request: { repo, path: FILE, revision: revision ?? info.lastCommit.id },
    sha256: expected,
  };
}

/** Appends to the part file what it lacks; gives the SHA-256 of the whole. */
async function receive(
  blob: Blob,
  part: string,
  progress: (done: number, total: number) => void,
  stallSeconds: number,
): Promise<string> {
  const hash = createHash("sha256");
  let done = await sizeOf(part) ?? 0;
  if (done > blob.size) done = 0;
  using file = await Deno.open(part, { read: true, write: true, create: true });
  await file.truncate(done);
  for await (const chunk of file.readable.values({ preventCancel: true })) hash.update(chunk);
  using output = await Deno.open(part, { append: true });
  if (done === blob.size) return hash.digest("hex");
  const reader = blob.slice(done).stream().getReader();
  try {
    for (
      let read = await soon(reader.read(), stallSeconds);
      !read.done;
      read = await soon(reader.read(), stallSeconds)
    ) {
      hash.update(read.value);
      for (let at = 0; at < read.value.length;) at += await output.write(read.value.subarray(at));
      done += read.value.length;
      progress(done, blob.size);
    }
  } finally {
    reader.cancel().catch(() => {});
  }
  if (done < blob.size) throw new Error(`it broke off after ${done} of ${blob.size} bytes`);
  return hash.digest("hex");
}

/** `promise`, or an error when it takes longer. */
async function soon<T>(promise: Promise<T>, seconds: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing arrives for ${seconds} s`)), seconds * 1000);
  });
  return await Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** The revision is in the path, so that another pin is another file. */
function cachePath({ repo, revision }: HubSource, cache: string): string {
  return `${cache}/${repo.replaceAll("/", "--")}-${revision?.slice(0, 12) ?? "main"}/${FILE}`;
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await Deno.stat(path)).size;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/** A host that Deno may not reach: a mirror, or where one sends you. */
function denied(error: Error, what: string): Error {
  const [, host] = /net access to "([^"]+)"/.exec(error.message) ?? [];
  if (host === undefined) return error;
  return new UserError(
    `The weights of ${what} lie at ${host}, which Deno may not reach: add --allow-net=${host} (for the task: ` +
      `deno run -P=weights --allow-net=${host} lib/cli/weights.ts …).`,
  );
}
