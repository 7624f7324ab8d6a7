/**
 * Downloads that are not taken on trust: resumed where they broke off, held to a length and a checksum, from the first of several
 * addresses that keeps its word, and on disk whole or not at all.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { readText } from "../bounds.ts";
import { UserError } from "../errors.ts";
import { request, type Transfer } from "./http.ts";

/** A file to download. */
export interface Wanted {
  /** What it is, for messages: `images of EuroSAT`. */
  what: string;
  /** Addresses (http or https), tried in order. */
  urls: readonly string[];
  /** Length in bytes, where known. */
  bytes?: number | undefined;
  /** Where known. Without it and the length, all that is checked is that the transfer was complete and is no web page. */
  sha256?: string | undefined;
  /** The most bytes to accept where the length is not known. */
  most: number;
}

/** How a download is carried out. */
export interface DownloadOptions {
  /** Called as bytes arrive: those on disk, and the whole length if known. */
  progress?: (done: number, total: number | undefined) => void;
  /** Seconds without a byte after which an address is given up or resumed. */
  stallSeconds?: number;
}

/** How often one address is resumed in a row without a single new byte. */
const TRIES = 3;

/**
 * Downloads a file to `to`, over what a broken-off download left in `to`.part, and puts it there when it is whole and right.
 *
 * @returns its SHA-256
 * @throws {UserError} if no address gives the file, with what is wrong at each; whatever arrived and may be resumed stays in the part
 *   file
 */
export async function download(
  wanted: Wanted,
  to: string,
  { progress = () => {}, stallSeconds = 30 }: DownloadOptions = {},
): Promise<string> {
  await Deno.mkdir(dirname(to), { recursive: true });
  const part = `${to}.part`;
  const failures: string[] = [];
  for (const url of wanted.urls) {
    try {
      const fetchAndHash = async () => {
        await fetchWhole(url, wanted, part, progress, stallSeconds);
        return await hashFile(part);
      };
      const resumed = await sizeOf(part) > 0;
      const right = (sha256: string) => sha256 === (wanted.sha256 ?? sha256);
      let sha256 = await fetchAndHash();
      if (resumed && !right(sha256)) {
        // What was there may have been the beginning of another file: once more, from nothing.
        await discard(part);
        sha256 = await fetchAndHash();
      }
      if (!right(sha256)) {
        await discard(part);
        throw new UserError(`has SHA-256 ${sha256}, expected ${wanted.sha256}`);
      }
      await Deno.rename(part, to);
      await Deno.remove(`${part}.etag`).catch(ignoreMissing);
      return sha256;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      failures.push(`${url} ${error.message}`);
    }
  }
  throw new UserError(`the ${wanted.what} cannot be downloaded: ${failures.join("; ")}.`);
}

/** The SHA-256 of a file, in hexadecimal. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  using file = await Deno.open(path);
  for await (const chunk of file.readable.values({ preventCancel: true })) hash.update(chunk);
  return hash.digest("hex");
}

/** Transfers until the part file is whole, resuming as long as something arrives. */
async function fetchWhole(
  url: string,
  wanted: Wanted,
  part: string,
  progress: (done: number, total: number | undefined) => void,
  stallSeconds: number,
): Promise<void> {
  for (let idle = 0, had = await sizeOf(part);; had = await sizeOf(part)) {
    if (had > 0 && had === wanted.bytes) return;
    try {
      using transfer = await start(url, wanted, part, had, stallSeconds);
      await receive(transfer, wanted, part, progress);
      return;
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      idle = await sizeOf(part) > had ? 0 : idle + 1;
      if (idle >= TRIES) throw new UserError(`breaks off (${error.message})`);
    }
  }
}

/** A transfer that broke off, but may be resumed. */
class Interrupted extends Error {}

/** Asks for what is not there yet, or for everything where the address cannot resume what was begun. */
async function start(
  url: string,
  wanted: Wanted,
  part: string,
  had: number,
  stallSeconds: number,
): Promise<Transfer> {
  // What another address began may be resumed here only if the checksum will tell whether the halves belong together.
  const begun = await readText(`${part}.etag`, 10_000).catch(ignoreMissing) ?? "";
  const [from, etag = ""] = begun.split("\n");
  const resumable = had > 0 && (wanted.sha256 !== undefined || (from === url && etag));
  let transfer = await attempt(url, resumable ? had : 0, from === url ? etag : "", stallSeconds);
  if (transfer.status === 416 || (transfer.offset > 0 && transfer.offset !== had)) {
    transfer[Symbol.dispose]();
    transfer = await attempt(url, 0, "", stallSeconds);
  }
  try {
    checkAnswer(transfer, wanted);
  } catch (error) {
    transfer[Symbol.dispose]();
    throw error;
  }
  await Deno.writeTextFile(`${part}.etag`, `${url}\n${transfer.etag}`);
  return transfer;
}

async function attempt(
  url: string,
  offset: number,
  etag: string,
  seconds: number,
): Promise<Transfer> {
  try {
    return await request(url, offset, etag, seconds);
  } catch (error) {
    if (error instanceof UserError || !(error instanceof Error)) throw error;
    throw new Interrupted(oneLine(error));
  }
}

function checkAnswer({ status, total, html }: Transfer, wanted: Wanted): void {
  if (status !== 200 && status !== 206) throw new UserError(`answers ${status}`);
  if (html) throw new UserError(PAGE);
  if (wanted.bytes !== undefined && total !== undefined && total !== wanted.bytes) {
    throw new UserError(`has ${total} bytes, expected ${wanted.bytes}`);
  }
  if ((total ?? 0) > wanted.most) {
    throw new UserError(`has ${total} bytes, more than ${wanted.most}`);
  }
}

/** Writes the body behind what the part file has (or over it), never more than was announced. */
async function receive(
  transfer: Transfer,
  wanted: Wanted,
  part: string,
  progress: (done: number, total: number | undefined) => void,
): Promise<void> {
  const total = wanted.bytes ?? transfer.total;
  using file = await Deno.open(part, { write: true, create: true });
  await file.truncate(transfer.offset);
  await file.seek(transfer.offset, Deno.SeekMode.Start);
  let done = transfer.offset;
  try {
    for await (const chunk of transfer.chunks()) {
      if (done === 0 && isPage(chunk)) throw new UserError(PAGE);
      done += chunk.length;
      if (done > (total ?? wanted.most)) {
        throw new UserError(`sends more than ${total ?? wanted.most} bytes`);
      }
      for (let at = 0; at < chunk.length;) at += await file.write(chunk.subarray(at));
      progress(done, total);
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw new Interrupted(oneLine(error));
    file.close();
    await discard(part);
    throw error;
  }
  if (total !== undefined && done < total) throw new Interrupted(`after ${done} of ${total} bytes`);
}

const PAGE =
  "answers with a web page, not the file (Google Drive asks to confirm: open it in a browser)";

function isPage(chunk: Uint8Array): boolean {
  return /^\s*<(!doctype html|html)/i.test(new TextDecoder().decode(chunk.subarray(0, 256)));
}

async function sizeOf(path: string): Promise<number> {
  return (await Deno.stat(path).catch(ignoreMissing))?.size ?? 0;
}

async function discard(part: string): Promise<void> {
  await Deno.remove(part).catch(ignoreMissing);
  await Deno.remove(`${part}.etag`).catch(ignoreMissing);
}

function ignoreMissing(error: unknown): undefined {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

function oneLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0]!;
}
