import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { download, type Wanted } from "../../lib/datasets/download.ts";
import { broken, good, withServer } from "./server.ts";

const file = Uint8Array.from({ length: 200_000 }, (_, i) => (i * i * 7 + i) & 0xff);
const sha256 = createHash("sha256").update(file).digest("hex");
const known = { bytes: file.length, sha256 };

/** Runs `fn` with a target path in a folder that does not exist yet. */
async function inFolder(fn: (to: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await fn(`${folder}/sub/file.bin`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const wanted = (urls: string[], rest: Partial<Wanted> = {}): Wanted => ({
  what: "images of Birds",
  urls,
  most: 10 ** 6,
  ...rest,
});

async function absent(path: string): Promise<void> {
  await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
}

Deno.test("a file is downloaded, verified, reported on, and put in place whole", () =>
  withServer({ "/f": good(file) }, (origin) =>
    inFolder(async (to) => {
      const seen: [number, number | undefined][] = [];
      const progress = (done: number, total?: number) => void seen.push([done, total]);
      assert.equal(await download(wanted([`${origin}/f`], known), to, { progress }), sha256);
      assert.deepEqual(await Deno.readFile(to), file);
      assert.deepEqual(seen.at(-1), [file.length, file.length]);
      assert.deepEqual([...Deno.readDirSync(dirname(to))].map((entry) => entry.name), ["file.bin"]);
    })));

Deno.test("a transfer that breaks off is resumed where it stopped", () =>
  withServer({
    "/f": (request, count) => count === 1 ? broken(file, 70_000) : good(file)(request, count),
  }, (origin, requests) =>
    inFolder(async (to) => {
      await download(wanted([`${origin}/f`]), to);
      assert.deepEqual(await Deno.readFile(to), file);
      assert.deepEqual(requests.map((r) => r.range), [null, "bytes=70000-"]);
      assert.equal(requests[1]!.ifRange, '"v1"');
    })));

Deno.test("a download that was killed is resumed by the next run", () =>
  withServer({ "/f": good(file) }, (origin, requests) =>
    inFolder(async (to) => {
      await Deno.mkdir(dirname(to), { recursive: true });
      await Deno.writeFile(`${to}.part`, file.slice(0, 1234));
      await download(wanted([`${origin}/f`], known), to);
      assert.equal(requests[0]!.range, "bytes=1234-");
      assert.deepEqual(await Deno.readFile(to), file);
    })));

Deno.test("the beginning of another file is thrown away: by its validator, or by the checksum", () =>
  withServer({ "/f": good(file, '"v2"') }, async (origin, requests) => {
    await inFolder(async (to) => {
      await Deno.mkdir(dirname(to), { recursive: true });
      await Deno.writeFile(`${to}.part`, new Uint8Array(5000));
      await Deno.writeTextFile(`${to}.part.etag`, `${origin}/f\n"v1"`);
      await download(wanted([`${origin}/f`]), to);
      assert.deepEqual(await Deno.readFile(to), file);
    });
    await inFolder(async (to) => {
      await Deno.mkdir(dirname(to), { recursive: true });
      await Deno.writeFile(`${to}.part`, new Uint8Array(5000));
      await download(wanted([`${origin}/f`], known), to);
      assert.deepEqual(await Deno.readFile(to), file);
      assert.deepEqual(requests.map((r) => r.range).slice(-2), [
        "bytes=5000-",
        null,
      ]);
    });
    await inFolder(async (to) => {
      // Neither validator nor checksum: nothing vouches for the beginning, so it is not used.
      await Deno.mkdir(dirname(to), { recursive: true });
      await Deno.writeFile(`${to}.part`, new Uint8Array(5000));
      await download(wanted([`${origin}/f`]), to);
      assert.deepEqual(await Deno.readFile(to), file);
    });
  }));

Deno.test("a part file longer than the file does not stop a download", () =>
  withServer({ "/f": good(file) }, (origin) =>
    inFolder(async (to) => {
      await Deno.mkdir(dirname(to), { recursive: true });
      await Deno.writeFile(`${to}.part`, new Uint8Array(file.length + 10));
      await download(wanted([`${origin}/f`], { sha256 }), to);
      assert.deepEqual(await Deno.readFile(to), file);
    })));

/** What the handlers answer leads to one line that matches, and to no file. */
function refuses(
  name: string,
  handlers: Parameters<typeof withServer>[0],
  message: RegExp,
  rest: Partial<Wanted> = {},
  path = "/f",
  stallSeconds = 30,
): void {
  Deno.test(name, () =>
    withServer(handlers, (origin) =>
      inFolder(async (to) => {
        await assert.rejects(
          download(wanted([origin + path], rest), to, { stallSeconds }),
          (error: Error) => {
            assert.equal(error.name, "UserError");
            assert.match(error.message, message);
            assert.match(error.message, /^the images of Birds cannot be downloaded: http/);
            assert.ok(!error.message.includes("\n"));
            return true;
          },
        );
        await absent(to);
      })));
}

refuses(
  "a wrong length is refused before a byte is written",
  { "/f": good(file) },
  /has 200000 bytes, expected 199999/,
  {
    bytes: 199_999,
  },
);
refuses(
  "a wrong checksum is refused and the file thrown away",
  { "/f": good(file) },
  /has SHA-256 [0-9a-f]{64}, expected 0{64}/,
  {
    sha256: "0".repeat(64),
  },
);
refuses(
  "a server that sends more than there should be is cut off",
  {
    "/f": () => new Response(ReadableStream.from([file, file])),
  },
  /sends more than 200000 bytes/,
  { bytes: 200_000 },
);
refuses("a file of unknown length has a limit", {
  "/f": () => new Response(ReadableStream.from([file, file, file, file, file, file])),
}, /sends more than 1000000 bytes/);
refuses("a web page in place of a file is recognised by its type", {
  "/f": () =>
    new Response("<p>Virus scan warning", {
      headers: { "content-type": "text/html; charset=utf-8" },
    }),
}, /answers with a web page, not the file \(Google Drive asks to confirm/);
refuses("a web page in place of a file is recognised by its beginning", {
  "/f": () =>
    new Response(" \n<!DOCTYPE HTML><title>Google Drive - Virus scan warning", {
      headers: { "content-type": "application/json" },
    }),
}, /answers with a web page/);
refuses("a missing file says so", {}, /answers 404/);
refuses("a redirect loop has an end", {
  "/f": () => new Response(null, { status: 302, headers: { location: "/g" } }),
  "/g": () => new Response(null, { status: 302, headers: { location: "/f" } }),
}, /redirects more than 10 times/);
refuses("a redirect to a local file is not followed", {
  "/f": () => new Response(null, { status: 302, headers: { location: "file:///etc/hostname" } }),
}, /leads to file:, not to http or https/);
refuses("a server that breaks off again and again is given up", {
  "/f": () => broken(file, 0),
}, /breaks off/);
refuses(
  "a server that falls silent is given up",
  {
    "/f": () => broken(file, 0, true),
  },
  /breaks off \(nothing arrives for 0\.2 s\)/,
  {},
  "/f",
  0.2,
);
refuses(
  "a server that never answers is given up",
  {
    "/f": () => new Promise<Response>((resolve) => setTimeout(() => resolve(new Response()), 1500)),
  },
  /breaks off \(nothing arrives for 0\.2 s\)/,
  {},
  "/f",
  0.2,
);
refuses("a part that does not say where it belongs is refused", {
  "/f": () => new Response(file, { status: 206 }),
}, /does not say which/);

Deno.test("redirects are followed, and mirrors tried in order until one is right", () =>
  withServer({
    "/gone": () => new Response(null, { status: 404 }),
    "/page": () => new Response("<html>", { headers: { "content-type": "text/html" } }),
    "/other": good(file.map((byte) => byte ^ 1)),
    "/moved": () => new Response(null, { status: 301, headers: { location: "/f" } }),
    "/f": good(file),
    "/never": good(file),
  }, (origin, requests) =>
    inFolder(async (to) => {
      const urls = ["/gone", "/page", "/other", "/moved", "/never"].map((path) => origin + path);
      await download(wanted(urls, known), to);
      assert.deepEqual(await Deno.readFile(to), file);
      assert.deepEqual(requests.map((r) => r.path), [
        "/gone",
        "/page",
        "/other",
        "/moved",
        "/f",
      ]);
    })));

Deno.test("a second mirror goes on where the first broke off, as the checksum allows", () =>
  withServer({
    "/a": (_, count) => count === 1 ? broken(file, 50_000) : new Response(null, { status: 500 }),
    "/b": good(file),
  }, (origin, requests) =>
    inFolder(async (to) => {
      await download(wanted([`${origin}/a`, `${origin}/b`], known), to);
      assert.equal(requests.at(-1)!.range, "bytes=50000-");
      assert.deepEqual(await Deno.readFile(to), file);
    })));

Deno.test("every failed address is in the one line", () =>
  withServer({}, (origin) =>
    inFolder(async (to) => {
      await assert.rejects(
        download(wanted([`${origin}/a`, "ftp://x/y"]), to),
        /: http:\/\/\S+\/a answers 404; ftp:\/\/x\/y leads to ftp:, not to http or https\.$/,
      );
    })));
