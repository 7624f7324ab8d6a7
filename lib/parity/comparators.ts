/**
 * Data records of the comparators: the linear probe, PromptSRC's teacher and weights. (Their templates are checked with
 * the others.)
 *
 * @module
 */
import type { DataCheck } from "./data.ts";
import { linearProbeCheck } from "./data_linear_probe.ts";
import { epochWeightsCheck, teacherCheck } from "./data_promptsrc.ts";

/** The kinds of data record that only comparators have. */
export const comparatorChecks: readonly DataCheck[] = [
  linearProbeCheck,
  teacherCheck,
  epochWeightsCheck,
];
