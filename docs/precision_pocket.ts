/**
 * Writes data/precision/pocket.json from folders of results, each followed by one of the same cells in bfloat16:
 *
 *     deno task reproduce --full --only base-to-new --methods coop,prograd,ivlp,prometar --seeds 1,2 --out out/fp32
 *     deno task reproduce … --precision bf16 --out out/bf16
 *     deno run -A docs/precision_pocket.ts out/fp32 out/bf16
 */
import { UserError } from "../lib/errors.ts";
import { readPlan } from "../lib/lab/mod.ts";
import { readRecord } from "../lib/protocols/mod.ts";

/** One accuracy in both precisions, in percent. */
export interface Pair {
  protocol: string;
  method: string;
  dataset: string;
  shots: number;
  seed: number;
  /** Which classes of the data set were told apart. */
  classes: string;
  fp32: number;
  bf16: number;
}

/** data/precision/pocket.json. */
export interface PocketPairs {
  /** What ran the cells in float32. */
  command: string;
  device: string;
  /** Seconds that the cells took together, by precision. */
  seconds: { fp32: number; bf16: number };
  pairs: Pair[];
}

/** The accuracies of a folder of results by what was measured, and the seconds that its cells took. */
async function accuracies(out: string) {
  const plan = await readPlan(out);
  const found = new Map<string, number>();
  let [seconds, device, command] = [0, "", ""];
  for (const { id, cell } of plan.cells) {
    const record = await readRecord(out, id);
    if (!record) throw new UserError(`${out} lacks the record of ${id}: run its command again.`);
    seconds += record.seconds.total;
    device = record.backend.device;
    command = record.command.replace(/ --out \S+/, "");
    for (const { classes, metrics } of record.results) {
      const { protocol, method, dataset, shots, seed } = cell;
      const key = JSON.stringify({ protocol, method, dataset, shots, seed, classes });
      found.set(key, metrics.accuracy);
    }
  }
  return { plan, found, seconds, device, command };
}

/** What two folders of the same cells say. */
async function pairsOf(fp32: string, bf16: string): Promise<PocketPairs> {
  const [full, half] = [await accuracies(fp32), await accuracies(bf16)];
  if (full.plan.precision !== undefined || half.plan.precision !== "bf16") {
    throw new UserError(`${fp32} is to be of fp32, and ${bf16} of bf16.`);
  }
  const round = (x: number) => Math.round(x * 1e4) / 1e4;
  return {
    ...{ device: half.device, command: full.command },
    seconds: { fp32: full.seconds, bf16: half.seconds },
    pairs: [...full.found].flatMap(([key, accuracy]): Pair[] => {
      const other = half.found.get(key);
      if (other === undefined) return [];
      return [{ ...JSON.parse(key), fp32: round(accuracy), bf16: round(other) }];
    }),
  };
}

if (import.meta.main) {
  const found: PocketPairs[] = [];
  for (let i = 0; i + 1 < Deno.args.length; i += 2) {
    found.push(await pairsOf(Deno.args[i]!, Deno.args[i + 1]!));
  }
  const [first] = found;
  if (!first) throw new UserError("name two folders: of fp32 and of bf16.");
  const total = (of: "fp32" | "bf16") =>
    Math.round(found.reduce((sum, { seconds }) => sum + seconds[of], 0));
  const { device, command } = first;
  const head = { command, device, seconds: { fp32: total("fp32"), bf16: total("bf16") } };
  const lines = found.flatMap(({ pairs }) => pairs.map((row) => `  ${JSON.stringify(row)}`));
  await Deno.writeTextFile(
    new URL("../data/precision/pocket.json", import.meta.url),
    `${JSON.stringify(head, null, 1).slice(0, -2)},\n "pairs": [\n${lines.join(",\n")}\n ]\n}\n`,
  );
}
