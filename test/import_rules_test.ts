/** Which room may import which: the architecture, checked. */
import assert from "node:assert/strict";
import { dirname, join, normalize, relative } from "node:path";

const lib = decodeURIComponent(new URL("../lib", import.meta.url).pathname);

/** Files of no room that every room may import. */
const common = [
  ...[
    "bounds.ts",
    "builtin.ts",
    "child.ts",
    "deno_path.ts",
    "defined_in.ts",
    "errors.ts",
    "kernel_display.ts",
    "module_file.ts",
    "options_given.ts",
    "shape.ts",
  ],
  ...[
    "archive_entry.ts",
    "sha256.ts",
    "templates.ts",
    "terminal.ts",
    "user_cache.ts",
    "exit.ts",
    "waiting.ts",
    "zip.ts",
  ],
];

/** What each room may import besides itself, these files and packages; `(types)` allows `import type` alone. */
const allowed: Record<string, string[]> = {
  "tensor": [],
  "results": [],
  "random": [],
  "torch": [],
  "optim": ["tensor", "random"],
  "image": ["random"],
  "clip": ["tensor", "image", "torch"],
  "datasets": ["random", "image"],
  "methods": ["clip", "tensor", "optim", "random"],
  "prompts": ["clip", "torch"],
  "engine": [
    "prompts",
    "methods",
    "datasets (types)",
    "clip",
    "image",
    "optim",
    "random",
    "tensor",
  ],
  "analysis": [
    ...["engine", "methods", "datasets", "clip", "optim", "random", "results", "tensor"],
  ],
  "protocols": ["engine", "prompts", "datasets", "methods", "clip", "random", "tensor"],
  "parity": [
    ...[
      "clip",
      "datasets",
      "engine",
      "image",
      "methods",
      "optim",
      "protocols",
      "random",
      "results",
      "tensor",
    ],
  ],
  "pretrain": ["clip", "datasets", "engine", "image", "optim", "random", "tensor"],
  "report": ["engine/record.ts (types)", "engine/examine.ts (types)", "results"],
  "notebook": ["clip", "datasets", "report", "results", "lab", "protocols"],
  "lab": [
    ...["tensor", "image", "clip", "datasets", "methods", "engine", "protocols", "report"],
  ],
  "page": ["clip", "datasets", "image", "results", "tensor"],
  "jupyter": ["report", "protocols/files.ts"],
  "cli": [
    "analysis",
    "tensor",
    "random",
    "image",
    "clip",
    "datasets",
    "optim",
    "methods",
    "engine",
    "prompts",
    "results",
    "torch",
    "parity",
    "pretrain",
    "protocols",
    "report",
    "lab",
    "jupyter",
  ],
};

interface Import {
  from: string;
  to: string;
  typesOnly: boolean;
}

async function* sources(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) yield* sources(path);
    else if (entry.name.endsWith(".ts")) yield path;
  }
}

async function imports(): Promise<Import[]> {
  const found: Import[] = [];
  for await (const path of sources(lib)) {
    const code = (await Deno.readTextFile(path)).replace(/\/\*[\s\S]*?\*\//g, "");
    const pattern = /^(?:import|export)\s+(type\s)?[^;'"]*?from\s+"([^"]+)"/gm;
    const dynamic = /\bimport\(\s*"([^"]+)"/g;
    const add = (to: string, typesOnly: boolean) =>
      found.push({
        from: relative(lib, path),
        to: to.startsWith(".") ? relative(lib, normalize(join(dirname(path), to))) : to,
        typesOnly,
      });
    for (const [, types, to] of code.matchAll(pattern)) add(to!, types !== undefined);
    for (const [, to] of code.matchAll(dynamic)) add(to!, false);
  }
  return found;
}

const room = (path: string) => path.split("/")[0]!;

Deno.test("rooms import only what the architecture allows them", async () => {
  const all = await imports();
  assert.ok(all.length > 100, "the pattern finds the imports");
  const broken = all.filter(({ from, to, typesOnly }) => {
    const inside = to.endsWith(".ts") && !to.startsWith("..");
    if (!inside || room(to) === room(from) || common.includes(to)) return false;
    return !(allowed[room(from)] ?? []).some((rule) => {
      const [place, only] = rule.split(" ") as [string, string?];
      const reaches = place.endsWith(".ts") ? to === place : room(to) === place;
      return reaches && (only === undefined || typesOnly);
    });
  });
  assert.deepEqual(broken, []);
});

Deno.test("only lib/tensor imports TensorFlow.js, and the kernel of a single method", async () => {
  const users = (await imports()).filter(({ to }) => to.startsWith("@tensorflow/"));
  assert.ok(users.length > 0);
  assert.deepEqual(users.filter(({ from }) => room(from) !== "tensor").map(({ from }) => from), [
    "methods/native_doubles.ts",
  ]);
});

Deno.test("nothing imports by URL or by an unlisted specifier", async () => {
  const project = JSON.parse(await Deno.readTextFile(join(lib, "../deno.json")));
  const listed = Object.keys(project.imports);
  const unlisted = (await imports()).filter(({ to }) =>
    !to.startsWith("node:") && !/\.(ts|json)$/.test(to) &&
    !listed.some((name) => to === name || to.startsWith(`${name}/`))
  );
  assert.deepEqual(unlisted, []);
});

Deno.test("only lib/terminal.ts writes to a terminal, where names of others are escaped", async () => {
  const writers: string[] = [];
  for await (const path of sources(lib)) {
    const code = (await Deno.readTextFile(path)).replace(/\/\*[\s\S]*?\*\/|`[^`]*`/g, "");
    if (/\bconsole\.\w|\bstd(out|err)\.write/.test(code)) writers.push(relative(lib, path));
  }
  assert.deepEqual(writers, ["terminal.ts"]);
});
