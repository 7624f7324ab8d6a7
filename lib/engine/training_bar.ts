/**
 * A training as it is seen below a notebook's cell: a bar with the epoch, the loss, and the accuracy on the training images.
 *
 * @module
 */
import { kernel, movingDisplay } from "../kernel_display.ts";
import type { Resolved } from "../methods/mod.ts";
import { lasting } from "../waiting.ts";
import type { RunOptions } from "./fitted.ts";

/** What shows a training; undefined outside of a notebook. */
export function trainingBar(
  { method: { title }, training }: Pick<Resolved, "method" | "training">,
): Required<Pick<RunOptions, "onStep" | "onEpoch">> | undefined {
  const jupyter = kernel();
  if (!jupyter) return undefined;
  const show = movingDisplay(jupyter);
  const begun = performance.now();
  let accuracy = "";
  const bundle = (done: number, count: number, loss: number, end = "") => {
    const text = `${title}: epoch ${Math.floor(done)}/${count}, loss ${
      loss.toFixed(3)
    }${accuracy}${end}`;
    const bar = `<progress value="${done}" max="${Math.max(1, count)}"></progress>`;
    return { "text/html": `${bar} ${text}`, "text/plain": text };
  };
  let count = training.epochs;
  return {
    onStep({ epoch, epochs, step, steps, loss }) {
      count = epochs;
      const done = epoch + (step + 1) / steps;
      show(() => bundle(done, count, loss), false);
    },
    onEpoch({ epoch, loss, accuracy: right }) {
      accuracy = `, ${right.toFixed(1)} % of the training images right`;
      const isLast = epoch + 1 === count;
      const end = isLast ? `, ${lasting(performance.now() - begun)}` : "";
      show(() => bundle(epoch + 1, count, loss, end), isLast);
    },
  };
}
