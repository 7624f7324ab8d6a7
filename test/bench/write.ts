/** Writes RESULTS.md, and beside it and in data/precision what it is made of. */

import { fileURLToPath } from "node:url";
import { writeWhole } from "../../lib/protocols/mod.ts";
import { type Against, compared, releaseOf } from "./against.ts";
import type { HalfSteps } from "./half.ts";
import { type Bench, resultsPage } from "./results.ts";
import type { Starts } from "./starts.ts";

/** Where steps in bfloat16 beside float32 lie: docs/precision.md is made of them, too. */
const HALF = "../../data/precision/steps.json";

/**
 * The runs beside each release of PyTorch on each machine: an earlier run's, but for what was run now. That keeps the cases which
 * this run did not take, if the other versions are the same, too.
 */
export function beside(now: Against | undefined, before: readonly Against[]): Against[] {
  if (!now) return [...before];
  const at = before.findIndex((one) =>
    releaseOf(one) === releaseOf(now) && one.machine === now.machine
  );
  const earlier = before[at];
  const own = new Set(now.results.map(({ name }) => name));
  const kept = earlier?.versions === now.versions
    ? earlier.results.filter(({ name }) => !own.has(name))
    : [];
  const results = [...kept, ...now.results]
    .toSorted((a, b) => placeOf(a.name) - placeOf(b.name));
  return earlier ? before.with(at, { ...now, results }) : [...before, { ...now, results }];
}

const placeOf = (name: string) => compared.findIndex((one) => one === name);

/** Writes what was measured now, and the page of it and of what was measured before. */
export async function writeResults(
  now: { bench?: Bench; against?: Against; half?: HalfSteps; starts?: Starts },
): Promise<void> {
  const at = (file: string) => fileURLToPath(new URL(file, import.meta.url));
  const kept = async (file: string) =>
    JSON.parse(await Deno.readTextFile(at(file)).catch(() => "null")) ?? undefined;
  const bench: Bench = now.bench ?? await kept("results.json");
  const against = beside(now.against, await kept("against.json") ?? []);
  await writeWhole(at("results.json"), `${JSON.stringify(bench, null, 2)}\n`);
  if (now.against) await writeWhole(at("against.json"), `${JSON.stringify(against, null, 2)}\n`);
  const half: HalfSteps | undefined = now.half ?? await kept(HALF);
  if (half) await writeWhole(at(HALF), `${JSON.stringify(half, null, 1)}\n`);
  const starts: Starts | undefined = now.starts ?? await kept("start_up.json");
  if (starts) await writeWhole(at("start_up.json"), `${JSON.stringify(starts, null, 2)}\n`);
  await writeWhole(at("RESULTS.md"), resultsPage(bench, against, half, starts));
  console.error("Wrote RESULTS.md and what it is made of; `deno task notebooks 11` shows it.");
}
