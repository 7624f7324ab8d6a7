/**
 * What a notebook needs besides the rest: showing, the results it tells of, and findings in words.
 *
 * @module
 */
export { type Claim, finding, type Verdict, verdict } from "./finding.ts";
export { findingOver, pairedOver, withHarmonicMeans } from "./pairs.ts";
export { type ExperimentIds, results } from "./results.ts";
export { type MimeBundle, mimeBundle, show, type Showable } from "./show.ts";
