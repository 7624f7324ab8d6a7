/**
 * What `train --evaluate-every` measures while it trains, and what it says of that.
 *
 * @module
 */
import type { LoadedDataset } from "../../datasets/mod.ts";
import type { Asked, AskedRecord } from "../../engine/mod.ts";
import { UsageError } from "../options.ts";
import { partOf } from "./given.ts";

/** What the options say. */
interface Given {
  evaluateEvery?: number;
  evaluateOn?: string[];
  classes: "all" | "base";
}

/**
 * Looks the options through before anything is read.
 *
 * @throws {UsageError} where they do not go together
 */
export function refuseAsked({ evaluateEvery, evaluateOn, classes }: Given): void {
  if (evaluateOn && evaluateEvery === undefined) {
    throw new UsageError(
      "train: --evaluate-on says on what, and --evaluate-every how often: give both",
    );
  }
  if (evaluateOn?.includes("new") && classes === "all") {
    throw new UsageError(
      "train: --evaluate-on new needs classes that are not trained on: give --classes base",
    );
  }
}

/** The sets to measure on, of `whole`, of which `data` is trained on. */
export function askedFor(
  { evaluateEvery: every, evaluateOn, classes }: Given,
  data: LoadedDataset,
  whole: LoadedDataset,
): Asked | undefined {
  if (every === undefined) return undefined;
  const parts = evaluateOn ?? (classes === "base" ? ["test", "new"] : ["test"]);
  const of = (part: string) => {
    if (part === "new") return partOf(whole, "new");
    return part === "validation" ? { ...data, test: data.val } : data;
  };
  return { every, on: Object.fromEntries(parts.map((part) => [part, of(part)])) };
}

/** How much it is. */
export function costOf({ every, on }: Asked, epochs: number): string {
  const images = Object.values(on).reduce((sum, { test }) => sum + test.length, 0);
  const times = Math.ceil(epochs / every);
  return `Measuring ${Object.keys(on).join(", ")} ${
    times === 1 ? "once" : `${times} times`
  }, ${images} images each time; nothing is chosen by it.`;
}

/** What it found after an epoch, from 1. */
export function askedLine(epoch: number, { accuracy }: AskedRecord): string {
  const parts = Object.entries(accuracy).map(([name, of]) => `${name} ${of.toFixed(2)} %`);
  return `Epoch ${epoch}: ${parts.join(", ")}`;
}
