/**
 * The table that `deno task verify` prints.
 *
 * @module
 */
import type { ParityRow } from "./record.ts";

/** A line for each record, and below them what could not be checked and what was not compared. */
export function parityTable(rows: ParityRow[]): string {
  const head = [
    "record",
    "steps",
    "worst error",
    "in",
    "tolerance",
    "backend",
    "seconds",
    "verdict",
  ];
  const lines = [head, ...rows.map(cells)];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  const right = new Set([1, 2, 4, 6]);
  const aligned = lines.map((line) =>
    line.map((cell, column) =>
      right.has(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)
    ).join("  ").trimEnd()
  );
  const failures = rows.filter(({ verdict }) => verdict === "failed")
    .map(({ record, failure }) => `${record}: ${failure}`);
  const notes = rows.flatMap(({ record, notes }) => notes.map((note) => `${record}: ${note}.`));
  return [...aligned, "", ...failures, ...notes, summary(rows)].join("\n");
}

function cells({ record, items, worst, backend, seconds, verdict }: ParityRow): string[] {
  return [
    record,
    items === 0 ? "" : String(items),
    worst ? worst.error.toExponential(1) : "",
    worst && worst.error > 0 ? worst.what : "",
    worst ? worst.tolerance === 0 ? "exact" : worst.tolerance.toExponential(0) : "",
    backend,
    seconds.toFixed(1),
    { ok: "ok", out: "OUT", failed: "FAILED", absent: "no such method here yet" }[verdict],
  ];
}

function summary(rows: ParityRow[]): string {
  const absent = rows.filter(({ verdict }) => verdict === "absent").length;
  const bad = rows.filter(({ verdict }) => verdict !== "ok" && verdict !== "absent");
  const seconds = rows.reduce((sum, row) => sum + row.seconds, 0);
  const time = `${seconds.toFixed(0)} s`;
  return bad.length === 0
    ? absent > 0
      ? `${
        rows.length - absent
      } records are within tolerance, ${absent} wait for their methods (${time}).`
      : `All ${rows.length} records are within tolerance (${time}).`
    : `${bad.length} of ${rows.length} records are out of tolerance or could not be checked (${time}).`;
}
