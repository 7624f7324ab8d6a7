/**
 * Fetches a published data set into CoOp's folder layout: each of its files downloaded, verified and unpacked in turn, those that are
 * there already left alone, so that running it again goes on where it stopped.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { UserError } from "../errors.ts";
import type { Dataset, Source } from "./dataset.ts";
import { download } from "./download.ts";
import { extract } from "./extract.ts";
import { addressesOf, type Mirrors } from "./mirrors.ts";
import { noteChecksum, notedChecksum, notesOf } from "./noted.ts";

/** What happened to one file of a data set. */
export interface Fetched {
  /** Which file. */
  source: Source;
  /** `there`: it was there before; `fetched`: it is now; `failed`: see `problem`. */
  outcome: "there" | "fetched" | "failed";
  /** One line: what is wrong and what to do. */
  problem?: string;
  /** The SHA-256 of what came, where none is published to hold it to: it is noted for the next fetch. */
  noted?: string;
}

/** How far a data set's files have come. */
export interface FetchProgress {
  /** What goes on: `images: downloading`. */
  (note: string, done: number, total: number | undefined): void;
}

/** Where the files of a data set go until they are whole. */
const DOWNLOADS = ".downloads";

/** The most bytes to accept for files whose length is not known: an archive, a single file. */
const MOST_ARCHIVE = 64 * 2 ** 30;
const MOST_FILE = 256 * 2 ** 20;

/**
 * Fetches what is missing of a data set under `root`. A file that cannot be had is told in the result and does not stop the others.
 *
 * @param stallSeconds seconds without a byte after which an address is given up
 * @param mirrors addresses to try first
 * @throws {UserError} if it is no published data set
 * @category Load
 */
export async function fetchDataset(
  dataset: Dataset,
  root: string,
  progress: FetchProgress = () => {},
  stallSeconds = 30,
  mirrors: Mirrors = {},
): Promise<Fetched[]> {
  const { published } = dataset;
  if (!published) {
    throw new UserError(`${dataset.title} is not a published data set: there is nothing to fetch.`);
  }
  const results: Fetched[] = [];
  for (const source of published.sources) {
    const target = sourcePath(dataset, source, root);
    if (await exists(target)) {
      results.push({ source, outcome: "there" });
      continue;
    }
    try {
      if (source.urls.length === 0) {
        throw new UserError(`the ${source.what} of ${dataset.title} cannot be downloaded.`);
      }
      const from = { ...source, urls: addressesOf(dataset, source, mirrors) };
      const noted = await fetchSource(dataset, from, root, target, progress, stallSeconds);
      results.push({ source, outcome: "fetched", ...noted && { noted } });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      results.push({
        source,
        outcome: "failed",
        problem: `${error.message} ${byHand(source, target)}`,
      });
    }
  }
  return results;
}

/** Where a file of a data set belongs. */
export function sourcePath(dataset: Dataset, source: Source, root: string): string {
  return join(root, dataset.published?.folder ?? "", source.to);
}

/** Fetches a file. → its SHA-256, where none is published */
async function fetchSource(
  dataset: Dataset,
  source: Source,
  root: string,
  target: string,
  progress: FetchProgress,
  stallSeconds: number,
): Promise<string | undefined> {
  const { what, urls, bytes, unpack } = source;
  const name = `${dataset.name}-${source.to.replaceAll("/", "-") || "all"}`;
  const file = join(root, DOWNLOADS, name);
  // An archive that is there was downloaded and verified before a kill came while it was being unpacked.
  let got: string | undefined;
  const noted = source.sha256 ?? await notedChecksum(root, name);
  if (!await exists(file)) {
    const most = unpack ? MOST_ARCHIVE : MOST_FILE;
    const wanted = { what: `${what} of ${dataset.title}`, urls, bytes, sha256: noted, most };
    got = await download(wanted, file, {
      progress: (done, total) => progress(`${what}: downloading`, done, total),
      stallSeconds,
    }).catch((error) => {
      if (source.sha256 !== undefined || noted === undefined) throw error;
      throw new UserError(
        `${
          (error as Error).message
        } (That checksum is what an earlier fetch got: where the source has changed, remove ` +
          `"${name}" from ${notesOf(root)}.)`,
      );
    });
  }
  if (unpack) {
    try {
      await extract(file, target, unpack, {
        progress: (files) => progress(`${what}: unpacking`, files, undefined),
      });
    } finally {
      await Deno.remove(file);
    }
  } else {
    await Deno.mkdir(dirname(target), { recursive: true });
    await Deno.rename(file, target);
  }
  await Deno.remove(join(root, DOWNLOADS)).catch(() => {}); // only when nothing else is in it
  if (source.sha256 !== undefined || got === undefined) return undefined;
  await noteChecksum(root, name, got);
  return got;
}

function byHand(source: Source, target: string): string {
  return source.byHand
    ? `${source.byHand}: ${target}.`
    : `Download it in a browser and put it at ${target}.`;
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, (error) => {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  });
}
