/** Each task under its own permissions: what deno.json grants is enough, and no more than docs/permissions.md says. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { denoPath } from "../../lib/cli/deno_path.ts";
import { hubSources } from "../../lib/clip/hub_sources.ts";
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
async function under(set: string, args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(denoPath(), {
    args: ["run", "-q", `-P=${set}`, "--no-prompt", ...args],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, printed: text(stdout), said: text(stderr) };
}

for (const [name, { command }] of Object.entries(tasks)) {
  const [, set, script] = /^deno run (?:-q )?-P=([\w-]+) (lib\/cli\/\S+\.ts)$/.exec(command) ?? [];
  if (script === undefined) continue;
  Deno.test(`deno task ${name} starts under its permissions`, async () => {
    const { code, printed, said } = await under(set, [script, "--help"]);
    assert.equal(code, 0, said);
    assert.match(printed, /usage/i);
  });
}

const actions: [set: string, args: string[], printed: RegExp][] = [
  ["methods", ["lib/cli/methods.ts", "prograd"], /preset/],
  ["data", ["lib/cli/data.ts", "--list"], /eurosat/i],
  ["weights", ["lib/cli/weights.ts", "--list"], /ViT-B\/16/],
];
for (const [set, args, printed] of actions) {
  Deno.test(`${args[0]} does its work under ${set}`, async () => {
    const done = await under(set, args);
    assert.equal(done.code, 0, done.said);
    assert.match(done.printed, printed);
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
