/**
 * A user's own table of pictures as a data set: rows of path and label, and perhaps a split, from CSV or Parquet.
 *
 * @module
 */

import { dirname, extname, resolve } from "node:path";
import { UserError } from "../errors.ts";
import { Random } from "../random/mod.ts";
import { csvRows } from "./csv.ts";
import type { Splits } from "./dataset.ts";
import { needed, SPLIT_SEED } from "./layout.ts";
import { byThirds } from "./made_split.ts";
import { type OwnDataset, ownDataset, PLAIN_TEMPLATE } from "./own_folder.ts";
import { parquetRows } from "./parquet.ts";
import { staysInside } from "./split.ts";

/** A row of a table, by column. */
export type Row = Record<string, string>;

/**
 * The data set of a CSV or Parquet file, named after it. Columns: `path`, relative to the file's folder; `label`, the class's name;
 * and, if there, `split` (train, val or test), without which each class is split 50/20/30 at random, always the same way. Classes are
 * sorted by name.
 *
 * @param template the prompt template
 *
 * @example
 * ```ts
 * import { tableDataset } from "@plumbline/plumbline";
 * import assert from "node:assert/strict";
 * const file = `${await Deno.makeTempDir()}/birds.csv`;
 * await Deno.writeTextFile(file, "path,label,split\n1.jpg,wren,train\n2.jpg,robin,test\n");
 * const birds = await tableDataset(file).load();
 * assert.deepEqual(birds.classNames, ["robin", "wren"]);
 * ```
 */
export function tableDataset(path: string, template: string = PLAIN_TEMPLATE): OwnDataset {
  return ownDataset(path, template, () => readTable(resolve(path)), dirname(resolve(path)));
}

async function readTable(file: string): Promise<Splits & { splitFrom: string }> {
  const bytes = await needed(file);
  const rows = extname(file).toLowerCase() === ".parquet"
    ? await parquetRows(bytes, file)
    : csvRows(new TextDecoder().decode(bytes), file);
  if (rows.length === 0) throw new UserError(`${file} has no rows: give one for each picture.`);
  for (const column of ["path", "label"]) {
    if (!(column in rows[0])) {
      throw new UserError(
        `${file} has no column "${column}" (it has ${
          Object.keys(rows[0]).join(", ")
        }): name its columns path, label and ` +
          "perhaps split.",
      );
    }
  }
  const names = [...new Set(rows.map((row) => row.label))].sort();
  const labels = new Map(names.map((name, label) => [name, label]));
  const items = rows.map((row, i) => item(row, i, labels, file));
  if ("split" in rows[0]) {
    return { ...divided(rows, items, file), splitFrom: `${file}: its column split` };
  }
  const classes = names.map((className, label) => ({
    label,
    className,
    paths: items.filter((item) => item.label === label).map((item) => item.path),
  }));
  return {
    ...byThirds(classes, new Random(SPLIT_SEED), file),
    splitFrom: `${file}: 50/20/30 of each class at random, seed ${SPLIT_SEED}`,
  };
}

function item({ path, label }: Row, i: number, labels: Map<string, number>, file: string) {
  if (label.trim() === "") {
    throw new UserError(`row ${i + 1} of ${file} has no label: give the class's name.`);
  }
  if (!staysInside(path)) {
    throw new UserError(
      `row ${
        i + 1
      } of ${file} has the path "${path}": paths are relative to the file's folder and stay in it.`,
    );
  }
  return { path, label: labels.get(label)!, className: label };
}

function divided(rows: Row[], items: Splits["train"], file: string): Splits {
  const splits: Splits = { train: [], val: [], test: [] };
  rows.forEach(({ split }, i) => {
    if (split !== "train" && split !== "val" && split !== "test") {
      throw new UserError(
        `row ${i + 1} of ${file} has the split "${split}": known are train, val and test.`,
      );
    }
    splits[split].push(items[i]);
  });
  return splits;
}
