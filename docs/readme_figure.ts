/**
 * The figure in README.md, for light pages and for dark ones, from data/pocket/report.json: `deno task docs` draws it, and
 * a test fails when it is not what comes out.
 */
import { readReport, reportRows } from "@plumbline/plumbline";
import { accuracyBars } from "@plumbline/plumbline/figures";
import { baseToNewRows } from "@plumbline/plumbline/report";

/** Where the figure goes, and the ink on pages that are so. */
const pages = {
  "base_to_new.svg": "#1f2328",
  "base_to_new_dark.svg": "#e6edf3",
};

const report = new URL("../data/pocket/report.json", import.meta.url);
const folder = new URL("./figures/", import.meta.url);

/** The files' texts by their paths. */
export async function figures(): Promise<Map<string, string>> {
  const rows = reportRows(await readReport(report), "pocket/base-to-new");
  const count = (of: (row: typeof rows[0]) => unknown) => new Set(rows.map(of)).size;
  const sets = count(({ dataset }) => dataset);
  const seeds = count(({ learns, seed }) => learns ? seed : rows.find((row) => row.learns)?.seed);
  const drawn = accuracyBars(
    `Base-to-new generalization, the mean of ${sets} drawn data sets, ${seeds} seeds`,
    baseToNewRows(rows).filter(({ dataset }) => dataset === "average"),
  );
  return new Map(
    Object.entries(pages).map(([name, ink]) => [
      decodeURIComponent(new URL(name, folder).pathname),
      drawn.replace("background:#fff;color:#222", `color:${ink}`),
    ]),
  );
}

if (import.meta.main) {
  await Deno.mkdir(folder, { recursive: true });
  for (const [path, svg] of await figures()) await Deno.writeTextFile(path, svg);
}
