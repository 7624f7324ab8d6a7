/** A headless Chromium, spoken to by the DevTools protocol (https://chromedevtools.github.io/devtools-protocol/). */

/** A page in it. */
export interface Page extends AsyncDisposable {
  open(url: string): Promise<void>;
  /** The value of a JavaScript expression in the page. */
  evaluate<T>(expression: string): Promise<T>;
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

/** Starts a browser with one page of a width, in pixels. */
export async function openPage(program: string, width: number): Promise<Page> {
  const profile = await Deno.makeTempDir({ prefix: "plumbline-chromium-" });
  const process = new Deno.Command(program, {
    args: [
      ...["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"],
      ...["--remote-debugging-port=0", `--user-data-dir=${profile}`, "about:blank"],
    ],
    ...{ stdin: "null", stdout: "null", stderr: "piped" },
  }).spawn();
  const complaints = process.stderr.pipeThrough(new TextDecoderStream());
  const reader = complaints.getReader();
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
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
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
  const metrics = { width, height: 1000, deviceScaleFactor: 1, mobile: false };
  await call("Emulation.setDeviceMetricsOverride", metrics);
  return {
    call,
    async open(url) {
      const loaded = new Promise<void>((resolve) => events.set("Page.loadEventFired", resolve));
      await call("Page.navigate", { url });
      await loaded;
    },
    async evaluate<T>(expression: string) {
      const options = { expression, returnByValue: true };
      const { result } = await call("Runtime.evaluate", options) as { result: { value: T } };
      return result.value;
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

async function listeningPort(reader: ReadableStreamDefaultReader<string>): Promise<string> {
  for (let said = "";;) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`Chromium stopped: ${said}`);
    said += value;
    const port = /ws:\/\/127\.0\.0\.1:(\d+)\//.exec(said)?.[1];
    if (port) return port;
  }
}
