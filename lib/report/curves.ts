/**
 * A training's curves while it runs: as a table (CSV), or as TensorBoard's event files.
 *
 * @module
 */
import type { EpochRecord } from "../engine/record.ts";
import { record } from "./tfrecord.ts";

/** Where a training's epochs are written as they end. */
export interface CurveLog {
  /** The file. */
  path: string;
  /** Adds an epoch. */
  add(epoch: EpochRecord): void;
}

const columns = ["epoch", "rate", "loss", "accuracy", "seconds"] as const;

/**
 * Epochs as rows of a table, written anew.
 *
 * @param asked what `evaluateEvery` measures, by name: columns more, empty where an epoch has no such number
 *
 * @example
 * ```ts
 * import { csvCurves } from "@plumbline/plumbline/report";
 * import assert from "node:assert/strict";
 * const log = csvCurves(`${await Deno.makeTempDir()}/coop.csv`);
 * log.add({ epoch: 0, rate: 0.002, loss: 1.5, accuracy: 50, seconds: 3 });
 * assert.equal(await Deno.readTextFile(log.path), "epoch,rate,loss,accuracy,seconds\n1,0.002,1.5,50,3\n");
 * ```
 */
export function csvCurves(path: string, asked: readonly string[] = []): CurveLog {
  const heads = [...columns, ...asked.map((name) => `accuracy_${name}`)];
  Deno.writeTextFileSync(path, `${heads.join(",")}\n`);
  return {
    path,
    add(epoch) {
      const row = [
        ...columns.map((key) => key === "epoch" ? epoch.epoch + 1 : epoch[key]),
        ...asked.map((name) => epoch.asked?.accuracy[name] ?? ""),
      ];
      Deno.writeTextFileSync(path, `${row.join(",")}\n`, { append: true });
    },
  };
}

/**
 * Epochs as scalars `train/loss`, `train/accuracy` and `train/rate`, and what `evaluateEvery` measured as `test/accuracy` and
 * the like, in an event file of its own, in a folder that `tensorboard --logdir` reads.
 */
export function tensorboardCurves(folder: string): CurveLog {
  Deno.mkdirSync(folder, { recursive: true });
  const now = () => Date.now() / 1000;
  // TensorBoard takes files by "tfevents" in their names, and orders them by these.
  const path = `${folder}/events.out.tfevents.${Date.now()}.plumbline`;
  Deno.writeFileSync(path, record(event(now(), 0, { version: "brain.Event:2" })));
  return {
    path,
    add({ epoch, loss, accuracy, rate, asked }) {
      const values: Record<string, number> = {
        ...{ "train/loss": loss, "train/accuracy": accuracy, "train/rate": rate },
      };
      for (const [name, of] of Object.entries(asked?.accuracy ?? {})) {
        values[`${name}/accuracy`] = of;
      }
      const bytes = record(event(now(), epoch + 1, { values }));
      Deno.writeFileSync(path, bytes, { append: true });
    },
  };
}

/** TensorFlow's Event (event.proto): wall_time = 1, step = 2, file_version = 3, summary = 5. */
function event(
  time: number,
  step: number,
  { version, values = {} }: { version?: string; values?: Record<string, number> },
): Uint8Array {
  const clock = new DataView(new ArrayBuffer(8));
  clock.setFloat64(0, time, true);
  // Summary: value = 1; Value: tag = 1, simple_value = 2 (summary.proto).
  const summary = Object.entries(values).map(([tag, value]) => {
    const number = new DataView(new ArrayBuffer(4));
    number.setFloat32(0, value, true);
    return field(1, [...field(1, utf8.encode(tag)), 0x15, ...new Uint8Array(number.buffer)]);
  });
  return Uint8Array.from([
    ...[0x09, ...new Uint8Array(clock.buffer), 0x10, ...varint(step)],
    ...version === undefined ? [] : field(3, utf8.encode(version)),
    ...summary.length === 0 ? [] : field(5, summary.flat()),
  ]);
}

const utf8 = new TextEncoder();

/** A field of Protocol Buffers that has a length. */
function field(number: number, content: ArrayLike<number> & Iterable<number>): number[] {
  return [number << 3 | 2, ...varint(content.length), ...content];
}

function varint(value: number): number[] {
  const bytes = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push(value % 128 | 128);
  return [...bytes, value];
}
