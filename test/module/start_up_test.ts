/** What commands load before they do anything, by name: what is needed later, or not at all, is imported when its turn comes. */
import assert from "node:assert/strict";
import { relative } from "node:path";
import { buildClip, disposeClip, encode, pocketWeights } from "../../lib/clip/mod.ts";
import { denoPath } from "../../lib/deno_path.ts";
import { useBackend } from "../../lib/tensor/mod.ts";

interface Graph {
  roots: string[];
  redirects?: Record<string, string>;
  modules: {
    specifier: string;
    dependencies?: { code?: { specifier: string }; isDynamic?: boolean }[];
  }[];
}

const commands = [...Deno.readDirSync("lib/cli")].map(({ name }) => name)
  .filter((name) =>
    name.endsWith(".ts") && Deno.readTextFileSync(`lib/cli/${name}`).includes("import.meta.main")
  );

/** Packages and rooms that a command's file imports at once. */
async function loaded(file: string): Promise<{ packages: string[]; rooms: string[] }> {
  const { stdout } = await new Deno.Command(denoPath(), {
    args: ["info", "--json", `lib/cli/${file}`],
    stderr: "null",
  }).output();
  const { roots, redirects = {}, modules }: Graph = JSON.parse(new TextDecoder().decode(stdout));
  const byName = new Map(modules.map((module) => [module.specifier, module]));
  const seen = new Set<string>();
  const visit = (specifier: string) => {
    const name = redirects[specifier] ?? specifier;
    if (seen.has(name)) return;
    seen.add(name);
    for (const { code, isDynamic } of byName.get(name)?.dependencies ?? []) {
      if (code && !isDynamic) visit(code.specifier);
    }
  };
  roots.forEach(visit);
  const names = [...seen];
  const root = new URL("../../", import.meta.url).pathname;
  return {
    packages: names.flatMap((name) => /^npm:\/?(@?[^@]+)@/.exec(name)?.[1] ?? []).sort(),
    rooms: [
      ...new Set(
        names.flatMap((name) =>
          name.startsWith("file:")
            ? relative(root, new URL(name).pathname).split("/").slice(0, 2).join("/")
            : []
        ),
      ),
    ],
  };
}

const common = [
  "@huggingface/tokenizers",
  "@tensorflow/tfjs-core",
  "cli-progress",
  "he",
];
/** Drawing: pages with tables and figures. */
const drawing = ["@observablehq/plot", "@uwdata/flechette", "arquero", "linkedom"];
/** Commands that draw, whatever they are told. */
const draw = [
  "compare.ts",
  "evaluate.ts",
  "notebooks.ts",
  "pretrain.ts",
  "sensitivity.ts",
  "train.ts",
];

/** Maps of features, which come with the room of analyses. */
const mapping = ["ml-pca", "umap-js"];
const map = ["evaluate.ts", "sensitivity.ts"];

for (const command of commands) {
  Deno.test(`${command} loads no package before it is needed`, async () => {
    const { packages } = await loaded(command);
    const allowed = new Set([
      ...common,
      ...draw.includes(command) ? drawing : [],
      ...map.includes(command) ? mapping : [],
    ]);
    assert.deepEqual(packages.filter((name) => !allowed.has(name)), []);
  });
}

Deno.test("the list of methods needs neither data, nor training, nor a report", async () => {
  const { packages, rooms } = await loaded("methods.ts");
  assert.deepEqual(packages, ["@huggingface/tokenizers", "@tensorflow/tfjs-core", "he"]);
  const heavy = ["datasets", "engine", "protocols", "report", "lab", "parity", "pretrain"];
  assert.deepEqual(rooms.filter((room) => heavy.includes(room.replace("lib/", ""))), []);
});

Deno.test("what runs cells loads no table and no figure before the last of them", async () => {
  for (const command of ["reproduce.ts", "cell.ts"]) {
    const { rooms } = await loaded(command);
    assert.ok(!rooms.includes("lib/report"), command);
  }
});

const root = new URL("../../", import.meta.url);

