/** A headless Chromium, spoken to by the DevTools protocol (https://chromedevtools.github.io/devtools-protocol/). */

/** A page in it. */
export interface Page extends AsyncDisposable {
  open(url: string): Promise<void>;
  /** The value of a JavaScript expression in the page, once it is there; throws what it throws. */
  evaluate<T>(expression: string): Promise<T>;
  /** What the page wrote to its console as errors and warnings, and what it threw, so far. */
  readonly complaints: string[];
  /** Another method of the protocol. */
  call(method: string, params?: Record<string, unknown>): Promise<Record<string, unknown>>;
}

/** Where Chromium is; undefined where it is not. */
export async function chromium(): Promise<string | undefined> {
  for (const name of ["chromium", "chromium-browser", "google-chrome"]) {
    const found = await new Deno.Command(name, {
      args: ["--version"],
      stdout: "null",
      stderr: "null",
    })
      .output().then(({ success }) => success, () => false);
    if (found) return name;
  }
}

/** Starts a browser with one page of a width, in pixels; `flags` besides. */
export async function openPage(
  program: string,
  width: number,
  flags: string[] = [],
): Promise<Page> {
  const profile = await Deno.makeTempDir({ prefix: "plumbline-chromium-" });
  const process = new Deno.Command(program, {
    args: [
      ...["--headless", "--no-sandbox", "--hide-scrollbars", "--no-first-run"],
      ...flags.length > 0 ? flags : ["--disable-gpu"],
      ...["--remote-debugging-port=0", `--user-data-dir=${profile}`, "about:blank"],
    ],
    ...{ stdin: "null", stdout: "null", stderr: "piped" },
  }).spawn();
  const reader = process.stderr.pipeThrough(new TextDecoderStream()).getReader();
  const port = await listeningPort(reader);
  const drained = (async () => {
    while (!(await reader.read()).done);
  })();
  const targets = await (await fetch(`http://127.0.0.1:${port}/json/list`)).json();
  const target = targets.find((target: { type: string }) => target.type === "page");
  const socket = new WebSocket(target.webSocketDebuggerUrl);
  await new Promise((resolve) => socket.onopen = resolve);
  const waiting = new Map<number, (answer: Record<string, unknown>) => void>();
  const events = new Map<string, () => void>();
  const complaints: string[] = [];
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    complaints.push(...complaintIn(message));
    if (message.id === undefined) events.get(message.method)?.();
    else waiting.get(message.id)?.(message);
  };
  let last = 0;
  const call: Page["call"] = async (method, params = {}) => {
    const id = ++last;
    const answer = new Promise<Record<string, unknown>>((resolve) => waiting.set(id, resolve));
    socket.send(JSON.stringify({ id, method, params }));
    const { result, error } = await answer;
    if (error) throw new Error(`${method}: ${JSON.stringify(error)}`);
    return result as Record<string, unknown>;
  };
  await call("Page.enable");
  await call("Runtime.enable");
  await call("Log.enable");
  const metrics = { width, height: 1000, deviceScaleFactor: 1, mobile: false };
  await call("Emulation.setDeviceMetricsOverride", metrics);
  return {
    call,
    complaints,
    async open(url) {
      const loaded = new Promise<void>((resolve) => events.set("Page.loadEventFired", resolve));
      await call("Page.navigate", { url });
      await loaded;
    },
    async evaluate<T>(expression: string) {
      const options = { expression, returnByValue: true, awaitPromise: true };
      const { result, exceptionDetails } = await call("Runtime.evaluate", options) as {
        result: { value: T; description?: string };
        exceptionDetails?: unknown;
      };
      if (exceptionDetails === undefined) return result.value;
      throw new Error(result.description ?? JSON.stringify(exceptionDetails));
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => socket.onclose = resolve);
      socket.close();
      await closed;
      process.kill("SIGKILL");
      await process.status;
      await drained;
      await Deno.remove(profile, { recursive: true });
    },
  };
}

/** What a message of the protocol tells of a page's errors and warnings. */
function complaintIn(
  { method, params }: { method?: string; params?: Record<string, unknown> },
): string[] {
  if (method === "Runtime.exceptionThrown") return [JSON.stringify(params).slice(0, 800)];
  if (method === "Log.entryAdded") {
    const { level, text, url } = params!.entry as Record<string, string>;
    return level === "error" || level === "warning" ? [`${level}: ${text} ${url ?? ""}`] : [];
  }
  if (
    method !== "Runtime.consoleAPICalled" || !["error", "warning"].includes(String(params!.type))
  ) {
    return [];
  }
  return [JSON.stringify(params!.args).slice(0, 800)];
}

async function listeningPort(reader: ReadableStreamDefaultReader<string>): Promise<string> {
  for (let said = "";;) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`Chromium stopped: ${said}`);
    said += value;
    const port = /ws:\/\/127\.0\.0\.1:(\d+)\//.exec(said)?.[1];
    if (port) return port;
  }
}
