/**
 * Published values (data/reported/) and which of them a run may be set beside. Every value names the documents in which
 * it was read; most quote the original papers, whose full text was not at hand, and some are runs by other authors.
 *
 * @module
 */

import baseToNew from "../../data/reported/base-to-new.json" with { type: "json" };
import crossDataset from "../../data/reported/cross-dataset.json" with { type: "json" };
import domainGeneralization from "../../data/reported/domain-generalization.json" with {
  type: "json",
};
import fewShot from "../../data/reported/few-shot.json" with { type: "json" };
import sources from "../../data/reported/sources.json" with { type: "json" };
import type { RunRecord } from "../engine/record.ts";

/** What was published of one method in one setting. */
export interface Reported {
  /** CLIP's architecture. */
  clip: string;
  /** Training images of each class. */
  shots: number;
  /** Short name of the method. */
  method: string;
  /** The papers' name of the data set trained on; `average` over the eleven. */
  dataset: string;
  /** Whose run it is: quoted from the method's own paper, or run again by others. */
  origin: string;
  /** Percentages by measure: `base`, `new`, `H`, `accuracy`, or the data set tested on. */
  measures: Record<string, number>;
  /** Keys of {@linkcode reportedSources}; never empty. */
  sources: string[];
}

/** A document in which values were read. */
export interface ReportedSource {
  /** The paper's title. */
  title: string;
  /** The paper's address, or the place in it. */
  where: string;
  /** Under what terms it is published, where that was looked up. */
  licence?: string;
}

/** The documents, by the keys that {@linkcode Reported} names. */
export const reportedSources: Record<string, ReportedSource> = sources;

const values: Record<string, readonly unknown[]> = {
  "base-to-new": baseToNew,
  "cross-dataset": crossDataset,
  "domain-generalization": domainGeneralization,
  "few-shot": fewShot,
};

/**
 * The published values of a protocol that name a known source; none for a protocol without any.
 *
 * @category Reproduce
 *
 * @example
 * ```ts
 * import { reportedValues } from "@plumbline/plumbline";
 * import assert from "node:assert/strict";
 * const [value] = reportedValues("base-to-new").filter(({ method }) => method === "prometar");
 * assert.deepEqual(value!.measures, { base: 84.39, new: 76.93, H: 80.49 });
 * ```
 */
export function reportedValues(protocol: string): Reported[] {
  const known = (values[protocol] ?? []) as Reported[];
  return known.filter(({ sources }) =>
    sources.length > 0 && sources.every((key) => key in reportedSources)
  );
}

/** Sorts the papers' own values before what others found when they ran a method again. */
export function quotedFirst(a: Reported, b: Reported): number {
  return Number(b.origin === "quoted") - Number(a.origin === "quoted");
}

/**
 * What was published of a method's average over the papers' data sets, its own paper first, then what others found who ran
 * it again: what reports quote, too.
 *
 * @param clip CLIP's architecture, `ViT-B/16`
 */
export function reportedAverage(
  protocol: string,
  method: string,
  clip: string,
): Reported | undefined {
  return reportedValues(protocol).filter((value) =>
    value.dataset === "average" && value.clip === clip && sameName(value.method, method)
  ).sort(quotedFirst)[0];
}

/**
 * Why a run may not be set beside published values; undefined when it may: it used the published weights and the settings
 * that the values are of, and all images were there.
 */
export function incomparable(run: RunRecord): string | undefined {
  const { clip, overrides, data, preset } = run;
  if (clip.published !== true) {
    return `the weights are not the published ones (${clip.description})`;
  }
  if (!isPublishedForm(run)) return `no value is published of the preset ${preset.name}`;
  if (overrides.length > 0) return `settings differ from the preset (${overrides.join(", ")})`;
  if (data === undefined) return "the record does not say whether all images were there";
  const lacking = data.find(({ missing }) => missing > 0);
  return lacking && `${lacking.missing} images of ${lacking.dataset} are missing`;
}

/** Whether a run's preset is what its method's published values are of: other presets are variants and ablations. */
export function isPublishedForm({ method }: Pick<RunRecord, "method">): boolean {
  return method?.published === true;
}

/** Whether two names mean the same: `zero_shot` and `zero-shot`, `OxfordPets` and `oxford_pets`. */
export function sameName(a: string, b: string): boolean {
  const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, "");
  return plain(a) === plain(b);
}