/** Runs a command where these packages are nowhere: it ends as it would if it needs none of them. */
async function without(packages: readonly string[], set: string, ...args: string[]) {
  const { imports }: { imports: Record<string, string> } = JSON.parse(
    await Deno.readTextFile(new URL("deno.json", root)),
  );
  const map = await Deno.makeTempFile({ suffix: ".json" });
  const at = (name: string, place: string) =>
    packages.includes(name) ? "file:///nowhere.ts" : place.replace(/^\.\//, root.href);
  const mapped = Object.entries(imports).map(([name, place]) => [name, at(name, place)]);
  await Deno.writeTextFile(map, JSON.stringify({ imports: Object.fromEntries(mapped) }));
  const { code, stdout, stderr } = await new Deno.Command(denoPath(), {
    args: ["run", "-q", `-P=${set}`, "--no-prompt", `--import-map=${map}`, ...args],
    cwd: root,
    env: { NO_COLOR: "1", PLUMBLINE_FEATURES: "off" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, printed: text(stdout), said: text(stderr) };
}

/** Of other backends, of drawing, of reading pictures and tables, of what only builds and measures. */
const backends = ["cpu", "webgpu", "wasm"].map((name) => `@tensorflow/tfjs-backend-${name}`);
const late = [
  ...drawing,
  ...mapping,
  ...["@tensorflow/tfjs-node-gpu", "@huggingface/hub", "hyparquet", "sharp"],
  ...["esbuild", "mitata", "node-api-headers", "vega", "vega-lite"],
];

Deno.test("help and the list of methods come without any backend, picture or table", async () => {
  for (
    const [set, ...args] of [
      ["docs", "lib/cli/methods.ts"],
      ["reproduce", "lib/cli/reproduce.ts", "--help"],
      ["cell", "lib/cli/cell.ts", "--help"],
    ] as [string, ...string[]][]
  ) {
    const { code, said, printed } = await without([...late, ...backends], set, ...args);
    assert.equal(code, 0, said);
    assert.match(printed, /prograd|Usage/i);
  }
});

Deno.test("a dry run on pictures that are there loads the backend, and nothing that it doesn't need", async () => {
  const out = await Deno.makeTempDir();
  const args = ["lib/cli/reproduce.ts", "--dry-run", "--backend", "wasm", "--clip", "random"];
  const given = ["--only", "few-shot", "--datasets", "pocket-tiles", "--out", out];
  const drawn = await without([], "reproduce", ...args, ...given);
  assert.equal(drawn.code, 0, drawn.said);
  const others = backends.filter((name) => !name.endsWith("wasm"));
  const { code, said, printed } = await without(
    [...late, ...others],
    "reproduce",
    ...args,
    ...given,
  );
  assert.equal(code, 0, said);
  assert.equal(printed, drawn.printed);
});

Deno.test("a package that is needed is missed", async () => {
  const { code, said } = await without(["arquero"], "read", "lib/cli/compare.ts", "--help");
  assert.notEqual(code, 0);
  assert.match(said, /nowhere\.ts/);
});

Deno.test("the pocket CLIP is built without its whole token table", async () => {
  await useBackend("wasm");
  const weights = await pocketWeights();
  const asked: string[] = [];
  const clip = buildClip({ ...weights, get: (key) => (asked.push(key), weights.get(key)) });
  disposeClip(clip);
  assert.ok(asked.includes("positional_embedding"));
  assert.ok(!asked.includes("token_embedding.weight"));
});

Deno.test("a word is encoded without the tables of all merges, each of which the library writes as JSON", () => {
  const { stringify } = JSON;
  let written = 0;
  JSON.stringify = (value: unknown, ...how: unknown[]) => {
    written++;
    return Reflect.apply(stringify, JSON, [value, ...how]);
  };
  try {
    assert.ok(encode("unforeseeable zeppelins").length > 2);
  } finally {
    JSON.stringify = stringify;
  }
  assert.ok(written > 0 && written < 1000, `${written}`);
});
