/**
 * The results part of a report: a table and a figure for every protocol, split by CLIP and shots where they differ.
 *
 * @module
 */

import type { RunRecord } from "../engine/record.ts";
import type { ReportContext } from "./context.ts";
import type { Block } from "./document.ts";
import { accuracyBars } from "./figures/accuracy_bars.ts";
import { accuracyOverShots } from "./figures/accuracy_over_shots.ts";
import { type EpochRow, trainingCurves } from "./figures/training_curves.ts";
import { labels, latest, type Row } from "./rows.ts";
import { baseToNew, baseToNewTable } from "./tables/base_to_new.ts";
import { fewShot, fewShotTable } from "./tables/few_shot.ts";
import { transferTable } from "./tables/transfer.ts";

/** Tables and figures of every protocol among the rows. */
export function results(rows: readonly Row[]): Block[] {
  return [...Map.groupBy(rows, ({ protocol }) => protocol)].flatMap(([protocol, all]) => [
    { kind: "heading" as const, text: capitalized(protocol) },
    ...[...Map.groupBy(all, ({ clip }) => clip)].flatMap(([clip, group]) => {
      const several = new Set(all.map((row) => row.clip)).size > 1;
      return ofProtocol(protocol, several ? `/${clip}` : "", `CLIP ${clip}`, group);
    }),
  ]);
}

/** Loss and accuracy over the epochs of all runs that trained. */
export function training(records: readonly RunRecord[], context: ReportContext): Block[] {
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

function ofProtocol(protocol: string, suffix: string, clip: string, rows: readonly Row[]): Block[] {
  if (protocol === "few-shot") {
    const title = `Few-shot accuracy, ${clip}`;
    return [
      { kind: "table", table: fewShotTable(`few-shot${suffix}`, title, rows) },
      figure(
        accuracyOverShots(title, fewShot(rows)),
        "Test accuracy over the training images per class.",
      ),
    ];
  }
  const shots = byShots(rows);
  return shots.flatMap(([n, group]): Block[] => {
    const id = `${protocol}${suffix}${shots.length > 1 ? `/${n}-shot` : ""}`;
    const setting = `${clip}, ${n} training images per class`;
    if (group.some(({ classes }) => classes !== "all")) {
      const title = `${capitalized(protocol)}, ${setting}`;
      return [
        { kind: "table", table: baseToNewTable(id, title, group) },
        figure(
          accuracyBars(title, baseToNew(group)),
          "Accuracy on base classes, on new classes, and their harmonic mean.",
        ),
      ];
    }
    const sources = Map.groupBy(group, ({ dataset }) => dataset);
    return [...sources].map(([source, from]) => ({
      kind: "table",
      table: transferTable(
        sources.size > 1 ? `${id}/${source}` : id,
        `${capitalized(protocol)} from ${source}, ${setting}`,
        from,
      ),
    }));
  });
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

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
