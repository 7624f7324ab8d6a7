/** The picture of the rooms is the imports'. */
import assert from "node:assert/strict";
import { imports, picture } from "../../docs/rooms.ts";

Deno.test("the picture in docs/architecture.md is what the imports say: deno task docs draws it", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/architecture.md", import.meta.url));
  assert.equal(page.match(/```mermaid[\s\S]*?```/)?.[0], await picture());
});

Deno.test("no room imports itself through others", async () => {
  const all = await imports();
  const below = (room: string, seen: Set<string>): Set<string> => {
    for (const next of all.get(room)?.keys() ?? []) {
      if (!seen.has(next)) below(next, seen.add(next));
    }
    return seen;
  };
  for (const room of all.keys()) assert.ok(!below(room, new Set()).has(room), room);
});

Deno.test("docs/architecture.md says of every room what it is", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/architecture.md", import.meta.url));
  const named = [...page.matchAll(/^\| `(\w+)` /gm)].map(([, room]) => room);
  const rooms = await Array.fromAsync(Deno.readDir(new URL("../../lib/", import.meta.url)));
  assert.deepEqual(
    named.sort(),
    rooms.filter(({ isDirectory }) => isDirectory).map(({ name }) => name).sort(),
  );
});
