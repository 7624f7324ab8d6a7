/** A home that cannot be written, is none or is `/`: one line, and wasm takes over. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { setOf } from "./commands.ts";

const repository = decodeURIComponent(new URL("../../", import.meta.url).pathname);

const home = await Deno.makeTempDir();
const file = join(home, ".cache");
await Deno.writeTextFile(file, "no folder");

const homes: [what: string, env: Record<string, string>, runs?: true][] = [
  ["a home where no cache can be made", { HOME: home }, true],
  ["no home", { HOME: "" }],
  ["/ as home, as in a container", { HOME: "/" }, true],
  ["a cache folder that is a file", { XDG_CACHE_HOME: file }],
];

async function command(name: string, args: string[], env: Record<string, string>) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", `-P=${setOf(name)}`, "--no-prompt", `lib/cli/${name}.ts`, ...args],
    cwd: repository,
    env: { XDG_CACHE_HOME: "", NO_COLOR: "1", ...env },
  }).output();
  const said = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  assert.doesNotMatch(said, /This is a bug|^ {4}at /m, said);
  return { code, said };
}

for (const [what, env, runs] of homes) {
  if (runs) {
    Deno.test(`${what}: a reproduction computes in wasm, and says why in one line`, async () => {
      const out = join(await Deno.makeTempDir(), "out");
      const { code, said } = await command("reproduce", [
        ...["--protocol", "few-shot", "--clip", "random", "--datasets", "pocket-tiles"],
        ...["--methods", "zero-shot", "--seeds", "1", "--shots", "1", "--out", out],
      ], env);
      assert.equal(code, 0, said);
      const missing = /The native backend for \w+ \w+ needs/;
      const none = /There is no cache to build into, as HOME is not set or is \/: set HOME or XDG/;
      const closed = /The cache \S+ cannot be written \(Not a directory.*\): set HOME or/;
      assert.match(said, new RegExp([missing, none, closed].map((r) => r.source).join("|")));
      assert.match(said, /Going on without/);
      const [record] = [...Deno.readDirSync(join(out, "records"))] as [Deno.DirEntry];
      const { backend } = JSON.parse(await Deno.readTextFile(join(out, "records", record.name)));
      assert.equal(backend.name, "wasm");
    });
  }

  Deno.test(`${what}: weights and native end in one line`, async () => {
    for (const [name, args] of [["weights", ["ViT-B/16"]], ["native", []]] as const) {
      const { code, said } = await command(name, [...args], env);
      assert.equal(code, 1, said);
      assert.match(
        said,
        /^(There is no cache.*HOME is not set or is \/|The cache \S+ cannot be written|The native backend)/m,
      );
    }
    const { code, said } = await command("weights", ["pocket"], env);
    assert.equal(code, 0, said);
  });
}
