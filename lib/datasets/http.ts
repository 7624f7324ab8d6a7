/**
 * One HTTP request for (the rest of) a file: redirects followed by hand, and only to http and https; given up when nothing arrives.
 *
 * @module
 */

import { UserError } from "../errors.ts";

/** An answer whose body is still to come. Dispose of it to let go of the connection. */
export interface Transfer extends Disposable {
  status: number;
  /** Where in the file the body begins: 0 when the server sends all of it. */
  offset: number;
  /** The whole file's length, if the server says it. */
  total?: number | undefined;
  /** The file's strong validator, or "". */
  etag: string;
  /** Whether the server calls it a web page. */
  html: boolean;
  /** The body; throws when it breaks off or stalls. */
  chunks(): AsyncGenerator<Uint8Array>;
}

const REDIRECTS = 10;

/**
 * Asks for the file at `url`, from byte `offset` on if it still is what `etag` names.
 *
 * @throws {UserError} for too many redirects, or one to something that is not http or https
 * @throws {Error} when no connection comes about, or nothing is answered for `stallSeconds`
 */
export async function request(
  url: string,
  offset: number,
  etag: string,
  stallSeconds: number,
): Promise<Transfer> {
  const abort = new AbortController();
  const watch = watchdog(abort, stallSeconds);
  const headers = new Headers({ "accept-encoding": "identity" });
  if (offset > 0) headers.set("range", `bytes=${offset}-`);
  if (offset > 0 && etag !== "") headers.set("if-range", etag);
  try {
    const response = await follow(url, headers, abort.signal);
    const range = response.headers.get("content-range")?.match(/^bytes (\d+)-\d+\/(\d+|\*)$/);
    const length = response.headers.get("content-length");
    const validator = response.headers.get("etag") ?? "";
    const partial = response.status === 206;
    if (partial && !range) {
      throw new UserError("answers with a part of the file but does not say which");
    }
    return {
      status: response.status,
      offset: partial ? Number(range![1]) : 0,
      total: partial
        ? range![2] === "*" ? undefined : Number(range![2])
        : length === null
        ? undefined
        : Number(length),
      etag: validator.startsWith("W/") ? "" : validator,
      html: /^text\/html/i.test(response.headers.get("content-type") ?? ""),
      async *chunks() {
        for await (const chunk of response.body ?? []) {
          watch.reset();
          yield chunk;
        }
      },
      [Symbol.dispose]() {
        watch.stop();
        abort.abort();
        response.body?.cancel().catch(() => {});
      },
    };
  } catch (error) {
    watch.stop();
    abort.abort();
    throw abort.signal.reason instanceof Stalled ? abort.signal.reason : error;
  }
}

/** Follows redirects by hand, so that none leads to a local file and a loop has an end. */
async function follow(url: string, headers: Headers, signal: AbortSignal): Promise<Response> {
  let at = new URL(url);
  for (let redirects = 0; redirects <= REDIRECTS; redirects++) {
    if (at.protocol !== "http:" && at.protocol !== "https:") {
      throw new UserError(`leads to ${at.protocol}, not to http or https`);
    }
    const response = await fetch(at, { headers, signal, redirect: "manual" }).catch((error) => {
      if (!(error instanceof Deno.errors.NotCapable)) throw error;
      throw new UserError(
        `leads to ${at.host}, which Deno may not reach: add --allow-net=${at.host} (for the task: deno run -P=data --allow-net=${at.host} lib/cli/data.ts …)`,
      );
    });
    const location = response.headers.get("location");
    if (response.status < 300 || response.status > 399 || location === null) return response;
    await response.body?.cancel();
    at = new URL(location, at);
  }
  throw new UserError(`redirects more than ${REDIRECTS} times`);
}

class Stalled extends Error {}

/** Aborts when it is not reset for `seconds`. */
function watchdog(abort: AbortController, seconds: number): { reset(): void; stop(): void } {
  const stalled = () => abort.abort(new Stalled(`nothing arrives for ${seconds} s`));
  let timer = setTimeout(stalled, seconds * 1000);
  return {
    reset() {
      clearTimeout(timer);
      timer = setTimeout(stalled, seconds * 1000);
    },
    stop: () => clearTimeout(timer),
  };
}
