import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cachedWeights, fetchFrom, fetchWeights } from "../../lib/clip/hub.ts";
import { hubNames, type HubSource, hubSources, sourceOf } from "../../lib/clip/hub_sources.ts";
import { publishedNames } from "../../lib/clip/published.ts";

const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 13) % 251);
const sha256 = createHash("sha256").update(bytes).digest("hex");
const revision = "a".repeat(40);
const source: HubSource = { repo: "timm/tiny.openai", revision, sha256, found: "this test" };

/** A Hub with one file, asked as its client library asks; `cut` breaks off the first whole download after so many bytes. */
async function withHub(
  fn: (hub: { hubUrl: string; cache: string; ranges: (string | null)[] }) => Promise<void>,
  { oid = sha256, cut = 0, served = bytes }: {
    oid?: string;
    cut?: number;
    served?: Uint8Array<ArrayBuffer>;
  } = {},
): Promise<void> {
  const ranges: (string | null)[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { pathname } = new URL(request.url);
    if (
      pathname === `/api/models/timm/tiny.openai/paths-info/${revision}` ||
      pathname.endsWith("/paths-info/main")
    ) {
      const file = {
        path: "open_clip_model.safetensors",
        type: "file",
        size: served.length,
        lfs: { oid, size: served.length, pointerSize: 134 },
      };
      return Response.json([{
        ...file,
        oid: "x",
        lastCommit: { id: revision, title: "Add model", date: "2024-01-01" },
      }]);
    }
    if (pathname !== `/timm/tiny.openai/resolve/${revision}/open_clip_model.safetensors`) {
      return new Response("not here", { status: 404 });
    }
    const range = request.headers.get("range");
    const [, from, to] = range?.match(/^bytes=(\d+)-(\d*)$/) ?? [null, "0", ""];
    if (range !== "bytes=0-0") ranges.push(range);
    const end = to === "" ? served.length : Math.min(served.length, Number(to) + 1);
    let body: BodyInit = served.slice(Number(from), end);
    if (cut > 0 && range !== "bytes=0-0" && ranges.length === 1) body = served.slice(0, cut);
    return new Response(body, {
      status: range ? 206 : 200,
      headers: { etag: `"${oid}"`, "content-range": `bytes ${from}-${end - 1}/${served.length}` },
    });
  });
  const cache = await Deno.makeTempDir();
  try {
    await fn({ hubUrl: `http://127.0.0.1:${server.addr.port}`, cache, ranges });
  } finally {
    await server.shutdown();
    await Deno.remove(cache, { recursive: true });
  }
}

Deno.test("weights are fetched once, at the pinned revision, verified, into the cache", () =>
  withHub(async ({ hubUrl, cache, ranges }) => {
    const seen: number[] = [];
    const path = await fetchFrom(source, "Tiny", {
      hubUrl,
      cache,
      progress: (done) => seen.push(done),
    });
    assert.equal(path, `${cache}/timm--tiny.openai-aaaaaaaaaaaa/open_clip_model.safetensors`);
    assert.deepEqual(await Deno.readFile(path), bytes);
    assert.equal(seen.at(-1), bytes.length);
    const asked = ranges.length;
    assert.equal(await fetchFrom(source, "Tiny", { hubUrl, cache }), path);
    assert.equal(ranges.length, asked);
  }));

Deno.test("a download that broke off is resumed by the next call", () =>
  withHub(async ({ hubUrl, cache, ranges }) => {
    await assert.rejects(
      fetchFrom(source, "Tiny", { hubUrl, cache }),
      /^UserError: The weights of Tiny cannot be fetched/,
    );
    const path = await fetchFrom(source, "Tiny", { hubUrl, cache });
    assert.deepEqual(await Deno.readFile(path), bytes);
    assert.match(ranges.at(-1) ?? "", /^bytes=40000-/);
  }, { cut: 40_000 }));

Deno.test("weights that are not the pinned ones are refused, before and after the download", async () => {
  await withHub(async ({ hubUrl, cache }) => {
    await assert.rejects(
      fetchFrom(source, "Tiny", { hubUrl, cache }),
      new RegExp(
        `cannot be fetched from timm/tiny.openai \\(the Hub has SHA-256 0{64}, expected ${sha256}\\): try again`,
      ),
    );
  }, { oid: "0".repeat(64) });
  await withHub(async ({ hubUrl, cache }) => {
    await assert.rejects(
      fetchFrom(source, "Tiny", { hubUrl, cache }),
      /they have SHA-256 [0-9a-f]{64}, expected/,
    );
    for await (const folder of Deno.readDir(cache)) {
      assert.deepEqual([...Deno.readDirSync(`${cache}/${folder.name}`)], []);
    }
  }, { served: bytes.map((byte) => byte ^ 1) });
});

