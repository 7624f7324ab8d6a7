/// <reference lib="dom" />
/**
 * Two gradients as arrows in the plane that they span: ProGrad's figure, drawn from the step that was just taken. The general
 * gradient lies along the page; the cross-entropy's is drawn with length 1, whatever it is.
 *
 * @module
 */
import { shape } from "./dom.ts";
import type { Step } from "./messages.ts";

type Conflict = NonNullable<Step["conflict"]>;

const [width, height] = [320, 220];
const [centre, ground, unit] = [160, 176, 132];

/** The arrows of the last step; `before` are tips of the cross-entropy's gradient in earlier ones. */
export function angle(last: Conflict, before: readonly Conflict[]): SVGElement {
  const { cosine, removed } = last;
  const tip = place(cosine, height90(cosine));
  const followed = place(cosine + removed, height90(cosine));
  const conflicts = cosine < 0;
  const label = `The gradients stand at ${degrees(cosine)} degrees. ${
    conflicts
      ? `They conflict; ${Math.round(100 * removed)} percent of the task’s gradient is taken away.`
      : "They agree; nothing is taken away."
  }`;
  const trail = before.map(({ cosine }) => {
    const [x, y] = place(cosine, height90(cosine));
    return shape("circle", { cx: x, cy: y, r: 2.5, class: "trail" });
  });
  return shape(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label },
    shape("path", {
      class: "against",
      d: `M${centre},${ground}v${-unit}a${unit},${unit} 0 0 0 ${-unit},${unit}z`,
    }),
    shape("line", { class: "ground", x1: 12, x2: width - 12, y1: ground, y2: ground }),
    ...trail,
    arrow([centre + unit * 0.8, ground], "general"),
    ...removed > 0
      ? [
        shape("line", {
          class: "removed",
          x1: tip[0],
          y1: tip[1],
          x2: followed[0],
          y2: followed[1],
        }),
      ]
      : [],
    arrow(tip, "task"),
    ...removed > 0 ? [arrow(followed, "followed")] : [],
    shape("text", { x: centre + unit * 0.8, y: ground + 18, "text-anchor": "middle" }, "general"),
    shape("text", { x: 20, y: ground + 18 }, conflicts ? "conflict" : ""),
    shape(
      "text",
      { x: centre, y: ground + 36, "text-anchor": "middle", class: "figure" },
      `${degrees(cosine)}°`,
    ),
  );
}

/** From the middle of the ground line, in units of the cross-entropy's gradient. */
function place(along: number, up: number): [x: number, y: number] {
  return [centre + unit * along, ground - unit * up];
}

function height90(cosine: number): number {
  return Math.sqrt(Math.max(0, 1 - cosine * cosine));
}

function degrees(cosine: number): number {
  return Math.round(Math.acos(Math.min(1, Math.max(-1, cosine))) * 180 / Math.PI);
}

function arrow([x, y]: [number, number], kind: string): SVGElement {
  const length = Math.hypot(x - centre, y - ground);
  if (length < 8) return shape("circle", { cx: centre, cy: ground, r: 4, class: `arrow ${kind}` });
  const [dx, dy] = [(x - centre) / length, (y - ground) / length];
  const [bx, by] = [x - 9 * dx, y - 9 * dy];
  const head = `M${x},${y}L${bx - 5 * dy},${by + 5 * dx}L${bx + 5 * dy},${by - 5 * dx}z`;
  return shape(
    "g",
    { class: `arrow ${kind}` },
    shape("line", { x1: centre, y1: ground, x2: bx, y2: by }),
    shape("path", { d: head }),
  );
}
