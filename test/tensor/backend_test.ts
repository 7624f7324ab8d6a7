/** The choice of a backend: its order, its reasons, and what is loaded for it. */

import assert from "node:assert/strict";
import { UserError } from "../../lib/errors.ts";
import { type BackendName, choose, isSoftware, type SetUp } from "../../lib/tensor/choice.ts";
import { useBackend } from "../../lib/tensor/mod.ts";

/** Set-ups of which only the named work; `tried` collects the order. */
function working(names: BackendName[], tried: string[] = []): Record<BackendName, SetUp> {
  const setUp = (name: BackendName) => () => {
    tried.push(name);
    if (names.includes(name)) return Promise.resolve(`device of ${name}`);
    return Promise.reject(new UserError(`${name} is not here.`));
  };
  return {
    native: setUp("native"),
    webgpu: setUp("webgpu"),
    wasm: setUp("wasm"),
    cpu: setUp("cpu"),
  };
}

Deno.test("native is chosen where it works, and nothing else is set up", async () => {
  const tried: string[] = [];
  const backend = await choose(undefined, working(["native", "webgpu", "wasm", "cpu"], tried));
  const reason = "native, the fastest, is set up.";
  assert.deepEqual(backend, { name: "native", device: "device of native", reason });
  assert.deepEqual(tried, ["native"]);
});

Deno.test("the order is native, webgpu, wasm, and the reason says why none before would do", async () => {
  const gpu = await choose(undefined, working(["webgpu", "wasm", "cpu"]));
  assert.equal(gpu.reason, "webgpu, because native is not here.");
  const wasm = await choose(undefined, working(["wasm", "cpu"]));
  assert.equal(wasm.reason, "wasm, because native is not here; webgpu is not here.");
});

Deno.test("cpu is never chosen unasked", async () => {
  const tried: string[] = [];
  await assert.rejects(choose(undefined, working(["cpu"], tried)), {
    name: "UserError",
    message: "No backend works here: native is not here; webgpu is not here; wasm is not here.",
  });
  assert.deepEqual(tried, ["native", "webgpu", "wasm"]);
});

Deno.test("a backend that is asked for is set up alone, and its failure is the error", async () => {
  const tried: string[] = [];
  const asked = { name: "cpu", by: "--backend" };
  const { reason } = await choose(asked, working(["native", "cpu"], tried));
  assert.equal(reason, "cpu, as --backend asks.");
  assert.deepEqual(tried, ["cpu"]);
  const missing = choose({ name: "native", by: "--backend" }, working(["wasm"]));
  await assert.rejects(missing, { name: "UserError", message: "native is not here." });
});

Deno.test("a bug in a set-up is not taken for a backend that is missing", async () => {
  const setUps = { ...working(["wasm"]), native: () => Promise.reject(new TypeError("bug")) };
  await assert.rejects(choose(undefined, setUps), TypeError);
});

Deno.test("an unknown backend is refused with who named it and the nearest spelling", async () => {
  const message = '--backend names an unknown backend "natve": did you mean native?';
  await assert.rejects(useBackend("natve"), { name: "UserError", message });
  const far = '--backend names an unknown backend "tpu-v5-pod": ' +
    "it is one of native, webgpu, wasm, cpu.";
  await assert.rejects(useBackend("tpu-v5-pod"), { name: "UserError", message: far });
});

Deno.test("webgpu takes a software adapter only where that is asked for", async () => {
  const heard: boolean[] = [];
  const webgpu: SetUp = (software) => {
    heard.push(software);
    return Promise.resolve("device of webgpu");
  };
  const setUps = { ...working([]), webgpu };
  await choose(undefined, setUps);
  await choose({ name: "webgpu", by: "--backend" }, setUps);
  const { name } = await choose({ name: "webgpu:software", by: "--backend" }, setUps);
  assert.equal(name, "webgpu");
  assert.deepEqual(heard, [false, false, true]);
});

