/** Bounds are a property of the design: readers of others' files go through lib/bounds.ts, other programs through lib/child.ts. */
import assert from "node:assert/strict";
import { join, relative } from "node:path";
import { budget, extent, readText, readWhole } from "../../lib/bounds.ts";

const lib = decodeURIComponent(new URL("../../lib", import.meta.url).pathname);

function sources(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    const path = join(folder, name);
    return isDirectory ? sources(path) : path.endsWith(".ts") ? [path] : [];
  }).sort();
}

/** The files of lib whose code, without comments, has the pattern. */
function withPattern(pattern: RegExp): string[] {
  return sources(lib).filter((path) =>
    pattern.test(Deno.readTextFileSync(path).replace(/\/\*[\s\S]*?\*\//g, ""))
  ).map((path) => relative(lib, path));
}

Deno.test("the patterns find what they look for", () => {
  assert.ok(withPattern(/Deno\.readFile\(/).includes("bounds.ts"));
  assert.ok(withPattern(/new Deno\.Command\(/).includes("child.ts"));
});

Deno.test("a file is read whole by lib/bounds.ts, or it is one of ours", () => {
  assert.deepEqual(
    withPattern(/Deno\.read(Text)?File(Sync)?\(/).filter((path) =>
      !([
        "bounds.ts",
        "image/decode.ts", // whose own check comes before it
        "lab/own_code.ts", // code that runs anyway
        "module_file.ts",
        "page/build.ts", // this project's own files
        "protocols/code.ts",
        "tensor/native_build.ts",
      ].includes(path))
    ),
    [],
  );
});

Deno.test("programs are started by lib/child.ts, with a time, or are the user's own processes", () => {
  assert.deepEqual(
    withPattern(/new Deno\.Command\(/).filter((path) =>
      !([
        "child.ts",
        "cli/jupyter.ts", // Jupyter, until the user ends it
        "jupyter/kernel_process.ts", // a kernel, whose answers have a time
        "lab/processes.ts", // this program, whose cells are claimed
      ].includes(path))
    ),
    [],
  );
});

Deno.test("nothing waits for a lock of the kernel's without an end", () => {
  // lib/protocols/claim.ts locks a file that nobody else knows yet.
  assert.deepEqual(
    withPattern(/\.lock(Sync)?\(/).filter((path) => !(["protocols/claim.ts"].includes(path))),
    [],
  );
});

Deno.test("what is no file, or too large, is refused before it is read", async () => {
  const folder = await Deno.makeTempDir();
  await new Deno.Command("mkfifo", { args: [`${folder}/pipe`] }).output();
  await Deno.writeTextFile(`${folder}/text`, "12345");
  for (const path of [folder, `${folder}/pipe`, "/dev/zero"]) {
    await assert.rejects(readWhole(path), {
      name: "UserError",
      message: /is no file but a folder, a pipe/,
    });
  }
  await assert.rejects(readText(`${folder}/text`, 4), /has 5 bytes, more than the 4 that are read/);
  assert.equal(await readText(`${folder}/text`, 5), "12345");
  await assert.rejects(readText(`${folder}/none`), Deno.errors.NotFound);
});

Deno.test("a budget is in proportion to the bytes, and sizes of nothing count", () => {
  assert.equal(extent([30_000_000, 0]), 30_000_000);
  assert.equal(extent([]), 1);
  const left = budget(1000, "a");
  left.take(2 ** 26, "x");
  left.take(64_000, "y");
  assert.throws(() => left.take(1, "its z"), {
    name: "UserError",
    message:
      /^a has 1000 bytes and asks for 67172865 bytes of memory with its z, more than 67172864/,
  });
});
