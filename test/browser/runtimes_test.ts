/** The core in Node, Bun and Chromium: it trains there to the bits that it trains to under Deno. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { runChild } from "../../lib/child.ts";
import { bundled } from "../../lib/page/bundle.ts";
import { packageFile } from "../../lib/tensor/package_file.ts";
import { chromium, openPage } from "../notebooks/browser.ts";
import { type Outcome, trainAnywhere } from "./training.ts";

const program = await chromium();
const noChromium = program ? "" : " (skipped: no Chromium; Debian's package is chromium)";
const weights = await Deno.readFile(
  new URL("../../data/pocket/pocket.safetensors", import.meta.url),
);

/** What Deno comes to, computed once. */
let under: Promise<Outcome> | undefined;
const underDeno = () => under ??= trainAnywhere(weights, "wasm");

/** A program by the variable that names it or on the path, if it is of this release or later. */
async function runtime(name: string, release: number): Promise<string | undefined> {
  const path = Deno.env.get(`PLUMBLINE_${name.toUpperCase()}`) ?? name;
  const said = await runChild(path, ["--version"], { most: 10_000 }).catch(() => undefined);
  return Number(/\d+/.exec(said?.stdout ?? "")?.[0] ?? 0) >= release ? path : undefined;
}

// Node 24 is the first that reads TypeScript and has Float16Array.
for (const [name, release] of [["node", 24], ["bun", 1]] as const) {
  const path = await runtime(name, release);
  Deno.test({
    name: `${name} trains to the same bits as Deno${
      path
        ? ""
        : ` (skipped: no ${name} ${release} or later; PLUMBLINE_${name.toUpperCase()} names one)`
    }`,
    ignore: path === undefined,
    async fn() {
      const file = fileURLToPath(new URL("elsewhere.ts", import.meta.url));
      const { stdout, stderr } = await runChild(path!, [file], { most: 120_000 });
      assert.ok(stdout.startsWith("{"), stderr);
      assert.deepEqual(JSON.parse(stdout), await underDeno());
    },
  });
}

/** Serves the bundled training, the weights and the backend's program on this machine. */
async function serveTraining() {
  const script = await bundled("test/browser/in_page.ts");
  await underDeno(); // so that the package's folder is known
  const backend = packageFile(
    "@tensorflow/tfjs-backend-wasm",
    "dist/tfjs-backend-wasm-simd.wasm",
  );
  const files: Record<string, [type: string, body: BodyInit]> = {
    "/": [
      "text/html",
      `<!doctype html><link rel="icon" href="data:,"><script src="/in_page.js"></script>`,
    ],
    "/in_page.js": ["text/javascript", script],
    "/pocket.safetensors": ["application/octet-stream", weights],
    "/backend.wasm": ["application/wasm", await Deno.readFile(backend)],
  };
  return Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    const [type, body] = files[new URL(request.url).pathname] ?? [];
    return new Response(body ?? null, {
      status: body === undefined ? 404 : 200,
      headers: { "content-type": type ?? "text/plain" },
    });
  });
}

Deno.test({
  name: `Chromium trains on wasm to the same bits as Deno${noChromium}`,
  ignore: !program,
  async fn() {
    await using server = await serveTraining();
    await using page = await openPage(program!, 800);
    await page.open(`http://127.0.0.1:${server.addr.port}/`);
    assert.deepEqual(await page.evaluate<Outcome>(`train("wasm")`), await underDeno());
    assert.deepEqual(page.complaints, []);
  },
});

Deno.test({
  name: `Chromium trains on WebGPU to wasm's losses, and to the same bits twice${noChromium}`,
  ignore: !program,
  async fn() {
    await using server = await serveTraining();
    const flags = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];
    await using page = await openPage(program!, 800, flags);
    await page.open(`http://127.0.0.1:${server.addr.port}/`);
    const first = await page.evaluate<Outcome>(`train("webgpu:software")`);
    const { losses } = await underDeno();
    first.losses.forEach((loss, i) => assert.ok(Math.abs(loss - losses[i]!) < 1e-4, `${loss}`));
    assert.deepEqual(await page.evaluate<Outcome>(`train("webgpu:software")`), first);
  },
});

Deno.test("the core is one script of less than 2 MB, gzipped, and asks for nothing of node's", async () => {
  const script = await bundled("core.ts");
  const size = gzipSync(script, { level: 9 }).length;
  assert.ok(size > 100_000 && size < 2e6, `${size} bytes`);
  assert.doesNotMatch(script, /require\("node:/);
});
