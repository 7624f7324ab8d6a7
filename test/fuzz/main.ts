/**
 * `deno task fuzz [SECONDS] [SEED] [READER] [--proportion]`: damaged files for every reader, or large ones, whose cost is
 * held to the proportion of their bytes. Prints a line of JSON for each finding and
 * one for each reader, and ends with 1 where anything was found. A case is repeated by its number:
 * `deno task fuzz 0.1 NUMBER READER`.
 */
import { join } from "node:path";
import process from "node:process";
import { argument, flag, parse, UsageError } from "../../lib/cli/options.ts";
import { run } from "../../lib/cli/run.ts";
import type { News, Order } from "./cases.ts";
import { targets } from "./targets.ts";

/** Seconds of processor time that a case may take: no hang, on a busy machine either. */
const LONGEST = 5;

/** Milliseconds after which a case is taken to wait for what never comes, on however busy a machine. */
const WAITS = 600_000;

/** What the process may hold beyond what it held before, after a case and after all of a reader's, in KiB. */
const MOST_MEMORY = 1024 * 1024;

/** The bounds of small, damaged files: the same for all. */
const DAMAGE = { large: false, longest: LONGEST, perMegabyte: 0, most: MOST_MEMORY, perByte: 0 };

/**
 * Those of large ones. Readers count what they ask for themselves, 64 bytes for each of a file's and 64 MiB
 * (lib/bounds.ts); a process holds up to four times as much until its garbage is collected.
 */
const PROPORTION = { large: true, longest: 2, perMegabyte: 4, most: 256 * 1024, perByte: 256 };

const options = {
  seconds: argument("SECONDS", "for all readers together", "20"),
  seed: argument("SEED", "the number of each reader's first case", "1"),
  reader: argument("READER", "one alone", ""),
  proportion: flag("large files: memory and time in proportion to their bytes"),
};

let found = 0;
await run(() => main(Deno.args), () => "Nothing is kept.");

async function main(args: readonly string[]): Promise<number> {
  const { seconds, seed, reader, proportion } = parse(
    "fuzz",
    options,
    args,
    "Damaged files for every reader.",
  );
  const names = Object.keys(targets).filter((name) => reader === "" || name === reader);
  if (names.length === 0) {
    throw new UsageError(`fuzz: no reader is called ${reader}: ${Object.keys(targets).join(", ")}`);
  }
  if (!(Number(seconds) > 0) || !Number.isSafeInteger(Number(seed))) {
    throw new UsageError(`fuzz: seconds and a whole number are needed, not ${seconds} and ${seed}`);
  }
  const root = await Deno.makeTempDir({ prefix: "plumbline-fuzz-" });
  for (const [i, name] of names.entries()) {
    const folder = join(root, "work", String(i));
    await Deno.mkdir(folder, { recursive: true });
    const time = 1000 * Number(seconds) / names.length;
    const bounds = proportion ? PROPORTION : DAMAGE;
    const at = new Float64Array(new SharedArrayBuffer(8));
    await fuzz({ target: name, seed: Number(seed), time, ...bounds, folder, at });
    const strays = [root, join(root, "work")].flatMap((at) => [...Deno.readDirSync(at)])
      .filter((entry) => !["work", String(i)].includes(entry.name));
    for (const stray of strays) {
      tell({ target: name, wrong: `wrote ${stray.name} outside its folder` });
    }
    await Deno.remove(folder, { recursive: true }).catch(() => {});
  }
  await Deno.remove(root, { recursive: true });
  return found > 0 ? 1 : 0;
}

function tell(finding: { target: string; case?: number; wrong: string }): void {
  found++;
  console.log(JSON.stringify(finding));
}

/** Runs a target's cases in a thread that can be ended. */
async function fuzz(order: Order): Promise<void> {
  const { target } = order;
  const before = process.resourceUsage().maxRSS;
  const worker = new Worker(new URL("./cases.ts", import.meta.url), { type: "module" });
  const { promise, resolve } = Promise.withResolvers<void>();
  let [at, begun, spent] = [NaN, performance.now(), process.cpuUsage()];
  // A case that takes too long tells so itself once it ends: this is for those that do not.
  const watch = setInterval(() => {
    if (at !== order.at[0]) {
      return [at, begun, spent] = [order.at[0]!, performance.now(), process.cpuUsage()];
    }
    const { user, system } = process.cpuUsage(spent);
    if (user + system > 4e6 * LONGEST) ends(`does not end after ${4 * LONGEST} s`);
    else if (performance.now() - begun > WAITS) ends("waits for what never comes");
  }, 1000);
  function ends(wrong: string) {
    tell({ target, case: at, wrong });
    resolve();
  }
  worker.onmessage = ({ data: news }: MessageEvent<News>) => {
    if ("ended" in news) {
      const peak = process.resourceUsage().maxRSS;
      const { cases, refused } = news;
      console.log(JSON.stringify({ target, cases, refused, peakMiB: Math.round(peak / 1024) }));
      if (!order.large && peak - before > order.most) {
        tell({ target, wrong: `took ${peak - before} KiB` });
      }
      return resolve();
    }
    tell({ target, ...news });
  };
  worker.onerror = (event) => {
    event.preventDefault();
    ends(`ended the thread: ${event.message}`);
  };
  worker.postMessage(order);
  await promise;
  clearInterval(watch);
  worker.terminate();
}