Deno.test("an adapter that computes on the CPU is known by its flag or its name", () => {
  const software = [
    { description: "llvmpipe (LLVM 15.0.6, 256 bits)", isFallbackAdapter: false },
    { description: "SwiftShader Device (Subzero)", isFallbackAdapter: false },
    { description: "Microsoft Basic Render Driver", isFallbackAdapter: false },
    { description: "", isFallbackAdapter: true },
  ];
  for (const info of software) assert.ok(isSoftware(info), info.description);
  for (const description of ["NVIDIA H100 80GB HBM3", "Apple M3", "AMD Radeon RX 7900 XTX", ""]) {
    assert.ok(!isSoftware({ description, isFallbackAdapter: false }), description);
  }
});

const root = new URL("../../", import.meta.url);

/** Runs fixture_use_backend.ts in a process of its own. */
async function program(args: string[], backend?: string, env: Record<string, string> = {}) {
  const file = new URL("fixture_use_backend.ts", import.meta.url).pathname;
  const all = ["run", "--no-prompt", "--no-check", ...args, file, ...(backend ? [backend] : [])];
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), { args: all, cwd: root, env })
    .output();
  return { out: new TextDecoder().decode(stdout), errors: new TextDecoder().decode(stderr) };
}

Deno.test("PLUMBLINE_BACKEND decides where no argument does", async () => {
  const wrong = await program(["-A"], undefined, { PLUMBLINE_BACKEND: "wasn" });
  const message = 'PLUMBLINE_BACKEND names an unknown backend "wasn": did you mean wasm?';
  assert.ok(wrong.errors.includes(`UserError: ${message}`), wrong.errors);
  const asked = await program(["-A"], "wasm", { PLUMBLINE_BACKEND: "cpu" });
  assert.equal(JSON.parse(asked.out).reason, "wasm, as --backend asks.");
  const { name, reason } = JSON.parse(
    (await program(["-A"], undefined, { PLUMBLINE_BACKEND: "cpu" })).out,
  );
  assert.deepEqual([name, reason], ["cpu", "cpu, as PLUMBLINE_BACKEND asks."]);
});

Deno.test("importing loads no backend, and wasm loads neither native nor webgpu", async () => {
  const mod = new URL("../../lib/tensor/mod.ts", import.meta.url);
  const source = `
    import { createRequire } from "node:module";
    const { useBackend } = await import(${JSON.stringify(mod.href)});
    const loaded = () => Object.keys(createRequire(${JSON.stringify(mod.href)}).cache)
      .map((path) => path.match(/tfjs-(backend-webgpu|backend-wasm|node-gpu)/)?.[1])
      .filter((name) => name !== undefined);
    const before = [...new Set(loaded())];
    await useBackend("wasm");
    console.log(JSON.stringify([before, [...new Set(loaded())]]));`;
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["eval", source], cwd: root })
    .output();
  assert.deepEqual(JSON.parse(new TextDecoder().decode(stdout)), [[], ["backend-wasm"]]);
});

// In another process: a software adapter's driver keeps native out of the process that asks for it.
Deno.test("webgpu computes where the adapter is hardware, and is refused elsewhere", async () => {
  const ask = "console.log(JSON.stringify((await navigator.gpu?.requestAdapter())?.info ?? null," +
    ' ["description", "isFallbackAdapter"]))';
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["eval", ask] }).output();
  const info = JSON.parse(new TextDecoder().decode(stdout));
  const { out, errors } = await program(["-A"], "webgpu");
  if (info !== null && !isSoftware(info)) {
    assert.deepEqual(JSON.parse(out).product, [7, 10, 15, 22]);
  } else {
    const why = info === null
      ? "finds no adapter."
      : `finds only a software adapter (${info.description}).`;
    assert.ok(errors.includes(`UserError: webgpu ${why}`), errors);
  }
});

Deno.test("without permissions native and webgpu are left alone and nothing is asked", async () => {
  const packages = new URL("node_modules", root).pathname;
  // Where nobody is logged in, a GPU's driver says so by itself, and only a program that may set this could stop it.
  const env = { XDG_RUNTIME_DIR: "/" };
  const { out, errors } = await program([`--allow-read=${packages}`], undefined, env);
  const { name, reason } = JSON.parse(out);
  assert.equal(errors, "");
  assert.ok(name === "wasm" || name === "webgpu");
  assert.match(reason, /because native has no cache: HOME is not set, is \/, or is not allowed/);
});
