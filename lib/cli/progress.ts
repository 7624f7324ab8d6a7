/**
 * One progress display for everything that takes long: a bar in a terminal (cli-progress), a plain line now and then
 * where the output is a file or a log, nothing in tests.
 *
 * @module
 */

import cliProgress from "cli-progress";
import { printable } from "../errors.ts";
import { checkOptions, flag } from "../options_given.ts";
import type { Left } from "../lab/mod.ts";
import { clearLine, tell } from "../terminal.ts";

/** A running display. */
export interface Progress {
  /**
   * `done` of `total` steps are finished; `note` is what is going on, such as `epoch 2/10, loss 1.23`; `left` are the
   * seconds until the end, where the caller knows better than by counting steps.
   */
  update(done: number, total: number, note?: string, left?: Left): void;
  /** Makes room for a line that is about to be printed. */
  clear(): void;
  /** Ends the display and leaves the last state standing. May be called twice. */
  stop(): void;
}

/** Seconds between two plain lines. */
const lineInterval = 10;

/**
 * Starts a display on stderr: a bar in a terminal, plain lines elsewhere, nothing when `silent`.
 *
 * @param label what is being done, shown first
 */
export function progress(label: string, options: { silent?: boolean } = {}): Progress {
  checkOptions("progress", options, { silent: flag });
  const { silent = false } = options;
  if (silent) return { update() {}, clear() {}, stop() {} };
  return Deno.stderr.isTerminal() ? bar(label) : lines(label, tell);
}

/**
 * Plain lines: the first update, then one every ten seconds, and the last.
 *
 * @param write takes one line
 * @param now the time in milliseconds
 */
export function lines(
  label: string,
  write: (line: string) => void,
  now: () => number = () => performance.now(),
): Progress {
  const begun = now();
  let written = -Infinity;
  let waiting: string | undefined;
  return {
    update(done, total, note = "", seconds = byCount((now() - begun) / 1000, done, total)) {
      const left = seconds === undefined ? "" : `, about ${span(seconds)} left`;
      const line = `${label}: ${done}/${total}${note === "" ? "" : `, ${note}`}${left}`;
      if (done < total && now() - written < lineInterval * 1000) {
        waiting = line;
      } else {
        write(line);
        written = now();
        waiting = undefined;
      }
    },
    clear() {},
    stop() {
      if (waiting !== undefined) write(waiting);
      waiting = undefined;
    },
  };
}

/** What is left when `done` of `total` steps took `elapsed`. */
function byCount(elapsed: number, done: number, total: number): Left | undefined {
  if (done <= 0 || done >= total) return undefined;
  const left = elapsed * (total - done) / done;
  return { least: left, most: left };
}

/** Seconds in the two largest units that matter: `42 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** How much larger the larger of two times is before it is worth telling both. */
const APART = 1.15;

/** A range in few words: `40 to 60 min`; one time where its ends are about the same. */
export function span({ least, most }: Left): string {
  if (most <= APART * least) return duration((least + most) / 2);
  if (most < 100) return `${Math.round(least)} to ${Math.round(most)} s`;
  if (most > 2 * 3600 || least < 60) return `${duration(least)} to ${duration(most)}`;
  return `${Math.round(least / 60)} to ${Math.round(most / 60)} min`;
}

/** cli-progress's bar, which hides the cursor: it is given back at `stop` and however else the process exits. */
function bar(label: string): Progress {
  const display: CliProgressBar = new cliProgress.SingleBar({
    format: `${label} {bar} {value}/{total} · {left} {note}`,
    hideCursor: true,
    gracefulExit: false, // a signal ends the command (run.ts), not the bar alone
    barsize: 16,
  }, cliProgress.Presets.shades_classic);
  const begun = performance.now();
  let running = false;
  const stop = () => {
    if (running) display.stop();
    running = false;
    globalThis.removeEventListener("unload", stop);
  };
  globalThis.addEventListener("unload", stop);
  return {
    update(
      done,
      total,
      note = "",
      seconds = byCount((performance.now() - begun) / 1000, done, total),
    ) {
      const left = seconds === undefined ? "" : `${span(seconds)} left`;
      const shown = { left, note: note === "" ? "" : `· ${printable(note)}` };
      if (running) {
        display.setTotal(total);
        display.update(done, shown);
      } else {
        display.start(total, done, shown);
        running = true;
      }
    },
    clear() {
      if (running) clearLine();
    },
    stop,
  };
}

/** What is used of cli-progress, which ships no types. */
interface CliProgressBar {
  start(total: number, done: number, shown: Record<string, string>): void;
  setTotal(total: number): void;
  update(done: number, shown: Record<string, string>): void;
  stop(): void;
}
