/**
 * L-BFGS with a line search for the strong Wolfe conditions (Nocedal and Wright 2006, algorithms 7.4, 3.5 and 3.6), in
 * double precision on the host: for convex problems small enough to be solved, such as a linear probe.
 *
 * @module
 */
import { callback, checkOptions, type Kinds, whole } from "../options_given.ts";

/** A smooth function of x: returns its value and writes its gradient. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

/** When a minimisation by L-BFGS ends, and how much it remembers. */
export interface LbfgsOptions {
  /** The most steps that are taken. */
  maxIterations: number;
  /** Whether x, with this gradient, is near enough to the minimum. */
  done(x: Float64Array, gradient: Float64Array): boolean;
  /** How many of the last steps the estimate of the curvature is made from. Default 10. */
  memory?: number;
}

const kinds: Kinds<LbfgsOptions> = { maxIterations: whole(), done: callback, memory: whole(1) };

/** Where a minimisation ended. */
export interface Minimum {
  /** The lowest point found. */
  x: Float64Array;
  /** The value of the function at `x`. */
  value: number;
  /** How many steps were taken. */
  iterations: number;
  /** Whether `done` said so; else the iterations ran out, or no step went lower in double precision. */
  converged: boolean;
}

/**
 * Minimises `f` from `start`, which stays as it is.
 *
 * @example
 * ```ts
 * import { lbfgs } from "@plumbline/plumbline/optim";
 * import assert from "node:assert/strict";
 * // (x − 3)² + 10(y + 1)²
 * const { x } = lbfgs((at, gradient) => {
 *   gradient.set([2 * (at[0]! - 3), 20 * (at[1]! + 1)]);
 *   return (at[0]! - 3) ** 2 + 10 * (at[1]! + 1) ** 2;
 * }, new Float64Array(2), { maxIterations: 50, done: (_, g) => Math.hypot(...g) < 1e-10 });
 * assert.ok(Math.abs(x[0]! - 3) < 1e-9 && Math.abs(x[1]! + 1) < 1e-9);
 * ```
 */
export function lbfgs(f: Objective, start: Float64Array, options: LbfgsOptions): Minimum {
  checkOptions("lbfgs", options, kinds, { needed: ["maxIterations", "done"] });
  const { maxIterations, done, memory = 10 } = options;
  let at: Point = evaluate(f, start.slice());
  const pairs: Pair[] = [];
  let still = 0; // steps in a row that went no lower
  for (let iterations = 0;; iterations++) {
    const ended = (converged: boolean) => ({ x: at.x, value: at.value, iterations, converged });
    if (done(at.x, at.gradient)) return ended(true);
    if (iterations === maxIterations || still === STUCK) return ended(false);
    const direction = descent(at.gradient, pairs);
    const first = pairs.length === 0 ? Math.min(1, 1 / norm(at.gradient)) : 1;
    const next = lineSearch(f, at, direction, first);
    if (!next) {
      if (pairs.length === 0) return ended(false);
      pairs.length = 0; // the remembered curvature has become useless: begin again down the gradient
      continue;
    }
    const step = minus(next.x, at.x);
    const change = minus(next.gradient, at.gradient);
    const curvature = inner(step, change);
    if (curvature > 0) pairs.push({ step, change, curvature });
    if (pairs.length > memory) pairs.shift();
    still = at.value - next.value > 1e-15 * Math.abs(at.value) ? 0 : still + 1;
    at = next;
  }
}

/** Steps without a change in double precision after which a minimisation is over. */
const STUCK = 5;

interface Point {
  x: Float64Array;
  value: number;
  gradient: Float64Array;
}

interface Pair {
  step: Float64Array;
  change: Float64Array;
  /** ⟨step, change⟩ */
  curvature: number;
}

function evaluate(f: Objective, x: Float64Array): Point {
  const gradient = new Float64Array(x.length);
  return { x, value: f(x, gradient), gradient };
}

/** −H·gradient by the two loops over remembered steps. */
function descent(gradient: Float64Array, pairs: Pair[]): Float64Array {
  const q = gradient.map((g) => -g);
  const shares = pairs.map(() => 0);
  for (let i = pairs.length - 1; i >= 0; i--) {
    const { step, change, curvature } = pairs[i]!;
    shares[i] = inner(step, q) / curvature;
    addScaled(q, change, -shares[i]!);
  }
  const last = pairs.at(-1);
  if (last) {
    const scale = last.curvature / inner(last.change, last.change);
    for (let i = 0; i < q.length; i++) q[i]! *= scale;
  }
  pairs.forEach(({ step, change, curvature }, i) =>
    addScaled(q, step, shares[i]! - inner(change, q) / curvature)
  );
  return q;
}

/** A step along the line. */
interface Trial extends Point {
  length: number;
  slope: number;
}

const SUFFICIENT = 1e-4;
const FLAT = 0.9;

/** A point with sufficient decrease and a slope flat enough, or undefined when there is none to be found. */
function lineSearch(
  f: Objective,
  from: Point,
  direction: Float64Array,
  first: number,
): Point | undefined {
  const slope = inner(from.gradient, direction);
  if (!(slope < 0)) return undefined;
  const go = (length: number): Trial => {
    const x = from.x.slice();
    addScaled(x, direction, length);
    const point = evaluate(f, x);
    return { ...point, length, slope: inner(point.gradient, direction) };
  };
  const low = (t: Trial) => t.value <= from.value + SUFFICIENT * t.length * slope;
  const flat = (t: Trial) => Math.abs(t.slope) <= -FLAT * slope;

  let best: Trial = { ...from, length: 0, slope };
  let other: Trial | undefined;
  let length = first;
  for (let trials = 0; trials < 40; trials++) {
    const trial = go(length);
    if (!low(trial) || trial.value >= best.value && best.length > 0) other = trial;
    else if (flat(trial)) return trial;
    else {
      if (trial.slope * (other ? other.length - best.length : 1) >= 0) other = best;
      best = trial;
    }
    length = other ? between(best, other) : 2 * length;
    if (other && Math.abs(other.length - best.length) <= 1e-14 * other.length) break;
  }
  return best.length > 0 ? best : undefined;
}

/** The minimum of the cubic through both ends, kept a tenth of the interval away from either. */
function between(a: Trial, b: Trial): number {
  const width = b.length - a.length;
  const d1 = a.slope + b.slope - 3 * (a.value - b.value) / (a.length - b.length);
  const root = d1 * d1 - a.slope * b.slope;
  const d2 = Math.sign(width) * Math.sqrt(Math.max(0, root));
  const share = 1 - (b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2);
  return a.length +
    width * (share > 0.1 && share < 0.9 ? share : share >= 0.9 ? 0.9 : share <= 0.1 ? 0.1 : 0.5);
}

function inner(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function norm(a: Float64Array): number {
  return Math.sqrt(inner(a, a));
}

function minus(a: Float64Array, b: Float64Array): Float64Array {
  const difference = a.slice();
  addScaled(difference, b, -1);
  return difference;
}

function addScaled(to: Float64Array, x: Float64Array, by: number): void {
  for (let i = 0; i < to.length; i++) to[i]! += by * x[i]!;
}
