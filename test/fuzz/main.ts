/**
 * Fuzzes the readers: `main.ts SECONDS [SEED] [TARGET]`. Prints a line of JSON for each finding and one for each target,
 * and ends with 1 where anything was found. A case is repeated by its number: `main.ts 0.1 NUMBER TARGET`.
 */
import { join } from "node:path";
import process from "node:process";
import type { News, Order } from "./cases.ts";
import { targets } from "./targets.ts";

/** Milliseconds after which a case that says nothing is taken to hang: many times what it may take of the processor. */
const HANGS = 60_000;

/** What the process may hold at its peak beyond what it held before, in KiB. The files are of kilobytes. */
const MOST_MEMORY = 1024 * 1024;

const [seconds = "20", seed = "1", only] = Deno.args;
const names = Object.keys(targets).filter((name) => only === undefined || name === only);
const root = await Deno.makeTempDir({ prefix: "plumbline-fuzz-" });
let found = 0;
for (const [i, name] of names.entries()) {
  const folder = join(root, "work", String(i));
  await Deno.mkdir(folder, { recursive: true });
  const time = 1000 * Number(seconds) / names.length;
  await fuzz({ target: name, seed: Number(seed), time, folder });
  const strays = [...Deno.readDirSync(root)].filter(({ name }) => name !== "work");
  if (strays.length > 0) {
    tell({ target: name, wrong: `wrote ${strays[0].name} outside its folder` });
  }
  await Deno.remove(folder, { recursive: true }).catch(() => {});
}
await Deno.remove(root, { recursive: true });
Deno.exit(found > 0 ? 1 : 0);

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
  let at = order.seed;
  let hangs = setTimeout(hung, HANGS);
  function hung() {
    tell({ target, case: at, wrong: `says nothing for ${HANGS / 1000} s` });
    resolve();
  }
  worker.onmessage = ({ data: news }: MessageEvent<News>) => {
    clearTimeout(hangs);
    if ("ended" in news) {
      const peak = process.resourceUsage().maxRSS;
      const { cases, refused } = news;
      console.log(JSON.stringify({ target, cases, refused, peakMiB: Math.round(peak / 1024) }));
      if (peak - before > MOST_MEMORY) tell({ target, wrong: `took ${peak - before} KiB` });
      return resolve();
    }
    hangs = setTimeout(hung, HANGS);
    if ("begins" in news) at = news.begins;
    else tell({ target, case: news.case, wrong: news.wrong });
  };
  worker.onerror = (event) => {
    event.preventDefault();
    clearTimeout(hangs);
    tell({ target, case: at, wrong: `ended the thread: ${event.message}` });
    resolve();
  };
  worker.postMessage(order);
  await promise;
  worker.terminate();
}
