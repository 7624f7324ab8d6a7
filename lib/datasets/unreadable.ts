/**
 * Which images cannot be read, found in one pass before a run and told in one message, not one by one over an hour.
 *
 * @module
 */

import { UserError } from "../errors.ts";
import { decodeImage } from "../image/mod.ts";
import type { Item } from "./dataset.ts";

/** Images decoded at once; the decoder has its own threads. */
const LANES = 4;

/**
 * Decodes every image and gives one line that says how many of them cannot be read, which (up to five) and why; undefined when
 * all can. Missing files count as unreadable.
 *
 * @param progress called with the number of images decoded
 */
export async function unreadableImages(
  items: readonly Item[],
  progress: (done: number, total: number) => void = () => {},
): Promise<string | undefined> {
  const reasons: string[] = new Array(items.length).fill("");
  let [next, done] = [0, 0];
  await Promise.all(Array.from({ length: LANES }, async () => {
    while (next < items.length) {
      const i = next++;
      try {
        await decodeImage(items[i]!.path);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        reasons[i] = error.message;
      }
      progress(++done, items.length);
    }
  }));
  const found = reasons.filter((reason) => reason !== "");
  if (found.length === 0) return undefined;
  const shown = found.slice(0, 5).map((reason) => reason.replace(/\.$/, "")).join("; ");
  const more = found.length > 5 ? `; and ${found.length - 5} more` : "";
  return `${found.length} of ${items.length} images cannot be read: ${shown}${more}. Replace or remove them.`;
}
