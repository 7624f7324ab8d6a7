/** Each task under its permissions: what deno.json grants is enough, and no more than docs/permissions.md says. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { denoPath } from "../../lib/deno_path.ts";
import { encodePng } from "../../lib/image/mod.ts";
import { hubSources } from "../../lib/clip/hub_sources.ts";
import { writeSeededClip } from "../cli/seeded_clip.ts";
import { datasets } from "../../lib/datasets/mod.ts";

const root = decodeURIComponent(new URL("../../", import.meta.url).pathname);

interface Grants {
  write?: string[] | true;
  net?: string[] | true;
  ffi?: string[] | true;
  run?: string[] | true;
}

const { permissions, tasks }: {
  permissions: Record<string, Grants>;
  tasks: Record<string, { command: string }>;
} = JSON.parse(Deno.readTextFileSync(join(root, "deno.json")));

/** The sets that a task's commands run under. */
const setsOf = (task: string): string[] =>
  [...tasks[task]!.command.matchAll(/-P=([\w-]+)/g)].map(([, set]) => set!);

/** Tasks of those who work on plumbline, which run its tests. */
const developers = ["test:quick", "test:doc", "coverage", "signals", "mutants"];

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
  assert.deepEqual([...permissions.data!.net as string[]].sort(), withAnswers(hosts));
});

Deno.test("weights may reach the Hugging Face Hub, and no other", () => {
  assert.ok(Object.keys(hubSources).length > 0);
  assert.deepEqual(
    [...permissions.weights!.net as string[]].sort(),
    withAnswers(["huggingface.co"]),
  );
});

Deno.test("no task may do everything; only data and weights reach beyond this machine", () => {
  const local = ["127.0.0.1", "localhost", "0.0.0.0"];
  for (const [name, { command }] of Object.entries(tasks)) {
    assert.doesNotMatch(command, / -A\b|--allow-all/, name);
    for (const set of setsOf(name)) assert.ok(set in permissions, name);
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

Deno.test("what only reads may not write", () => {
  const only = ["compare", "predict", "verify"].filter((task) =>
    permissions[setsOf(task)[0]!]!.write === undefined
  );
  assert.deepEqual(only, ["compare", "predict", "verify"]);
});

Deno.test("only notebooks, whose kernel answers on a port, and tests have both network and programs to start", () => {
  const both = Object.entries(permissions).filter(([, { net, run }]) => net && run);
  assert.deepEqual(both.map(([name]) => name), ["notebooks", "test"]);
});

Deno.test("docs/permissions.md lists every set, with the tasks that run under it", async () => {
  const page = await Deno.readTextFile(join(root, "docs/permissions.md"));
  const listed = Object.fromEntries(
    [...page.matchAll(/^\| `([\w-]+)` +\| ([^|]*?) +\|/gm)].map(([, set, tasks]) => [set, tasks]),
  );
  assert.deepEqual(Object.keys(listed).sort(), Object.keys(permissions).sort());
  for (const task of Object.keys(tasks).filter((name) => !developers.includes(name))) {
    for (const set of setsOf(task)) {
      assert.ok(listed[set].split(", ").includes(task), `${task}: ${set}`);
    }
  }
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
    set: "read",
    args: ["lib/cli/compare.ts", at("one"), at("one")],
    printed: /Two folders of results/,
  },
  {
    set: "compute",
    args: [
      ...["lib/cli/sensitivity.ts", "coop", "--data", `pocket-tiles=${at("data")}`, "--shots", "1"],
      ...["--epochs", "1", "--seeds", "1,2", "--starts", "2", "--backend", "wasm"],
    ],
    printed: /[Ss]teady/,
  },
  {
    set: "compute-readonly",
    args: ["lib/cli/verify.ts", at("parity"), "--only", "vpt_shallow", "--backend", "wasm"],
    printed: /vpt_shallow .* ok/,
  },
  {
    set: "compute",
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
    set: "build",
    args: [
      ...["lib/cli/pretrain.ts", "--steps", "1", "--batch", "2", "--blind"],
      ...["--backend", "wasm", "--out", at("pretrain")],
    ],
    printed: /Wrote .*pocket\.safetensors/,
  },
  {
    set: "compute",
    args: [
      ...["lib/cli/train.ts", "coop", "--data", `pocket-tiles=${at("data")}`, "--shots", "1"],
      ...["--epochs", "1", "--backend", "wasm", "--save", at("coop.safetensors")],
      ...["--log", "csv", "--curve", at("curve.svg")],
    ],
    printed: /coop\.safetensors/,
  },
  {
    set: "compute-readonly",
    args: ["lib/cli/predict.ts", at("coop.safetensors"), at("picture.png"), "--backend", "wasm"],
    printed: /picture\.png/,
  },
  {
    set: "compute",
    args: [
      ...["lib/cli/evaluate.ts", at("coop.safetensors"), "--data", `pocket-tiles=${at("data")}`],
      ...["--backend", "wasm"],
    ],
    printed: /all classes: \d+\.\d+ % of \d+ images/,
  },
  {
    set: "compute",
    args: ["lib/cli/convert.ts", at("coop.safetensors"), at("coop.npy"), "--backend", "wasm"],
    printed: /coop\.npy/,
  },
  {
    set: "compute",
    args: ["lib/cli/certificate.ts", at("one")],
    printed: /certificate/,
  },
  { set: "docs", args: ["lib/cli/methods.ts", "prograd"], printed: /preset/ },
  { set: "start", args: ["docs/page.ts", at("page")], printed: /index\.html, \d\.\d MB/ },
  { set: "docs", args: ["docs/rooms.ts"], printed: /^$/ },
  { set: "fuzz", args: ["test/fuzz/main.ts", "0.1", "1", "images"], printed: /"cases":\d+/ },
  {
    set: "notebooks",
    args: ["lib/cli/notebooks.ts", "04", "--preset", "/nowhere", "--out", at("html")],
    code: 1, // and that is said by a kernel that was started
    printed: /there is no \/nowhere\/report\.json/,
  },
  {
    set: "start",
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

Deno.test("each of these is done under its task's set", () => {
  for (const { set, args: [script] } of work) {
    const task = Object.values(tasks).find(({ command }) => command.includes(` ${script}`));
    if (task) assert.ok(task.command.includes(`-P=${set} `), script);
  }
});

Deno.test("no set is left out of these", () => {
  // Building takes minutes and the network: test/tensor does it where PLUMBLINE_TEST_NATIVE says so.
  const tried = new Set([...work.map(({ set }) => set), "test"]);
  assert.deepEqual(Object.keys(permissions).filter((name) => !tried.has(name)), []);
});

for (const [name, { command }] of Object.entries(tasks)) {
  const [, set, script] =
    /^deno run (?:-q )?-P=([\w-]+) ((?:lib\/cli|test\/bench)\/\S+\.ts)$/.exec(command) ?? [];
  if (script === undefined) continue;
  Deno.test(`deno task ${name} tells its usage under its set`, async () => {
    const { code, printed, said } = await under(set!, [script, "--help"]);
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
  const inside = Object.keys(permissions).filter((name) => permissions[name]!.net === undefined);
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
