/** docs/methods.md, and what the methods' files have in common. */

import assert from "node:assert/strict";
import { describeMethods, page } from "../../lib/cli/methods.ts";
import { methodsPage } from "../../lib/cli/methods_page.ts";
import { methods } from "../../lib/methods/mod.ts";
import { useBackend } from "../../lib/tensor/mod.ts";

Deno.test("docs/methods.md is what the methods say of themselves", async () => {
  await useBackend("wasm");
  const written = await Deno.readTextFile(page);
  assert.equal(written, methodsPage(), "run `deno task methods --docs`");
});

Deno.test("the list names every method, setting and preset with its table", async () => {
  const lines: string[] = [];
  await describeMethods(["--list"], (line) => void lines.push(line));
  const text = lines.join("\n");
  for (const { name, title, settings, presets } of methods) {
    assert.ok(text.includes(`${name}: ${title}`));
    for (const { about } of Object.values(settings) as { about: string }[]) {
      assert.ok(text.includes(about), about);
    }
    for (const { table } of Object.values(presets)) assert.ok(text.includes(table), table);
  }
  await assert.rejects(describeMethods(["progard"], () => {}), /did you mean prograd/);
});

Deno.test("the table has a row for every method, with its needs and its published code's licence", async () => {
  const said: string[] = [];
  await describeMethods(["--table"], (line) => said.push(line));
  const rows = said.join("\n").split("\n").slice(2);
  assert.equal(rows.length, methods.length);
  methods.forEach(({ title, needs, paper: { code } }, i) => {
    assert.ok(rows[i]!.startsWith(`| ${title} |`), rows[i]);
    assert.ok(rows[i]!.includes(needs.pixels ? "| pixels" : "| features"), rows[i]);
    if (code) assert.ok(rows[i]!.endsWith(`${code.repository} | ${code.licence} |`), rows[i]);
  });
  await assert.rejects(describeMethods(["coop", "--table"], () => {}), /give a name or --list/);
});

Deno.test("no method's file repeats more than five lines of another's", async () => {
  const folder = new URL("../../lib/methods/", import.meta.url);
  const files = new Map<string, string[]>();
  for await (const { name } of Deno.readDir(folder)) {
    const source = await Deno.readTextFile(new URL(name, folder));
    const code = source.replace(/\/\*[^]*?\*\//g, "").replace(/^(import|export \{)[^]*?;$/gm, "");
    files.set(name, code.split("\n").map((line) => line.trim()).filter((line) => line.length > 2));
  }
  for (const [a, first] of files) {
    for (const [b, second] of files) {
      if (a < b) {
        assert.ok(longestRun(first, second) <= 5, `${a} and ${b}: ${longestRun(first, second)}`);
      }
    }
  }
});

/** The most lines in a row that both have. */
function longestRun(a: string[], b: string[]): number {
  let longest = 0;
  let last = new Array(b.length + 1).fill(0);
  for (const line of a) {
    const runs = new Array(b.length + 1).fill(0);
    b.forEach((other, j) => {
      if (line !== other) return;
      runs[j + 1] = last[j] + 1;
      longest = Math.max(longest, runs[j + 1]);
    });
    last = runs;
  }
  return longest;
}
