/// <reference lib="dom" />
/**
 * What a training shows while it runs: its loss, the angle of its gradients, its gates, and base and new accuracy.
 *
 * @module
 */
import { angle } from "./angle.ts";
import { chart, type Line } from "./chart.ts";
import { byId, eachFrame } from "./dom.ts";
import type { Part, Step } from "./messages.ts";

/** Figures that follow a training. */
export interface Figures {
  /** A new training, in the method's colour; what is known before its first step. */
  begin(color: string, parts: readonly Part[]): void;
  step(step: Step): void;
  /** Between two steps; after the last where no place is given. */
  measured(parts: readonly Part[], at?: number): void;
}

/** Earlier steps whose gradients leave a dot. */
const TRAIL = 40;

/** Draws into the page's figures, once a frame. */
export function figures(): Figures {
  let steps: Step[] = [];
  let looks: { at: number; parts: readonly Part[] }[] = [];
  let color = "";
  const draw = eachFrame(() => {
    const of = steps.at(-1)?.of ?? 1;
    const x = [0, of] as const;
    show("loss", lossOf(steps, color, x));
    show("accuracy", accuracyOf(looks, x));
    const conflicts = steps.flatMap(({ conflict }) => conflict ? [conflict] : []);
    const last = conflicts.at(-1);
    show("angle", last && angle(last, conflicts.slice(-TRAIL, -1)));
    show("cosine", last && cosineOf(steps, x));
    show("gates", steps.some(({ meta }) => meta) && gatesOf(steps, x));
    show(
      "alignment",
      steps.some(({ meta }) => meta?.support !== undefined) && alignmentOf(steps, x),
    );
    const against = conflicts.filter(({ cosine }) => cosine < 0).length;
    byId("conflict-count").textContent = last
      ? `${against} of ${conflicts.length} steps in conflict; the last took away ${
        Math.round(100 * last.removed)
      } % of the task’s gradient.`
      : "";
  });
  return {
    begin(next, parts) {
      [steps, looks, color] = [[], [{ at: 0, parts }], next];
      draw();
    },
    step(step) {
      steps.push(step);
      draw();
    },
    measured(parts, at = steps.at(-1)?.of ?? 0) {
      looks.push({ at, parts });
      draw();
    },
  };
}

/** Puts a figure in its place, or hides the place. */
function show(id: string, drawn: SVGElement | undefined | false): void {
  const place = byId(id);
  place.hidden = !drawn;
  if (drawn) place.querySelector(".drawing")!.replaceChildren(drawn);
}

function lossOf(steps: Step[], color: string, x: readonly [number, number]): SVGElement {
  const most = Math.max(0.5, ...steps.map(({ loss }) => loss));
  const top = Math.ceil(most * 2) / 2;
  const points = steps.map(({ at, loss }) => [at + 1, loss] as const);
  return chart({
    label: `Training loss, from ${steps[0]?.loss.toFixed(2) ?? "nothing"} to ${
      steps.at(-1)?.loss.toFixed(2) ?? "nothing"
    } over ${steps.length} steps.`,
    ...{ x, y: [0, top], ticks: [0, top / 2, top], text: (y) => y.toFixed(2).replace(/0$/, "") },
    lines: [{ name: "loss", color, points }],
  });
}

/** The two halves' colours: one hue each, whoever trains. */
const partColors: Record<string, string> = {
  base: "var(--base)",
  new: "var(--new)",
  all: "var(--base)",
};

function accuracyOf(
  looks: { at: number; parts: readonly Part[] }[],
  x: readonly [number, number],
): SVGElement {
  const labels = looks[0]?.parts.map(({ label }) => label) ?? [];
  const lines = labels.map((label, i): Line => ({
    name: label === "all" ? "accuracy" : label,
    color: partColors[label]!,
    points: looks.map(({ at, parts }) => [at, parts[i]!.accuracy] as const),
  }));
  const last = lines.map(({ name, points }) => `${name} ${points.at(-1)?.[1].toFixed(1)} percent`);
  return chart({
    label: `Test accuracy now: ${last.join(", ")}.`,
    ...{ lines, x, y: [0, 100], ticks: [0, 50, 100], text: (y) => `${y} %` },
  });
}

function cosineOf(steps: Step[], x: readonly [number, number]): SVGElement {
  const points = steps.map(({ at, conflict }) => [at + 1, conflict?.cosine ?? 0] as const);
  return chart({
    label: "The cosine of the two gradients at every step; below zero they conflict.",
    ...{ x, y: [-1, 1], ticks: [-1, 0, 1] },
    lines: [{ name: "cosine", color: "var(--task)", points, dots: true }],
  });
}

function gatesOf(steps: Step[], x: readonly [number, number]): SVGElement {
  const towers = [...new Set(steps.flatMap(({ meta }) => Object.keys(meta?.gates ?? {})))];
  const lines = towers.map((tower, i): Line => ({
    ...{ name: `γ ${tower}`, color: i ? "var(--new)" : "var(--base)" },
    points: steps.flatMap(({ at, meta }) =>
      meta ? [[at + 1, meta.gates[tower] ?? 0] as const] : []
    ),
  }));
  const label = "The mean gate γ on the regulariser's gradient, of each tower's prompts.";
  const all = lines.flatMap(({ points }) => points.map(([, gate]) => gate));
  const middle = (Math.min(...all) + Math.max(...all)) / 2;
  const half = Math.max(0.01, (Math.max(...all) - Math.min(...all)) * 0.6);
  const y = [middle - half, middle + half] as const;
  const text = (gate: number) => gate.toFixed(3);
  return chart({ label, lines, x, y, ticks: [y[0], middle, y[1]], text });
}

function alignmentOf(steps: Step[], x: readonly [number, number]): SVGElement {
  const points = steps.flatMap(({ at, meta }) =>
    meta?.support === undefined ? [] : [[at + 1, meta.support] as const]
  );
  return chart({
    label: "The cosine of the query's gradient with the support's at every step.",
    ...{ x, y: [-1, 1], ticks: [-1, 0, 1] },
    lines: [{ name: "cosine", color: "var(--task)", points, dots: true }],
  });
}
