/**
 * The page of an evaluation of saved prompts: accuracy, class by class, what is taken for what, and how sure it is.
 *
 * @module
 */

import { escape } from "he";
import type { Examination } from "../engine/examine.ts";
import { confusionMatrix } from "./figures/confusion.ts";
import { reliabilityDiagram } from "./figures/reliability.ts";
import { tableHtml } from "./html.ts";
import { htmlPage } from "./page.ts";

/** One part of an evaluation: all classes of a data set, its base or its new ones. */
export interface EvaluatedPart {
  /** What was evaluated: `pocket-pets, new classes`. */
  title: string;
  /** What was found. */
  found: Examination;
  /** Figures besides, as SVG texts. */
  figures?: string[];
}

/**
 * The page as HTML, which needs nothing else.
 *
 * @param headline what was evaluated
 * @param about a line each: the method, the CLIP, what it was trained on
 */
export function evaluationPage(
  headline: string,
  about: readonly string[],
  parts: readonly EvaluatedPart[],
): string {
  return htmlPage(
    headline,
    [
      `<h1>${escape(headline)}</h1>`,
      ...about.map((line) => `<p>${escape(line)}</p>`),
      summary(parts),
      ...parts.map(part),
    ].join("\n"),
  );
}

function summary(parts: readonly EvaluatedPart[]): string {
  const columns = [
    { key: "part", title: "test images" },
    { key: "n", title: "images", decimals: 0 },
    { key: "accuracy", title: "accuracy, %", decimals: 2 },
    { key: "top5", title: "top 5, %", decimals: 2 },
    { key: "macroF1", title: "macro-F1, %", decimals: 2 },
    { key: "perClassAccuracy", title: "mean of classes, %", decimals: 2 },
    { key: "calibrationError", title: "calibration error, %", decimals: 2 },
  ];
  const rows = parts.map(({ title, found }) => ({ part: title, ...found.metrics }));
  return tableHtml({ id: "summary", title: "Accuracy", columns, rows, notes: [] });
}

function part({ title, found, figures = [] }: EvaluatedPart, at: number): string {
  const names = found.classes.map(({ className }) => className);
  const { calibrationError } = found.metrics;
  return [
    `<h2>${escape(title)}</h2>`,
    reliabilityDiagram(
      `${title}: is it as sure as it is right?`,
      found.reliability,
      calibrationError,
    ),
    confusionMatrix(`${title}: what is taken for what`, names, found.confusion),
    ...figures,
    tableHtml({
      ...{ id: `classes-${at}`, title: "Class by class", notes: [] },
      columns: [
        { key: "className", title: "class" },
        { key: "n", title: "images", decimals: 0 },
        { key: "accuracy", title: "accuracy, %", decimals: 2 },
        { key: "mistaken", title: "most often taken for" },
      ],
      rows: found.classes.map(({ className, n, accuracy, mistaken }) => ({
        ...{ className, n },
        ...accuracy !== null && { accuracy },
        ...mistaken && { mistaken: `${mistaken.className} (${mistaken.n})` },
      })),
    }),
  ].join("\n");
}
