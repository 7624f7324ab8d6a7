/**
 * What was measured of rounding by this project, of the pocket suite's own recipe.
 *
 * @module
 */
import measured from "../../data/pocket/sensitivity.json" with { type: "json" };
import type { MeasuredRounding } from "../report/mod.ts";

/** The measurements, each of one training. */
export const measuredRounding: readonly MeasuredRounding[] = measured;
