/** `deno task lengths`: files that grew beyond 200 lines. A hint: a file is one idea. */
const root = new URL("../", import.meta.url);

/** Adds the modules under a folder that are longer than that. */
async function longer(folder: URL, found: [lines: number, path: string][]): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const at = new URL(isDirectory ? `${name}/` : name, folder);
    if (isDirectory) await longer(at, found);
    else if (name.endsWith(".ts")) {
      const lines = (await Deno.readTextFile(at)).split("\n").length - 1;
      if (lines > 200) found.push([lines, at.href.slice(root.href.length)]);
    }
  }
}

const found: [number, string][] = [];
for (const folder of ["lib/", "docs/", "test/"]) await longer(new URL(folder, root), found);
for (const [lines, path] of found.sort(([a], [b]) => b - a)) console.log(`${lines} lines: ${path}`);
