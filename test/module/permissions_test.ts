/** Each task under its own permissions: what deno.json grants is enough, and no more than docs/permissions.md says. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { denoPath } from "../../lib/deno_path.ts";
import { encodePng } from "../../lib/image/mod.ts";
import { hubSources } from "../../lib/clip/hub_sources.ts";
import { writeSeededClip } from "../cli/seeded_clip.ts";
import { datasets } from "../../lib/datasets/mod.ts";

const root = decodeURIComponent(new URL("../../", import.meta.url).pathname);

interface Grants {
  net?: string[] | true;
  ffi?: string[] | true;
  run?: string[] | true;
}

const { permissions, tasks }: {
  permissions: Record<string, Grants>;
  tasks: Record<string, { command: string }>;
} = JSON.parse(Deno.readTextFileSync(join(root, "deno.json")));

/** Where the addresses in our manifests send a request on. */
const answers: Record<string, string[]> = {
  "drive.google.com": ["drive.usercontent.google.com"],
  "huggingface.co": ["*.hf.co"],
};

const withAnswers = (hosts: string[]) =>
  [...new Set(hosts.flatMap((host) => [host, ...answers[host] ?? []]))].sort();

Deno.test("data may reach the hosts of the data sets' sources, and no other", () => {
  const hosts = datasets.flatMap(({ published }) =>
    published?.sources.flatMap(({ urls }) => urls.map((url) => new URL(url).host)) ?? []
  );
  assert.deepEqual([...permissions.data.net as string[]].sort(), withAnswers(hosts));
});

Deno.test("weights may reach the Hugging Face Hub, and no other", () => {
  assert.ok(Object.keys(hubSources).length > 0);
  assert.deepEqual(
    [...permissions.weights.net as string[]].sort(),
    withAnswers(["huggingface.co"]),
  );
});

Deno.test("no task may do everything; only data and weights reach beyond this machine", () => {
  const local = ["127.0.0.1", "localhost", "0.0.0.0"];
  for (const [name, { command }] of Object.entries(tasks)) {
    assert.doesNotMatch(command, / -A\b|--allow-all/, name);
    for (const [, set] of command.matchAll(/-P=([\w-]+)/g)) assert.ok(set in permissions, name);
  }
  for (const [name, { net }] of Object.entries(permissions)) {
    assert.notEqual(net, true, name);
    const beyond = (net as string[] | undefined)?.filter((host) => !local.includes(host)) ?? [];
    assert.ok(beyond.length === 0 || ["data", "weights"].includes(name), name);
  }
});

Deno.test("only tests may start any program; the others name theirs", () => {
  const any = Object.entries(permissions).filter(([, { run }]) => run === true);
  assert.deepEqual(any.map(([name]) => name), ["test"]);
});

Deno.test("docs/permissions.md lists every set", async () => {
  const page = await Deno.readTextFile(join(root, "docs/permissions.md"));
  const missing = Object.keys(permissions).filter((name) => !page.includes(`\`${name}\``));
  assert.deepEqual(missing, []);
});

