/**
 * What a notebook needs besides the rest: showing, the results it tells of, and findings in words.
 *
 * @module
 */
export { cpuTime } from "./cpu.ts";
export { type Claim, finding, type Verdict, verdict } from "./finding.ts";
export { ground, type GroundNames, type NotebookGround } from "./ground.ts";
export { findingOver, pairedOver, type PairedRows, withHarmonicMeans } from "./pairs.ts";
export { live } from "./live.ts";
export { type ExperimentIds, type ResultRow, results } from "./results.ts";
export type { MimeBundle } from "../kernel_display.ts";
export { mimeBundle, show, type Showable } from "./show.ts";
