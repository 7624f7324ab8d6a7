/** Numbers and Markdown tables of the pages that are made from data. */

export const percent = (x: number) => x.toFixed(2);

export function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
