/**
 * The settings of every method in the report, with those marked that differ from the preset, and the machines the runs
 * were made on.
 *
 * @module
 */

import { type ReportContext, type Run, titled } from "../context.ts";
import { labels, latest, shown } from "../rows.ts";
import type { ReportTable, Value } from "../table.ts";

/** One row for every method and setting; a setting that differs between runs of a method shows all its values. */
export function settingsTable(records: readonly Run[], context: ReportContext): ReportTable {
  const label = labels(records, titled(context.titles));
  const groups = Map.groupBy(latest(records), label);
  const rows = [...groups].flatMap(([name, group]) => {
    const presets = distinct(group.map(({ preset }) => `${preset.name} (${preset.table})`));
    const keys = new Set(group.flatMap(({ settings }) => Object.keys(settings)));
    return [...keys].map((key): Record<string, Value> => ({
      label: name,
      preset: presets,
      key,
      value: distinct(group.map(({ settings }) => shown(settings[key]))),
      changed: group.some(({ overrides }) => overrides.includes(key))
        ? { text: "changed", mark: "changed" }
        : "as in the preset",
    }));
  });
  return {
    id: "settings",
    title: "Settings",
    columns: [
      { key: "label", title: "method" },
      { key: "preset", title: "preset" },
      { key: "key", title: "setting" },
      { key: "value", title: "value" },
      { key: "changed", title: "" },
    ],
    rows,
    notes: [],
  };
}

/** One row for every combination of weights, backend, device, versions and code. */
export function machinesTable(records: readonly Run[]): ReportTable {
  const groups = Map.groupBy(
    records,
    ({ clip, backend, versions, code }) => JSON.stringify([clip, backend, versions, code]),
  );
  const rows = [...groups.values()].map((group): Record<string, Value> => {
    const { clip, backend, versions, code } = group[0]!;
    return {
      runs: group.length,
      weights: `${clip.name}, ${clip.description} (SHA-256 ${clip.sha256.slice(0, 16)})${
        clip.assumed ? `; ${clip.assumed}` : ""
      }`,
      backend: `${backend.name} on ${backend.device}: ${backend.reason}`,
      versions: Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(", "),
      code: code === undefined
        ? "not a clone"
        : `${code.commit.slice(0, 12)}${code.dirty ? " with local changes" : ""}`,
      training: sum(group.map(({ seconds }) => seconds.training)),
      evaluation: sum(group.map(({ seconds }) => seconds.evaluation)),
      total: sum(group.map(({ seconds }) => seconds.total)),
    };
  });
  return {
    id: "machines",
    title: "Weights, machine and time",
    columns: [
      { key: "runs", title: "runs", decimals: 0 },
      { key: "weights", title: "weights" },
      { key: "backend", title: "backend" },
      { key: "versions", title: "versions" },
      { key: "code", title: "code" },
      { key: "training", title: "training, s", decimals: 1 },
      { key: "evaluation", title: "testing, s", decimals: 1 },
      { key: "total", title: "total, s", decimals: 1 },
    ],
    rows,
    notes: [],
  };
}

function distinct(texts: string[]): string {
  return [...new Set(texts)].join("; ");
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
