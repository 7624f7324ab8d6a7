import assert from "node:assert/strict";
import { compare } from "../../lib/cli/compare.ts";
import { type Made, madeResults } from "./made_results.ts";

const folder = (method: string, accuracies: [number, number][]) =>
  madeResults(accuracies.map((accuracy, i): Made => ({ cell: { method, seed: i + 1 }, accuracy })));

async function printed(...args: string[]): Promise<string> {
  const lines: string[] = [];
  assert.equal(await compare(args, (line) => lines.push(line)), 0);
  return lines.join("\n").replaceAll("\u00a0", " ");
}

Deno.test("differences are taken seed by seed, with Student's interval, for base, new and H", async () => {
  const a = await folder("coop", [[80, 60], [81, 50], [82, 55]]);
  const b = await folder("coop", [[82, 60], [83.5, 52], [83.5, 50]]);
  const table = await printed(a, b);
  // Differences 2, 2.5, 1.5; Student's t at 2 degrees of freedom is 4.3027: 2 ± 4.3027 · 0.5/√3 = 2 ± 1.2421.
  assert.match(table, /\| base \| 16 \|.*\| 2\.00 ± 0\.50 \(\[0\.76, 3\.24\]\) \| yes \|/);
  assert.match(table, /\| new \| 16 \|.*\| no \|/);
  assert.match(table, /\| H \| 16 \|/);
  assert.match(await printed(b, a), /\| base \| 16 \|.*\| −2\.00 ± 0\.50 /);
});

Deno.test("only seeds that both have are compared, and what one has alone is counted", async () => {
  const a = await folder("coop", [[80, 60], [81, 50]]);
  const b = await madeResults([
    { cell: { method: "coop", seed: 2 }, accuracy: [81, 50] },
    { cell: { method: "coop", seed: 3 }, accuracy: [99, 99] },
    { cell: { method: "prograd", seed: 2 }, accuracy: [81, 50] },
  ]);
  const text = await printed(a, b);
  assert.match(
    text,
    /\| base \| 16 \| 81\.00 \| 81\.00 \| 0\.00 \| one seed \|/,
  );
  assert.match(text, /3 results are in one of the two alone\./);
});

Deno.test("folders with nothing in common are told in one line", async () => {
  const a = await folder("coop", [[80, 60]]);
  const b = await folder("prograd", [[80, 60]]);
  await assert.rejects(compare([a, b], () => {}), /have no protocol, method, .* in common/);
  await assert.rejects(compare([a, "/nowhere"], () => {}), /there is no \/nowhere\/plan\.json/);
});

Deno.test("of a method in several forms each is compared with itself; one form each are compared whatever they are", async () => {
  const made = (lambda: number, accuracy: number): Made => ({
    cell: { method: "prograd", seed: 1 },
    accuracy: [accuracy, 50],
    changes: { settings: { lambda }, overrides: ["lambda"] },
  });
  const a = await madeResults([made(0, 60), made(1, 70)]);
  const b = await madeResults([made(1, 71), made(0, 62)]);
  const text = await printed(a, b);
  const line = (label: string) =>
    text.split("\n").find((line) => line.includes(`| ${label} |`) && line.includes("| base |"));
  assert.match(line("prograd (lambda 0)") ?? text, /\| 2\.00 \|/);
  assert.match(line("prograd (lambda 1)") ?? text, /\| 1\.00 \|/);
  const [one, other] = await Promise.all([[made(0, 60)], [made(1, 65)]].map(madeResults)) as [
    string,
    string,
  ];
  assert.match(await printed(one, other), /\| prograd \|.*\| 5\.00 \|/);
});

Deno.test("others' seeds stand beside what they are of, and beside nothing else", async () => {
  const promptsrc = (overrides: string[]): Made => ({
    cell: { method: "promptsrc", seed: 1 },
    accuracy: [92, 75],
    changes: { preset: { name: "paper", table: "" }, overrides },
  });
  const folders = await Promise.all([[promptsrc([])], [promptsrc([])]].map(madeResults));
  const text = await printed(...folders);
  assert.match(
    text,
    /\| base \| 16 \|.*\| three published seeds: 91\.5, 94\.0, 94\.0 \(a third party/,
  );
  const own = await Promise.all([[promptsrc(["depth"])], [promptsrc(["depth"])]].map(madeResults));
  assert.doesNotMatch(await printed(...own), /published seeds/);
});
