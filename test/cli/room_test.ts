/** What the room of commands is: thin, and of no use to another room. */
import assert from "node:assert/strict";

const cli = new URL("../../lib/cli/", import.meta.url);

async function sources(folder: URL): Promise<URL[]> {
  const found: URL[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) found.push(...await sources(new URL(`${name}/`, folder)));
    else if (name.endsWith(".ts")) found.push(new URL(name, folder));
  }
  return found;
}

Deno.test("it has at most 35 files", async () => {
  const files = await sources(cli);
  assert.ok(files.length > 20 && files.length <= 35, `${files.length} files`);
});

Deno.test("each file is a command, belongs to one, or is what commands are made of", async () => {
  const files = await sources(cli);
  const texts = new Map<string, string>();
  for (const file of files) texts.set(file.href, await Deno.readTextFile(file));
  const isCommand = (text: string) => text.includes("if (import.meta.main)");
  const commands = [...texts].filter(([, text]) => isCommand(text)).map(([href]) => href);
  assert.ok(commands.length >= 12, `${commands.length} commands`);
  const reached = new Set(commands);
  for (const href of reached) {
    for (const [, next] of texts.get(href)?.matchAll(/(?:from|import)[\s(]+"(\.[^"]+)"/g) ?? []) {
      const at = new URL(next!, href).href;
      if (texts.has(at)) reached.add(at);
    }
  }
  const stray = files.map(String).filter((href) => !reached.has(href) && !href.endsWith("/mod.ts"));
  assert.deepEqual(stray, []);
});