Deno.test("without a pin the newest commit is taken and held to the Hub's own checksum", () =>
  withHub(async ({ hubUrl, cache }) => {
    const unpinned = { repo: source.repo, found: "this test" };
    const path = await fetchFrom(unpinned, "Tiny", { hubUrl, cache });
    assert.match(path, /timm--tiny\.openai-main\/open_clip_model\.safetensors$/);
    assert.deepEqual(await Deno.readFile(path), bytes);
  }));

Deno.test("a repository that is not there, and a name that is no CLIP's, are one clear line", () =>
  withHub(async ({ hubUrl, cache }) => {
    await assert.rejects(
      fetchFrom({ ...source, repo: "timm/none" }, "None", { hubUrl, cache }),
      (error: Error) =>
        error.name === "UserError" && /cannot be fetched from timm\/none \(/.test(error.message) &&
        !error.message.includes("\n"),
    );
    await assert.rejects(fetchWeights("ViTB/16"), /did you mean "ViT-B\/16"\?/);
    assert.equal(await cachedWeights("RN50", cache), undefined);
  }));

Deno.test("every published CLIP has a source that says where it was found", () => {
  for (const name of publishedNames) {
    assert.match(hubSources[name].repo, /^timm\/\w+_clip(_\d+)?\.openai$/);
  }
  for (const name of hubNames) {
    const { repo, revision, sha256, found, beside } = sourceOf(name)!;
    assert.match(repo, /^[\w-]+\/[\w.-]+$/);
    assert.equal(beside === undefined, name in hubSources, name);
    if (revision) assert.match(revision, /^[0-9a-f]{40}$/);
    if (sha256) assert.match(sha256, /^[0-9a-f]{64}$/);
    assert.ok(found.length > 20);
  }
});

Deno.test("a config comes beside the weights, held to git's hash, from the mirror that the environment names", async () => {
  const config = new TextEncoder().encode('{"model_cfg":{}}');
  const git = createHash("sha1").update(`blob ${config.length}\0`).update(config).digest("hex");
  const asked: string[] = [];
  let oid = "0".repeat(40);
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname.includes("/paths-info/")) {
      const [path] = (await request.json()).paths;
      asked.push(path);
      const lfs = { oid: sha256, size: bytes.length, pointerSize: 134 };
      const file = path.endsWith(".json")
        ? { oid, size: config.length }
        : { oid: "x", size: bytes.length, lfs };
      return Response.json([{ path, type: "file", ...file }]);
    }
    const body = pathname.endsWith(".json") ? config : bytes;
    const range = request.headers.get("range");
    const [, from, to] = range?.match(/^bytes=(\d+)-(\d*)$/) ?? [null, "0", ""];
    const end = to === "" ? body.length : Math.min(body.length, Number(to) + 1);
    return new Response(body.slice(Number(from), end), {
      status: range ? 206 : 200,
      headers: { etag: '"x"', "content-range": `bytes ${from}-${end - 1}/${body.length}` },
    });
  });
  const cache = await Deno.makeTempDir();
  const before = Deno.env.get("HF_ENDPOINT");
  const both = { ...source, sha256, file: "model.bin", beside: ["open_clip_config.json"] };
  try {
    Deno.env.set("HF_ENDPOINT", `http://127.0.0.1:${server.addr.port}/`);
    await assert.rejects(
      fetchFrom(both, "Tiny", { cache }),
      new RegExp(
        `have git's SHA-1 ${git}, expected 0{40}\\): try again, or download open_clip_config`,
      ),
    );
    oid = git;
    const path = await fetchFrom(both, "Tiny", { cache });
    assert.ok(path.endsWith("/model.bin"));
    assert.deepEqual(await Deno.readFile(path), bytes);
    assert.deepEqual(
      await Deno.readFile(path.replace("model.bin", "open_clip_config.json")),
      config,
    );
    assert.deepEqual(asked.slice(-2), ["open_clip_config.json", "model.bin"]);
    Deno.env.set("HF_ENDPOINT", "mirror");
    await assert.rejects(fetchFrom(both, "Tiny", { cache: `${cache}/new` }), {
      name: "UserError",
      message: /HF_ENDPOINT is mirror, which is no address/,
    });
  } finally {
    if (before === undefined) Deno.env.delete("HF_ENDPOINT");
    else Deno.env.set("HF_ENDPOINT", before);
    await server.shutdown();
    await Deno.remove(cache, { recursive: true });
  }
});