/** Runs Deno under a permission set. */
async function under(set: string, args: string[], env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await new Deno.Command(denoPath(), {
    args: ["run", "-q", `-P=${set}`, "--no-prompt", ...args],
    cwd: root,
    env: { NO_COLOR: "1", PLUMBLINE_FEATURES: "off", ...env },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, printed: text(stdout), said: text(stderr) };
}

const here = await Deno.makeTempDir();
const at = (name: string) => join(here, name);

/** What each task does under its set, in turn: later ones read what earlier ones wrote. */
const work: {
  set: string;
  args: string[];
  env?: Record<string, string>;
  code?: number;
  printed: RegExp;
}[] = [
  {
    set: "reproduce",
    args: [
      ...["lib/cli/reproduce.ts", "--backend", "wasm", "--clip", "random"],
      ...["--data", `pocket-tiles=${at("data")}`, "--methods", "zero-shot,coop"],
      ...["--epochs", "1", "--seeds", "1", "--jobs", "2", "--out", at("one")],
    ],
    printed: /report\.html/,
  },
  {
    set: "cell",
    args: ["lib/cli/cell.ts", at("one"), "0-1"],
    printed: /cells: 2\/2/,
  },
  { set: "status", args: ["lib/cli/status.ts", at("one")], printed: /2 of 2 cells done/ },
  {
    set: "compare",
    args: ["lib/cli/compare.ts", at("one"), at("one")],
    printed: /Two folders of results/,
  },
  {
    set: "sensitivity",
    args: [
      ...["lib/cli/sensitivity.ts", "coop", "--data", `pocket-tiles=${at("data")}`, "--shots", "1"],
      ...["--epochs", "1", "--seeds", "1,2", "--starts", "2", "--backend", "wasm"],
    ],
    printed: /[Ss]teady/,
  },
  {
    set: "verify",
    args: ["lib/cli/verify.ts", at("parity"), "--only", "vpt_shallow", "--backend", "wasm"],
    printed: /vpt_shallow .* ok/,
  },
  {
    set: "certificate",
    args: ["lib/cli/certificate.ts", at("one"), "--backend", "wasm"],
    printed: /coop: 5 of 5 records/,
  },
  {
    set: "bench",
    args: ["test/bench/main.ts", "--backend", "wasm", "--only", "augment"],
    printed: /augment\/224px\/32/,
  },
  { set: "data", args: ["lib/cli/data.ts", "--list"], printed: /eurosat/i },
  { set: "weights", args: ["lib/cli/weights.ts", "--list"], printed: /ViT-B\/16/ },
  {
    set: "weights",
    args: ["lib/cli/weights.ts", "pocket", "--export", at("pocket.safetensors")],
    printed: /pocket\.safetensors/,
  },
  {
    set: "pretrain",
    args: [
      ...["lib/cli/pretrain.ts", "--steps", "1", "--batch", "2", "--blind"],
      ...["--backend", "wasm", "--out", at("pretrain")],
    ],
    printed: /Wrote .*pocket\.safetensors/,
  },
  {
    set: "train",
    args: [
      ...["lib/cli/train.ts", "coop", "--data", `pocket-tiles=${at("data")}`, "--shots", "1"],
      ...["--epochs", "1", "--backend", "wasm", "--save", at("coop.safetensors")],
      ...["--log", "csv", "--curve", at("curve.svg")],
    ],
    printed: /coop\.safetensors/,
  },
  {
    set: "predict",
    args: ["lib/cli/predict.ts", at("coop.safetensors"), at("picture.png"), "--backend", "wasm"],
    printed: /picture\.png/,
  },
  {
    set: "evaluate",
    args: [
      ...["lib/cli/evaluate.ts", at("coop.safetensors"), "--data", `pocket-tiles=${at("data")}`],
      ...["--backend", "wasm"],
    ],
    printed: /all classes: \d+\.\d+ % of \d+ images/,
  },
  {
    set: "convert",
    args: ["lib/cli/convert.ts", at("coop.safetensors"), at("coop.npy"), "--backend", "wasm"],
    printed: /coop\.npy/,
  },
  {
    set: "certificate",
    args: ["lib/cli/certificate.ts", at("one")],
    printed: /certificate/,
  },
  { set: "methods", args: ["lib/cli/methods.ts", "prograd"], printed: /preset/ },
  { set: "page", args: ["docs/page.ts", at("page")], printed: /index\.html, \d\.\d MB/ },
  { set: "docs", args: ["docs/rooms.ts"], printed: /^$/ },
  { set: "fuzz", args: ["test/fuzz/main.ts", "0.1", "1", "images"], printed: /"cases":\d+/ },
  {
    set: "notebooks",
    args: ["lib/cli/notebooks.ts", "04", "--preset", "/nowhere", "--out", at("html")],
    code: 1, // and that is said by a kernel that was started
    printed: /there is no \/nowhere\/report\.json/,
  },
  {
    set: "jupyter",
    args: ["lib/cli/jupyter.ts", "--install-only"],
    env: { XDG_DATA_HOME: at("share") },
    printed: /Installed the kernel/,
  },
];

Deno.test("each task does its work under its set", async (t) => {
  await Deno.mkdir(at("html"));
  await writeSeededClip(here);
  await Deno.writeFile(at("picture.png"), await encodePng(new Uint8Array(48).fill(128), 4, 4));
  await Deno.mkdir(at("parity"));
  for (const name of ["manifest.json", "vpt_shallow.safetensors"]) {
    await Deno.copyFile(join(root, "test/fixtures/parity", name), join(at("parity"), name));
  }
  for (const { set, args, env, code, printed } of work) {
    await t.step(`${args[0]} under ${set}`, async () => {
      const done = await under(set, args, env);
      assert.equal(done.code, code ?? 0, done.said);
      assert.match(done.printed + done.said, printed);
    });
  }
  await Deno.remove(here, { recursive: true });
});

Deno.test("no set is left out of these", () => {
  // native's work takes minutes and the network: test/tensor builds it where PLUMBLINE_TEST_NATIVE says so.
  const tried = new Set([...work.map(({ set }) => set), "native", "test"]);
  assert.deepEqual(Object.keys(permissions).filter((name) => !tried.has(name)), []);
});

for (const [name, { command }] of Object.entries(tasks)) {
  const [, set, script] =
    /^deno run (?:-q )?-P=([\w-]+) ((?:lib\/cli|test\/bench)\/\S+\.ts)$/.exec(command) ?? [];
  if (script === undefined) continue;
  Deno.test(`deno task ${name} tells its usage under its set`, async () => {
    const { code, printed, said } = await under(set, [script, "--help"]);
    assert.equal(code, 0, said);
    assert.match(printed, /usage/i);
  });
}

Deno.test("what has no network cannot reach out, whatever it runs", async () => {
  const folder = await Deno.makeTempDir();
  const script = join(folder, "reach.ts");
  await Deno.writeTextFile(
    script,
    `try { await fetch(Deno.args[0]); } catch (error) { console.log((error as Error).name); }`,
  );
  const config = ["--config", join(root, "deno.json")];
  const inside = Object.keys(permissions).filter((name) => permissions[name].net === undefined);
  assert.ok(inside.length > 5);
  for (const set of inside) {
    const { printed } = await under(set, [...config, script, "http://127.0.0.1:8765/"]);
    assert.equal(printed.trim(), "NotCapable", set);
  }
  const { printed } = await under("data", [...config, script, "https://example.com/"]);
  assert.equal(printed.trim(), "NotCapable");
});

Deno.test("importing the module needs no permission at all", async () => {
  const code = `await import("@plumbline/plumbline"); console.log("imported");`;
  const script = join(await Deno.makeTempDir(), "import.ts");
  await Deno.writeTextFile(script, code);
  const { stdout, stderr } = await new Deno.Command(denoPath(), {
    args: ["run", "-q", "--no-prompt", "--config", join(root, "deno.json"), script],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  assert.equal(text(stdout), "imported", text(stderr));
});
