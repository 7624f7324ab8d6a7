/**
 * The other measures beside top-1 accuracy, averaged over seeds.
 *
 * @module
 */

import { op } from "../arquero.ts";
import { type Row, table } from "../rows.ts";
import { type ReportTable, runAnchor, type Value } from "../table.ts";

/** A row for every method, data set and group of classes. */
export function measuresTable(rows: readonly Row[]): ReportTable {
  const found = rows.length === 0 ? [] : table(rows)
    .groupby("protocol", "label", "dataset", "shots", "target", "classes")
    .rollup({
      cells: op.array_agg("cell"),
      images: op.max("images"),
      accuracy: op.mean("accuracy"),
      top5: op.mean("top5"),
      macroF1: op.mean("macroF1"),
      perClassAccuracy: op.mean("perClassAccuracy"),
      calibrationError: op.mean("calibrationError"),
    })
    .objects() as (Record<string, Value> & { cells: string[] })[];
  return {
    id: "measures",
    title: "Further measures",
    columns: [
      { key: "protocol", title: "protocol" },
      { key: "label", title: "method" },
      { key: "dataset", title: "trained on" },
      { key: "shots", title: "shots", decimals: 0 },
      { key: "target", title: "tested on" },
      { key: "classes", title: "classes" },
      { key: "n", title: "runs" },
      { key: "images", title: "images", decimals: 0 },
      { key: "accuracy", title: "top-1, %" },
      { key: "top5", title: "top-5, %" },
      { key: "macroF1", title: "macro-F1, %" },
      { key: "perClassAccuracy", title: "per class, %" },
      { key: "calibrationError", title: "ECE, %" },
    ],
    rows: found.map(({ cells, ...row }) => ({
      ...row,
      n: { text: String(cells.length), href: `#${runAnchor(cells[0]!)}` },
    })),
    notes: [
      "Unit: seeds. Means over them; the number of runs leads to the first of them. Macro-F1 and the mean of per-class accuracies are over the classes that occur; ECE is the expected calibration error with 15 bins.",
    ],
  };
}
