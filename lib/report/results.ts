/**
 * The results part of a report: a table and a figure for every experiment, split by CLIP and shots where they differ.
 *
 * @module
 */

import type { ReportExperiment } from "./context.ts";
import type { Block } from "./document.ts";
import { accuracyBars } from "./figures/accuracy_bars.ts";
import { accuracyOverShots } from "./figures/accuracy_over_shots.ts";
import { transferDots } from "./figures/transfer_dots.ts";
import type { Row } from "./rows.ts";
import type { ReportTable } from "./table.ts";
import { averageTitle, baseToNewRows, baseToNewTable } from "./tables/base_to_new.ts";
import type { About, Fairness } from "./tables/about.ts";
import { beside } from "./tables/beside.ts";
import { differencesTable } from "./tables/differences.ts";
import { fewShotRows, fewShotTable } from "./tables/few_shot.ts";
import { targetMean, transferRows, transferTable } from "./tables/transfer.ts";

/**
 * The tables and figures of an experiment. Its first table has its id.
 *
 * @param fairness which cells may be held against published values
 */
export function results(
  { id, title, protocol }: ReportExperiment,
  rows: readonly Row[],
  fairness: Fairness,
): Block[] {
  const clips = Map.groupBy(rows, ({ clip }) => clip);
  return [...clips].flatMap(([clip, group]) => {
    const own = clips.size > 1 ? `${id}/${clip}` : id;
    const held = (table: ReportTable, about: Parameters<typeof beside>[2]): Block => ({
      kind: "table",
      table: beside(table, protocol, about, fairness),
    });
    return ofClip(own, title, `CLIP ${clip}`, group, held);
  });
}

function ofClip(
  id: string,
  title: string,
  clip: string,
  rows: readonly Row[],
  held: (table: ReportTable, about: Parameters<typeof beside>[2]) => Block,
): Block[] {
  const of = (label: unknown, kept: (row: Row) => boolean) =>
    rows.filter((row) => row.label === label && kept(row));
  const isOf = (dataset: unknown) => (row: Row) =>
    dataset === averageTitle || row.dataset === dataset;
  if (rows.some(({ protocol }) => protocol === "few-shot")) {
    const heading = `${title}, ${clip}`;
    return [
      held(fewShotTable(id, heading, rows), ({ label, dataset }, key) => {
        const shots = Number(key.replace("shots", ""));
        const own = of(label, (row) => isOf(dataset)(row) && row.shots === shots);
        return described(own, String(dataset), "accuracy");
      }),
      figure(
        accuracyOverShots(heading, fewShotRows(rows)),
        "Test accuracy over the training images per class.",
      ),
      ...differences(id, heading, rows),
    ];
  }
  const shots = byShots(rows);
  return shots.flatMap(([n, group]): Block[] => {
    const own = shots.length > 1 ? `${id}/${n}-shot` : id;
    const setting = `${clip}, ${n} training images per class`;
    const within = new Set(group);
    if (group.some(({ classes }) => classes !== "all")) {
      const heading = `${title}, ${setting}`;
      return [
        held(baseToNewTable(own, heading, group), ({ label, dataset }, key) => {
          const rows = of(label, (row) => within.has(row) && isOf(dataset)(row));
          return described(rows, String(dataset), baseToNewMeasures[key]!, n);
        }),
        figure(
          accuracyBars(heading, baseToNewRows(group)),
          "Accuracy on base classes, on new classes, and their harmonic mean.",
        ),
        ...differences(own, heading, group),
      ];
    }
    const sources = Map.groupBy(group, ({ dataset }) => dataset);
    return [...sources].flatMap(([source, from]): Block[] => {
      const heading = `${title} from ${source}, ${setting}`;
      const here = sources.size > 1 ? `${own}/${source}` : own;
      const table = transferTable(here, heading, from);
      return [
        held(table, ({ target }, key) => {
          const name = String(target).replace(/ \(source\)$/, "");
          const rows = of(
            key.replace(/^method /, ""),
            (row) =>
              from.includes(row) &&
              (name === targetMean ? row.target !== source : row.target === name),
          );
          return described(rows, source, name, n);
        }),
        figure(
          transferDots(heading, transferRows(from)),
          "Accuracy on each set of what was trained on the source.",
        ),
        ...differences(here, heading, from),
      ];
    });
  });
}

const baseToNewMeasures: Record<string, string> = {
  base: "base",
  novel: "new",
  harmonic: "H",
  meanHarmonic: "mean of H",
};

function described(
  rows: Row[],
  dataset: string,
  measure: string,
  shots: number = rows[0]?.shots ?? 0,
): About | undefined {
  if (rows.length === 0) return undefined;
  const [{ label, method }] = rows as [Row];
  return { label, method, dataset, measure, shots, rows };
}

/** Rows by their shots; what learns nothing (zero-shot) belongs to every number of shots, once a seed. */
function byShots(rows: readonly Row[]): [number, Row[]][] {
  const learning = rows.filter(({ learns }) => learns);
  const groups = Map.groupBy(learning.length > 0 ? learning : rows, ({ shots }) => shots);
  if (learning.length === 0) return [...groups];
  const untrained = new Map(
    rows.filter(({ learns }) => !learns).map((row) => [
      JSON.stringify([row.label, row.dataset, row.target, row.classes, row.seed]),
      row,
    ]),
  );
  const everywhere = new Set(untrained.values());
  return [...groups.keys()].map((shots) => [
    shots,
    rows.filter((row) => everywhere.has(row) || (row.learns && row.shots === shots)),
  ]);
}

function differences(id: string, heading: string, rows: readonly Row[]): Block[] {
  const table = differencesTable(id, heading, rows);
  return table ? [{ kind: "table", table }] : [];
}

function figure(svg: string, caption: string): Block {
  return { kind: "figure", svg, caption };
}
