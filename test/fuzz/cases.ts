/** The thread that runs cases of one target and says what it found. */
import { UserError } from "../../lib/errors.ts";
import { Random } from "../../lib/random/mod.ts";
import process from "node:process";
import { targets } from "./targets.ts";

/** What the thread is told. */
export interface Order {
  target: string;
  seed: number;
  /** Milliseconds of work; a few cases are run whatever they take. */
  time: number;
  /** Whether files are large, and their cost is held to the proportion of their bytes. */
  large: boolean;
  /** Seconds of processor time, of all threads of the process, that a case may take, besides so many for each megabyte. */
  longest: number;
  perMegabyte: number;
  /** What the process may hold more after a case than before, in KiB, besides so many for each KiB of the file. */
  most: number;
  perByte: number;
  /** A folder of its own. */
  folder: string;
  /** Shared: the number of the case that is being run. */
  at: Float64Array;
}

/** What it says: something that should not be, or that its time is over. */
export type News =
  | { case: number; wrong: string }
  | { ended: true; cases: number; refused: number };

/** Cases at least, so that a busy machine tests something too; of large ones fewer. */
const FEWEST = 10;
const FEWEST_LARGE = 3;

const port = self as unknown as {
  onmessage: (event: MessageEvent<Order>) => void;
  postMessage(news: News): void;
};

port.onmessage = async ({ data: order }) => {
  const { target, seed, time, large, folder, at } = order;
  const { mutated, open, most = 0 } = targets[target]!;
  const end = performance.now() + time;
  let [cases, refused] = [0, 0];
  const fewest = large ? FEWEST_LARGE : FEWEST;
  for (; cases < fewest || performance.now() < end; cases++) {
    const number = seed + cases;
    at[0] = number;
    if (cases % 256 === 0) await new Promise((resolve) => setTimeout(resolve)); // let memory be freed
    const file = mutated(new Random(number), large);
    const longest = order.longest + order.perMegabyte * file.length / 1e6;
    const bound = Math.max(1024 * most, order.most + order.perByte * file.length / 1024);
    const before = process.cpuUsage();
    const held = process.resourceUsage().maxRSS;
    try {
      await open(file, folder);
    } catch (error) {
      refused++;
      const wrong = fault(error);
      if (wrong) port.postMessage({ case: number, wrong });
    }
    const { user, system } = process.cpuUsage(before);
    const seconds = (user + system) / 1e6;
    if (seconds > longest) {
      port.postMessage({
        case: number,
        wrong: `took ${seconds.toFixed(1)} s for ${file.length} bytes`,
      });
    }
    const more = process.resourceUsage().maxRSS - held;
    if (more > bound) {
      port.postMessage({ case: number, wrong: `took ${more} KiB for ${file.length} bytes` });
    }
    if (polluted()) port.postMessage({ case: number, wrong: "changed Object.prototype" });
  }
  port.postMessage({ ended: true, cases, refused });
};

/** Why an error is none that a user should meet. */
function fault(error: unknown): string | undefined {
  if (!(error instanceof UserError)) {
    return `threw ${
      error instanceof Error ? `${error.stack?.split("\n").slice(0, 4).join(" ")}` : String(error)
    }`;
  }
  // deno-lint-ignore no-control-regex -- a message must not steer the terminal
  if (/[\0-\x1f\x7f\u202e]/.test(error.message)) {
    return `says ${JSON.stringify(error.message.slice(0, 300))}`;
  }
  if (error.message.length > 1500) {
    return `says ${error.message.length} letters: ${error.message.slice(0, 80)}`;
  }
}

function polluted(): boolean {
  // deno-lint-ignore guard-for-in -- anything at all would be wrong
  for (const _ in {}) return true;
  return Object.hasOwn(Object.prototype, "polluted");
}
