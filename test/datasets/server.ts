/** A local HTTP server for the download tests, which serves a file and can misbehave on purpose. */

/** What the server does with a request for a path. */
export type Handler = (request: Request, count: number) => Response | Promise<Response>;

/** What was asked for. */
export interface Asked {
  path: string;
  range: string | null;
  ifRange: string | null;
}

/** Runs `fn` against a server with these handlers; `requests` collects what was asked for. */
export async function withServer(
  handlers: Record<string, Handler>,
  fn: (origin: string, requests: Asked[]) => Promise<void>,
): Promise<void> {
  const requests: Asked[] = [];
  const counts = new Map<string, number>();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { pathname } = new URL(request.url);
    const { headers } = request;
    requests.push({
      path: pathname,
      range: headers.get("range"),
      ifRange: headers.get("if-range"),
    });
    const count = (counts.get(pathname) ?? 0) + 1;
    counts.set(pathname, count);
    return handlers[pathname]?.(request, count) ?? new Response("no such file", { status: 404 });
  });
  try {
    await fn(`http://127.0.0.1:${server.addr.port}`, requests);
  } finally {
    await server.shutdown();
  }
}

/** Serves `bytes` as a good server does: with its length, a strong validator, and ranges. */
export function good(bytes: Uint8Array<ArrayBuffer>, etag = '"v1"'): Handler {
  return (request) => {
    const range = request.headers.get("range")?.match(/^bytes=(\d+)-$/);
    const condition = request.headers.get("if-range");
    const from = range && (condition === null || condition === etag) ? Number(range[1]) : 0;
    if (range && from >= bytes.length) return new Response(null, { status: 416 });
    return new Response(bytes.slice(from), {
      status: from > 0 ? 206 : 200,
      headers: from > 0
        ? { etag, "content-range": `bytes ${from}-${bytes.length - 1}/${bytes.length}` }
        : { etag },
    });
  };
}

/** An answer that breaks off (or, with `stall`, falls silent) after `length` bytes of `bytes`. */
export function broken(bytes: Uint8Array<ArrayBuffer>, length: number, stall = false): Response {
  let sent = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (!sent) {
        sent = true;
        controller.enqueue(bytes.slice(0, length));
      } else if (stall) {
        await new Promise<void>((resolve) => timer = setTimeout(resolve, 20_000));
      } else {
        controller.close(); // short of the announced length: the connection is cut
      }
    },
    cancel() {
      clearTimeout(timer);
    },
  });
  return new Response(body, {
    headers: { "content-length": String(bytes.length), etag: '"v1"' },
  });
}
