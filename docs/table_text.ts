/** Numbers and Markdown tables of the pages that are made from data. */

export const percent = (x: number) => x.toFixed(2);

/** A Markdown table; of `numbers`, all columns but the first stand to the right. */
export function table(head: string[], rows: string[][], of: "words" | "numbers" = "words"): string {
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  const rule = head.map((_, i) => of === "numbers" && i > 0 ? "---:" : "---");
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}
