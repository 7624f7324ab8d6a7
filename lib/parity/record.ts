/**
 * One record of a parity folder, run and judged.
 *
 * @module
 */
import { shown } from "../shape.ts";
import { UserError } from "../errors.ts";
import { type Comparison, same, skip, strain } from "./compare.ts";
import { verifyData } from "./data.ts";
import type { ParityFolder, ParityRecord } from "./manifest.ts";
import { holdsFeatures, verifyAdapter } from "./adapter_replay.ts";
import { isTowerRecord, verifyTower } from "./tower_replay.ts";
import { verifyTrajectory } from "./trajectory.ts";

/** What became of a record: a line of the table. */
export interface ParityRow {
  /** The record's name in the manifest. */
  record: string;
  /** Steps of a trajectory, comparisons of a data record. */
  items: number;
  /** What came closest to its tolerance, or went furthest beyond. Absent where nothing could be compared. */
  worst?: Comparison;
  /**
   * `out`: beyond its tolerance; `failed`: could not be checked; `absent`: published code's, of a method that is not here
   * yet.
   */
  verdict: "ok" | "out" | "failed" | "absent";
  /** Why it could not be checked, one line. */
  failure?: string;
  /** What the record holds and was not compared, a line each. */
  notes: string[];
  /** The backend that computed. */
  backend: string;
  /** Seconds that the check took, reading included. */
  seconds: number;
}

/** Checks a record. What goes wrong is its verdict: it never throws. */
export async function verifyRecord(
  folder: ParityFolder,
  record: ParityRecord,
  backend: string,
): Promise<ParityRow> {
  const begun = performance.now();
  const seconds = () => (performance.now() - begun) / 1000;
  const row = { record: record.name, items: 0, notes: [] as string[], backend };
  try {
    const found = await listed(folder, record);
    const steps = await check(folder, record, found);
    const compared = found.filter(({ skipped }) => skipped === undefined);
    const notes = skippedNotes(found);
    if (compared.length === 0) throw new UserError("It holds nothing that can be compared.");
    const worst = compared.reduce((a, b) => strain(b) > strain(a) ? b : a);
    return {
      ...row,
      items: steps ?? compared.length,
      worst,
      verdict: strain(worst) <= 1 ? "ok" : "out",
      notes,
      seconds: seconds(),
    };
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    const failure = error instanceof UserError ? message : `${name}: ${message}`;
    const awaited = record.source && /^(there is no method|No check knows)/.test(message);
    return {
      ...row,
      verdict: awaited ? "absent" : "failed",
      failure: awaited ? "no such method here yet" : failure.split("\n")[0]!,
      seconds: seconds(),
    };
  }
}

/** What was not compared, a line for each reason. */
function skippedNotes(found: Comparison[]): string[] {
  const reasons = new Map<string, string[]>();
  for (const { what, skipped } of found) {
    if (skipped !== undefined) reasons.set(skipped, [...reasons.get(skipped) ?? [], what]);
  }
  return [...reasons].map(([reason, whats]) => `not compared: ${whats.join(", ")} (${reason})`);
}

/** Adds a record's comparisons to `found`. @returns the steps of a trajectory */
async function check(
  folder: ParityFolder,
  record: ParityRecord,
  found: Comparison[],
): Promise<number | undefined> {
  if (record.kind === "data") {
    found.push(...await verifyData(folder, record));
    return undefined;
  }
  if (record.kind !== "trajectory") {
    throw new UserError(`Its kind is ${shown(record.kind)}, neither trajectory nor data.`);
  }
  const verify = holdsFeatures(record)
    ? verifyAdapter
    : isTowerRecord(record)
    ? verifyTower
    : verifyTrajectory;
  const { steps, comparisons } = await verify(folder, record);
  found.push(...comparisons);
  return steps;
}

/** The tensors that the manifest lists are the file's. */
async function listed(folder: ParityFolder, record: ParityRecord): Promise<Comparison[]> {
  folder.find(record.file);
  if (!record.tensors || !record.file.endsWith(".safetensors")) return [];
  const file = await folder.open(record.file);
  const entries = Object.entries(record.tensors);
  const present = entries.filter(([key]) => file.keys.includes(key));
  const absent = entries.filter(([key]) => !file.keys.includes(key)).map(([key]) => key);
  const shapes = present.map(([key, { shape }]) => [key, shape]);
  const own = present.map(([key]) => [key, file.shape(key)]);
  return [
    ...(present.length > 0 ? [same("shapes in the manifest", own, shapes)] : []),
    ...absent.map((key) => skip(key, "the manifest lists it, the file does not have it")),
  ];
}
