/**
 * How long a run will go on: what is left of the estimate, corrected by how the estimate has held so far.
 *
 * @module
 */

/** Told how far the run is, says how many seconds are left. */
export interface Eta {
  /** `part` of the cell `id` is done, from 0 to 1. */
  at(id: string, part: number): void;
  /** The cell `id` is over. */
  ended(id: string): void;
  /** The seconds that are left, with so many cells side by side. */
  left(): number;
}

/**
 * An estimate of the time that is left, which follows how the estimates of the cells have held.
 *
 * @param seconds the estimate of each cell that is to run
 * @param jobs cells side by side
 * @param now the time in seconds
 */
export function eta(
  seconds: ReadonlyMap<string, number>,
  jobs = 1,
  now: () => number = () => performance.now() / 1000,
): Eta {
  const begun = now();
  const parts = new Map<string, number>();
  const all = [...seconds.values()].reduce((sum, n) => sum + n, 0);
  const done = () => [...parts].reduce((sum, [id, part]) => sum + part * (seconds.get(id) ?? 0), 0);
  return {
    at: (id, part) => void parts.set(id, part),
    ended: (id) => void parts.set(id, 1),
    left() {
      const behind = done();
      const elapsed = now() - begun;
      // The estimate counts as much as a tenth of the run, so that the first cells do not swing it.
      const pace = (elapsed * jobs + all / 10) / (behind + all / 10);
      return (all - behind) * pace / jobs;
    },
  };
}
