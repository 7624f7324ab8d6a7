/** docs/extending.md, followed to the letter in a copy of the checkout: a method of one's own, in the command's list. */
import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { denoPath } from "../../lib/deno_path.ts";

const root = decodeURIComponent(new URL("../../", import.meta.url).pathname);

Deno.test("the guide's method, copied as the guide says, is one of deno task methods, and of the right types", async () => {
  const folder = await Deno.makeTempDir({ prefix: "a checkout of one's own " });
  for (const name of ["lib", "data", "deno.json", "deno.lock", "package.json"]) {
    cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  await Deno.symlink(join(root, "node_modules"), join(folder, "node_modules"));

  const guide = await Deno.readTextFile(join(root, "docs/extending.md"));
  const [, lines] = /```ts ignore\n([\s\S]*?)```/.exec(guide)!;
  const own = await Deno.readTextFile(join(root, "docs/own_method.ts"));
  const copied = own.replace(/^import [\s\S]*?(?=^export)/m, `${lines}\n`);
  await Deno.writeTextFile(join(folder, "lib/methods/tethered.ts"), copied);
  const list = join(folder, "lib/methods/mod.ts");
  const before = await Deno.readTextFile(list);
  await Deno.writeTextFile(
    list,
    before.replace(/^import /m, `import { tethered } from "./tethered.ts";\nimport `)
      .replace("const methodsByName = {\n", "$&  tethered,\n"),
  );

  const { success, stdout, stderr } = await new Deno.Command(denoPath(), {
    args: ["run", "-q", "--check", "-P=docs", "lib/cli/methods.ts", "tethered"],
    cwd: folder,
    env: { NO_COLOR: "1", DENO_COVERAGE_DIR: join(folder, "coverage") }, // the copy's is not ours
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  assert.match(new TextDecoder().decode(stdout), /^tethered: .*\n +pull +4: how strongly/);
  await Deno.remove(folder, { recursive: true });
});
