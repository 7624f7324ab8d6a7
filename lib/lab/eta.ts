/**
 * How long a run will go on. The estimates of its cells are corrected by what cells of the same method took, and the answer
 * is a range where the last cells took another time than they were then expected to, as on a machine that has become busy.
 *
 * @module
 */

/** What a cell that is to run is thought to take. */
export interface Expected {
  /** Its estimate, in seconds. */
  seconds: number;
  /** Its method: cells of one method miss their estimates alike. */
  method: string;
}

/** Seconds until the end. */
export interface Left {
  /** At least so many. */
  least: number;
  /** At most so many; as `least` where all goes as expected. */
  most: number;
}

/** Told how far the run is, says how much time is left. */
export interface Eta {
  /** The cell `id` is being run, here or in another process; telling again changes nothing. */
  begun(id: string): void;
  /** `part` of the cell `id` is done, from 0 to 1. */
  at(id: string, part: number): void;
  /** The cell `id` is over. */
  ended(id: string): void;
  /** The time that is left. */
  left(): Left;
}

/** How many of the last cells say what the machine does now. */
const LAST = 5;

/** The part of a cell that has to be done before its pace says anything. */
const TELLING = 0.05;

/** A cell that is being run. */
interface Running extends Expected {
  /** When it was begun, in seconds. */
  since: number;
  /** The part that was done when it first told of one, as a checkpoint's is; none where it does not tell. */
  from?: number;
  /** The part that is done. */
  part?: number;
}

/** What a cell took, or has taken so far, and the estimate of as much of it. */
interface Timed {
  method: string;
  took: number;
  estimate: number;
}

/**
 * An estimate of the time that is left.
 *
 * @param expected the cells that are to run, by their identities
 * @param jobs cells side by side
 * @param now the time in seconds
 */
export function eta(
  expected: ReadonlyMap<string, Expected>,
  jobs = 1,
  now: () => number = () => performance.now() / 1000,
): Eta {
  const waiting = new Map(expected);
  const running = new Map<string, Running>();
  const ended: Timed[] = [];

  function begin(id: string): Running | undefined {
    const cell = waiting.get(id);
    if (cell) running.set(id, { ...cell, since: now() });
    waiting.delete(id);
    return running.get(id);
  }

  const timed = ({ method, seconds, since, from = 0 }: Running, part: number): Timed => (
    { method, took: now() - since, estimate: seconds * (part - from) }
  );

  return {
    begun: (id) => void begin(id),
    at(id, part) {
      const cell = begin(id);
      if (!cell) return;
      cell.from ??= part;
      cell.part = part;
    },
    ended(id) {
      const cell = running.get(id);
      if (cell) ended.push(timed(cell, 1));
      running.delete(id);
      waiting.delete(id);
    },
    left() {
      const cells = [...running.values()];
      const underWay = cells
        .filter(({ part = 0, from = 0 }) => part - from >= TELLING)
        .map((cell) => timed(cell, cell.part!));
      const corrected = corrections([...ended, ...underWay]);
      // One that does not tell how far it is, is known to be slow when its time is over.
      const late = cells
        .filter((cell) => cell.part === undefined && now() - cell.since > corrected(cell))
        .map((cell) => timed(cell, 1));
      const last = [...ended.slice(-LAST), ...underWay, ...late];
      const thought = sum(
        last.map(({ method, estimate }) => corrected({ method, seconds: estimate })),
      );
      const pace = thought > 0 ? sum(last.map(({ took }) => took)) / thought : 1;
      const rests = [
        ...[...waiting.values()].map(corrected),
        ...cells.map((cell) => rest(corrected(cell), cell, now())),
      ];
      // Cells of a stack run side by side in one job, and each takes as much longer.
      const seconds = Math.max(0, sum(rests) / Math.max(jobs, cells.length), ...rests);
      return { least: seconds * Math.min(1, pace), most: seconds * Math.max(1, pace) };
    },
  };
}

/** What is left of a cell that was expected to take so many seconds. */
function rest(seconds: number, { since, part }: Running, now: number): number {
  // Where it does not tell how far it is, it has done what its time would do, and is not over.
  return seconds * (1 - (part ?? Math.min(0.95, (now - since) / seconds)));
}

/** Estimates made good by what cells of the method took, or cells of all methods where there are none. */
function corrections(seen: readonly Timed[]): (cell: Expected) => number {
  const byMethod = Map.groupBy(seen, ({ method }) => method);
  const factors = new Map([...byMethod].map(([method, of]) => [method, factor(of)]));
  const all = factor(seen);
  return ({ method, seconds }) => seconds * (factors.get(method) ?? all);
}

/** How much longer cells took than their estimates, which count as much as one of them. */
function factor(cells: readonly Timed[]): number {
  const estimates = sum(cells.map(({ estimate }) => estimate));
  if (estimates === 0) return 1;
  const one = estimates / cells.length;
  return (sum(cells.map(({ took }) => took)) + one) / (estimates + one);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}
