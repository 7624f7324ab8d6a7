/**
 * The training part of a report: loss and accuracy over the epochs.
 *
 * @module
 */

import { type Run, titled } from "./context.ts";
import type { Block } from "./document.ts";
import { type EpochRow, trainingCurves } from "./figures/training_curves.ts";
import { labels, latest } from "./rows.ts";

/** Epochs that a curve shows; of a longer one, every second, third, … */
const shownEpochs = 50;

/** The curves of an experiment's runs with the most shots; folded, since they are seldom what a reader came for. */
export function training(records: readonly Run[], titles: Record<string, string> = {}): Block[] {
  const title = titled(titles);
  const label = labels(records, title);
  const trained = latest(records).filter(({ epochs }) => epochs.length > 0);
  const most = Math.max(...trained.map(({ cell }) => cell.shots));
  const drawn = trained.filter(({ cell }) => cell.shots === most);
  if (drawn.length === 0) return [];
  const rows = (measure: "loss" | "accuracy"): EpochRow[] =>
    drawn.flatMap((record) => {
      const { method, dataset, seed } = record.cell;
      const of = { panel: title(dataset), label: label(record), method, seed };
      const step = Math.ceil(record.epochs.length / shownEpochs);
      return record.epochs
        .filter(({ epoch }) => epoch % step === 0 || epoch === record.epochs.length - 1)
        .map((epoch) => ({ ...of, epoch: epoch.epoch + 1, value: epoch[measure] }));
    });
  return [
    {
      kind: "figure",
      folded: "Training loss",
      svg: trainingCurves("Training loss", "loss", rows("loss")),
      caption: "Mean training loss of an epoch, of the runs with the most shots.",
    },
    {
      kind: "figure",
      folded: "Training accuracy",
      svg: trainingCurves("Training accuracy", "accuracy, %", rows("accuracy")),
      caption: "Accuracy on the augmented training images of an epoch, of the same runs.",
    },
  ];
}
