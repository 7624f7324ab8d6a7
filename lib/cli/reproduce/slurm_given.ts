/**
 * What a user may ask of the cluster: the keys of `--slurm KEY=VALUE`, and a file with the site's own lines.
 *
 * @module
 */
import { readText } from "../../bounds.ts";
import { nearest } from "../../errors.ts";
import type { SlurmOptions } from "../../lab/slurm/options.ts";
import { type SiteLines, siteLines } from "../../lab/slurm/site_lines.ts";
import { UsageError } from "../options.ts";

/**
 * Reads the values of `--slurm`.
 *
 * @param given `KEY=VALUE` each
 * @throws {UsageError} for an unknown key, a value that its key does not take, and a file that can't be used
 */
export async function slurmOptions(given: readonly string[]): Promise<SlurmOptions> {
  const texts = new Map<string, string>();
  for (const pair of given) {
    const at = pair.indexOf("=");
    const [key, value] = at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
    const kind = kinds.get(key);
    if (!kind) throw new UsageError(`--slurm does not know ${JSON.stringify(key)}: ${advice(key)}`);
    if (texts.has(key)) throw new UsageError(`--slurm ${key} is given twice: give it once`);
    if (!kind.pattern.test(value)) {
      throw new UsageError(`--slurm ${key}=${kind.hint}: got ${JSON.stringify(value)}`);
    }
    texts.set(key, value);
  }
  const whole = (key: string) => texts.has(key) ? Number(texts.get(key)) : undefined;
  const file = texts.get("file");
  return {
    partition: texts.get("partition"),
    account: texts.get("account"),
    gpus: texts.get("gpus"),
    time: texts.get("time"),
    mem: texts.get("mem"),
    cpus: whole("cpus"),
    atOnce: whole("at-once"),
    retries: whole("retries") ?? 2,
    detach: texts.get("detach") === "true",
    ...file === undefined ? { directives: [], setup: [] } : await readSite(file),
  };
}

/**
 * The options for `--runner`, or undefined for one that is not Slurm.
 *
 * @throws {UsageError} as {@linkcode slurmOptions}, and for `--slurm` without that runner
 */
export async function slurmFor(
  runner: string,
  given: readonly string[],
): Promise<SlurmOptions | undefined> {
  if (runner === "slurm") return await slurmOptions(given);
  if (given.length === 0) return undefined;
  throw new UsageError("--slurm is for a cluster: give --runner slurm with it");
}

/** The keys, what their values look like, and that in words. */
const kinds = new Map<string, { pattern: RegExp; hint: string }>([
  ["partition", { pattern: /^[\w.,-]+$/, hint: "NAME takes a partition" }],
  ["account", { pattern: /^[\w.@-]+$/, hint: "NAME takes an account" }],
  ["gpus", { pattern: /^([\w.-]+:)?[1-9]\d*$/, hint: "N takes a number or TYPE:N" }],
  ["time", {
    pattern: /^(\d+(:\d{2}){0,2}|\d+-\d{1,2}(:\d{2}){0,2})$/,
    hint: "LIMIT takes minutes, H:MM:SS or D-HH:MM:SS",
  }],
  ["mem", { pattern: /^[1-9]\d*[KMGT]?$/, hint: "SIZE takes a size such as 16G" }],
  ["cpus", { pattern: /^[1-9]\d*$/, hint: "N takes a number of cores" }],
  ["at-once", { pattern: /^[1-9]\d*$/, hint: "N takes a number of tasks" }],
  ["retries", { pattern: /^\d+$/, hint: "N takes a number" }],
  ["detach", { pattern: /^(true|false)$/, hint: "true|false takes one of the two" }],
  ["file", { pattern: /./, hint: "PATH takes a file with #SBATCH and shell lines" }],
]);

/** The keys that `--slurm` knows. */
export const slurmKeys: readonly string[] = [...kinds.keys()];

function advice(key: string): string {
  const meant = nearest(key, slurmKeys);
  return meant === undefined ? `one of ${slurmKeys.join(", ")}` : `did you mean ${meant}?`;
}

async function readSite(path: string): Promise<SiteLines> {
  let text: string;
  try {
    text = await readText(path);
  } catch {
    throw new UsageError(`--slurm file=${path} can't be read: name a file with #SBATCH lines`);
  }
  return siteLines(text, path);
}
