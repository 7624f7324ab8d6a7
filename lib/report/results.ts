/**
 * The results part of a report: a table and a figure for every experiment, split by CLIP and shots where they differ.
 *
 * @module
 */

import type { ReportContext, ReportExperiment, Run } from "./context.ts";
import type { Block } from "./document.ts";
import { accuracyBars } from "./figures/accuracy_bars.ts";
import { accuracyOverShots } from "./figures/accuracy_over_shots.ts";
import { transferDots } from "./figures/transfer_dots.ts";
import { type EpochRow, trainingCurves } from "./figures/training_curves.ts";
import { labels, latest, type Row } from "./rows.ts";
import type { ReportTable } from "./table.ts";
import { averageTitle, baseToNew, baseToNewTable } from "./tables/base_to_new.ts";
import { type About, beside } from "./tables/beside.ts";
import { fewShot, fewShotTable } from "./tables/few_shot.ts";
import { targetMean, transfer, transferTable } from "./tables/transfer.ts";

/**
 * The tables and figures of an experiment. Its first table has its id.
 *
 * @param fair whether a cell may be held against published values
 */
export function results(
  { id, title, protocol }: ReportExperiment,
  rows: readonly Row[],
  fair: (cell: string) => boolean,
): Block[] {
  const clips = Map.groupBy(rows, ({ clip }) => clip);
  return [...clips].flatMap(([clip, group]) => {
    const own = clips.size > 1 ? `${id}/${clip}` : id;
    const held = (table: ReportTable, about: Parameters<typeof beside>[2]): Block => ({
      kind: "table",
      table: beside(table, protocol, about, fair),
    });
    return ofClip(own, title, `CLIP ${clip}`, group, held);
  });
}

/** Loss and accuracy over the epochs of all runs that trained. */
export function training(records: readonly Run[], context: ReportContext): Block[] {
  const title = (name: string) => context.titles?.[name] ?? name;
  const label = labels(records, title);
  const shown = latest(records);
  const protocols = Map.groupBy(shown, ({ cell }) => cell.protocol);
  const most = (protocol: string) =>
    Math.max(...(protocols.get(protocol) ?? []).map(({ cell }) => cell.shots));
  const drawn = shown.filter(({ cell }) => cell.shots === most(cell.protocol));
  const rows = (measure: "loss" | "accuracy"): EpochRow[] =>
    drawn.flatMap((record) => {
      const { protocol, method, dataset, seed } = record.cell;
      const panel = protocols.size > 1 ? `${title(dataset)}, ${protocol}` : title(dataset);
      return record.epochs.map((epoch) => ({
        panel,
        label: label(record),
        method,
        seed,
        epoch: epoch.epoch + 1,
        value: epoch[measure],
      }));
    });
  if (!drawn.some(({ epochs }) => epochs.length > 0)) return [];
  return [
    { kind: "heading", text: "Training" },
    figure(
      trainingCurves("Training loss", "loss", rows("loss")),
      "Mean training loss of each epoch, of the runs with the most shots.",
    ),
    figure(
      trainingCurves("Training accuracy", "accuracy, %", rows("accuracy")),
      "Accuracy on the augmented training images of each epoch, of the same runs.",
    ),
  ];
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
        accuracyOverShots(heading, fewShot(rows)),
        "Test accuracy over the training images per class.",
      ),
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
          return described(rows, String(dataset), baseToNewMeasures[key], n);
        }),
        figure(
          accuracyBars(heading, baseToNew(group)),
          "Accuracy on base classes, on new classes, and their harmonic mean.",
        ),
      ];
    }
    const sources = Map.groupBy(group, ({ dataset }) => dataset);
    return [...sources].flatMap(([source, from]): Block[] => {
      const heading = `${title} from ${source}, ${setting}`;
      const table = transferTable(sources.size > 1 ? `${own}/${source}` : own, heading, from);
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
          transferDots(heading, transfer(from)),
          "Accuracy on each set of what was trained on the source.",
        ),
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
  shots: number = rows[0]?.shots,
): About | undefined {
  if (rows.length === 0) return undefined;
  const [{ label, method }] = rows;
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

function figure(svg: string, caption: string): Block {
  return { kind: "figure", svg, caption };
}
