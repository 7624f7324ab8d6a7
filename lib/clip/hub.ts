/**
 * Published CLIPs' weights from the Hugging Face Hub or its mirror, through its client library: pinned to a revision, held to a
 * checksum, into the user's cache. OpenAI's are timm's conversions to safetensors in open_clip's layout, which is OpenAI's.
 *
 * @module
 */

import type { Hash } from "node:crypto";
import { builtin } from "../builtin.ts";
import { isAbsent, nearest, UserError } from "../errors.ts";
import { callback, checkOptions, type Kinds, number, words } from "../options_given.ts";
import { makeCache, userCache, variable } from "../user_cache.ts";
import { hubNames, type HubSource, sourceOf } from "./hub_sources.ts";

/** The name of the weights in a repository. */
function fileOf({ file = "open_clip_model.safetensors" }: Pick<HubSource, "file">): string {
  return file;
}

/** How weights are fetched. */
export interface HubOptions {
  /** The folder that the weights go to; `plumbline/weights` in the user's cache where absent. */
  cache?: string;
  /** Called with the bytes that are on disk and the file's length. */
  progress?: (done: number, total: number) => void;
  /** Another Hub, such as a mirror: the one that HF_ENDPOINT names where absent. */
  hubUrl?: string | undefined;
  /** Seconds without a byte after which the download is given up, to be resumed by the next call. */
  stallSeconds?: number;
}

const kinds: Kinds<HubOptions> = {
  cache: words,
  progress: callback,
  hubUrl: words,
  stallSeconds: number(0),
};

/**
 * The path of a published CLIP's weights, which are fetched if they are not in the cache. A download that broke off is resumed; what
 * does not match the checksum is thrown away.
 *
 * @param name a published model, `ViT-B/16` or `laion2b/ViT-B/16`
 * @throws {UserError} for a name that does not exist, and if the weights cannot be had or are not those that are pinned
 * @category Load
 */
export async function fetchWeights(name: string, options: HubOptions = {}): Promise<string> {
  checkOptions("fetchWeights", options, kinds);
  const source = sourceOf(name);
  if (source) return await fetchFrom(source, name, options);
  const meant = nearest(name, [...hubNames]);
  throw new UserError(
    `There is no published CLIP "${name}": ` +
      (meant ? `did you mean "${meant}"?` : `known are ${hubNames.join(", ")}.`),
  );
}

/** The path of a published CLIP's weights if they are in the cache. */
export async function cachedWeights(
  name: string,
  cache: string = weightsCache(),
): Promise<string | undefined> {
  const source = sourceOf(name);
  const path = source && cachePath(source, cache);
  return path === undefined || await sizeOf(path) === undefined ? undefined : path;
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

/** Fetches what `source` names, and what belongs beside it, under the name `what` in messages. */
export async function fetchFrom(
  source: HubSource,
  what: string,
  options: HubOptions = {},
): Promise<string> {
  const { cache = weightsCache(), progress = () => {}, hubUrl = mirror() } = options;
  const { stallSeconds = 60 } = options;
  const path = cachePath(source, cache);
  if (await sizeOf(path) !== undefined) return path;
  const folder = builtin("node:path").dirname(path);
  await makeCache(folder);
  let file = fileOf(source);
  try {
    // The weights come last: where they are, everything is.
    for (file of [...source.beside ?? [], fileOf(source)]) {
      const sink = file === fileOf(source) ? progress : () => {};
      await fetchFile(source, file, `${folder}/${file}`, { hubUrl, progress: sink, stallSeconds });
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw denied(error, what);
    if (!(error instanceof Error)) throw error;
    throw new UserError(
      `The weights of ${what} cannot be fetched from ${source.repo} (${
        error.message.split("\n")[0]
      }): try again, or download ` +
        `${file} from its page in a browser and give its path.`,
    );
  }
  return path;
}

/** The mirror of the Hub that the environment names, as its other clients read it. */
function mirror(): string | undefined {
  const named = variable("HF_ENDPOINT");
  if (named === undefined) return undefined;
  if (URL.canParse(named) && /^https?:$/.test(new URL(named).protocol)) {
    return named.replace(/\/+$/, "");
  }
  throw new UserError(`HF_ENDPOINT is ${named}, which is no address of a mirror: give https://….`);
}

async function fetchFile(
  source: HubSource,
  file: string,
  path: string,
  { hubUrl, progress, stallSeconds }: Required<Pick<HubOptions, "progress" | "stallSeconds">> & {
    hubUrl?: string | undefined;
  },
): Promise<void> {
  if (await sizeOf(path) !== undefined) return;
  const part = `${path}.part`;
  const wanted = await pinned(source, file, hubUrl);
  const { downloadFile } = await import("@huggingface/hub");
  const blob = await downloadFile({ ...wanted.request, ...hubUrl !== undefined && { hubUrl } });
  if (blob === null) throw new UserError(`the Hub has no ${file} there`);
  const found = await receive(blob, part, wanted.hash(blob.size), progress, stallSeconds);
  if (found !== wanted.expected) {
    await Deno.remove(part);
    throw new UserError(`they have ${wanted.kind} ${found}, expected ${wanted.expected}`);
  }
  await Deno.rename(part, path);
}

/**
 * The request for exactly the pinned file, and its checksum: the pinned one, or else the one that the Hub's storage goes by;
 * of small files, git's.
 */
async function pinned(
  { repo, revision, sha256, ...source }: HubSource,
  file: string,
  hubUrl?: string,
) {
  const { pathsInfo } = await import("@huggingface/hub");
  const [info] = await pathsInfo({
    repo,
    paths: [file],
    revision: revision ?? "main",
    expand: true,
    ...hubUrl !== undefined && { hubUrl },
  });
  const stored = info?.lfs?.oid;
  const own = file === fileOf(source) ? sha256 : undefined;
  if (own !== undefined && stored !== undefined && stored !== own) {
    throw new UserError(`the Hub has SHA-256 ${stored}, expected ${own}`);
  }
  const request = { repo, path: file, revision: revision ?? info?.lastCommit?.id ?? "main" };
  const expected = own ?? stored;
  if (expected !== undefined) {
    return {
      request,
      expected,
      kind: "SHA-256",
      hash: () => builtin("node:crypto").createHash("sha256"),
    };
  }
  if (info === undefined) throw new UserError(`the Hub has no ${file} there`);
  if (file === fileOf(source)) throw new UserError(`the Hub states no checksum of ${file}`);
  const hash = (bytes: number) =>
    builtin("node:crypto").createHash("sha1").update(`blob ${bytes}\0`);
  return { request, expected: info.oid, kind: "git's SHA-1", hash };
}

/** Appends to the part file what it lacks; gives the hash of the whole. */
async function receive(
  blob: Blob,
  part: string,
  hash: Hash,
  progress: (done: number, total: number) => void,
  stallSeconds: number,
): Promise<string> {
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
function cachePath({ repo, revision, file }: HubSource, cache: string): string {
  const folder = `${repo.replaceAll("/", "--")}-${revision?.slice(0, 12) ?? "main"}`;
  return `${cache}/${folder}/${fileOf({ file })}`;
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
