/** The ids of texts that come again and again: prompts share most of their words, and runs their prompts. */

/** Texts that are remembered at most: then all are forgotten. */
const MOST = 100_000;

/** What `idsOf` gives, remembered by text. */
export function remembered(
  idsOf: (text: string) => readonly number[],
): (text: string) => readonly number[] {
  const known = new Map<string, readonly number[]>();
  return (text) => {
    const before = known.get(text);
    if (before) return before;
    const ids = idsOf(text);
    if (known.size >= MOST) known.clear();
    known.set(text, ids);
    return ids;
  };
}
