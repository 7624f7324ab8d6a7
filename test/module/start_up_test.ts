/** What commands load before they do anything, by name: what is needed later, or not at all, is imported when its turn comes. */
import assert from "node:assert/strict";
import { relative } from "node:path";
import { denoPath } from "../../lib/deno_path.ts";

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
