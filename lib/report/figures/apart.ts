/**
 * Names beside dots that do not lie on each other.
 *
 * @module
 */

/** A dot and its name, in pixels from the top left. */
export interface Spot {
  x: number;
  y: number;
  text: string;
}

/** Where a name goes: pixels right of and below its dot, and which of its ends is there. */
export interface NamePlace {
  dx: number;
  dy: number;
  textAnchor: "start" | "end";
}

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Height of a line and mean width of a letter at font size 11, in pixels, and half of a dot with its rim. */
const [line, letter, dot] = [12, 6, 6];

/** Beside the dot, then ever further above and below. */
const tries: NamePlace[] = Array.from({ length: 25 }, (_, i) => {
  const away = Math.ceil(i / 2) * line;
  return i % 2 === 0 ? away : -away;
}).flatMap((dy) => [
  { dx: 8, dy, textAnchor: "start" as const },
  { dx: -8, dy, textAnchor: "end" as const },
]);

/**
 * A place for every name, from the top down: the nearest to its dot where it covers no dot and no name that was placed
 * before, and stays between `left` and `right`; right of its dot where there is none.
 */
export function apart(spots: readonly Spot[], left: number, right: number): NamePlace[] {
  const taken = spots.map(({ x, y }): Box => around(x - dot, x + dot, y, dot));
  const places = new Map<Spot, NamePlace>();
  for (const spot of spots.toSorted((a, b) => a.y - b.y)) {
    const fits = (place: NamePlace) => {
      const box = boxOf(spot, place);
      return box.left >= left && box.right <= right && !taken.some((other) => cover(box, other));
    };
    const place = tries.find(fits) ?? tries[0];
    taken.push(boxOf(spot, place!));
    places.set(spot, place!);
  }
  return spots.map((spot) => places.get(spot)!);
}

/** The box of a name. */
export function boxOf({ x, y, text }: Spot, { dx, dy, textAnchor }: NamePlace): Box {
  const width = letter * text.length;
  const from = textAnchor === "start" ? x + dx : x + dx - width;
  return around(from, from + width, y + dy, line / 2);
}

function around(left: number, right: number, y: number, half: number): Box {
  return { left, right, top: y - half, bottom: y + half };
}

/** Whether two boxes have more than an edge in common. */
export function cover(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
