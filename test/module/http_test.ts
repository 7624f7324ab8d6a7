/** The module imported over HTTP by a project of its own, as from JSR: nothing may assume that it lies on disk. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { startKernel } from "../../lib/jupyter/kernel.ts";
import { importsFrom, serve } from "./registry.ts";

const consumer = decodeURIComponent(new URL("./consumer/", import.meta.url).pathname);

// One server for all, so that the second program finds the modules in Deno's cache. It ends with the process.
const { origin, requested } = serve();

/**
 * A folder of a consumer's project. Our lock file saves asking npm's registry which releases there are, so that the test
 * runs offline; without it the same programs were run by hand.
 */
async function consumerFolder(): Promise<string> {
  const folder = await Deno.makeTempDir();
  await Deno.copyFile(new URL("../../deno.lock", import.meta.url), join(folder, "deno.lock"));
  return folder;
}

/** Runs a program of the consumer's in a folder of its own, with the permissions that docs/permissions.md names. */
async function run(program: string) {
  const { host } = new URL(origin);
  const folder = await consumerFolder();
  requested.length = 0;
  try {
    await Deno.copyFile(join(consumer, program), join(folder, "main.ts"));
    const imports = importsFrom(origin);
    await Deno.writeTextFile(join(folder, "deno.json"), JSON.stringify({ imports }));
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--no-prompt", `--allow-import=${host}`, `--allow-net=${host}`],
        ...["--allow-read", "--allow-write=data", "--allow-env", "--allow-ffi", "main.ts"],
      ],
      cwd: folder,
      env: { NO_COLOR: "1" },
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    assert.equal(code, 0, text(stderr));
    return { printed: text(stdout) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("ten lines classify a picture and train ProGrad, imported over HTTP", async () => {
  const source = await Deno.readTextFile(join(consumer, "main.ts"));
  assert.ok(source.trim().split("\n").length < 10, source);
  const { printed } = await run("main.ts");
  assert.match(printed, /className: "[a-z ]+",\s+label: \d+,\s+probability: 0\.\d+/);
  assert.match(printed, /n: \d+,\s+accuracy: [\d.]+/);
  assert.ok(requested.includes("data/pocket/pocket.safetensors"), requested.join("\n"));
  assert.ok(!requested.some((path) => /^(test|docs|notebooks)\//.test(path)));
});

Deno.test("a notebook imports the module over HTTP", async () => {
  const folder = await consumerFolder();
  await Deno.writeTextFile(join(folder, "deno.json"), "{}");
  await using kernel = await startKernel(folder);
  const outputs = await kernel.execute(
    `const { loadClip } = await import("${origin}/mod.ts");
     const clip = await loadClip("pocket");
     console.log(clip.config.imageSize);`,
    120_000,
  );
  assert.deepEqual(outputs.filter(({ output_type }) => output_type === "error"), []);
  assert.match(JSON.stringify(outputs), /"text":"48\\n"/);
});

Deno.test("sub-paths and image workers work over HTTP", async () => {
  const { printed } = await run("workers.ts");
  assert.match(printed, /^wasm \d+$/m);
});
