/**
 * The results that a notebook tells of: those of the pocket preset come with the project, those of the papers' own
 * experiments are made where their weights and data are.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../errors.ts";
import { moduleFile } from "../module_file.ts";
import { live } from "./live.ts";
import { parseReport, readReport, type ReportJson, reportRows, type Row } from "../report/mod.ts";

/** The experiment of each preset that shows the same thing: `{ pocket: "pocket/few-shot", paper: "prograd/few-shot" }`. */
export interface ExperimentIds {
  /** Identity of the experiment in the pocket preset. */
  pocket: string;
  /** Identity of the experiment in the paper preset. */
  paper: string;
}

/** A measurement, and how the method was set. */
export interface ResultRow extends Row {
  /** The preset's name. */
  preset: string;
  /** The settings, resolved, with those of the training. */
  settings: Record<string, unknown>;
  /** Seconds that the cell trained; NaN where the report does not say. */
  trainingSeconds: number;
}

/** Where the results of an experiment on the pocket suite lie in this project: `data/pocket/report.json`. */
const shippedReport = (experiment: string) => `data/${experiment.split("/")[0]}/report.json`;

/**
 * The rows of an experiment.
 *
 * @param preset `pocket`: the results that come with the project. `paper`: those in `out/paper`; what is not there is run
 *   now, which takes as long as the papers' experiments do. Anything else: a folder that `deno task reproduce` has written.
 * @param say takes the lines of a run; a bar shows it when not given
 * @throws {UserError} when weights or data are absent, with the commands that fetch them; when the folder has no such
 *   experiment
 */
export async function results(
  preset: string,
  experiment: ExperimentIds,
  say?: (line: string) => void,
): Promise<ResultRow[]> {
  if (preset === "pocket") {
    const file = shippedReport(experiment.pocket);
    const text = new TextDecoder().decode(await moduleFile(file));
    return rowsOf(parseReport(text, file), experiment.pocket);
  }
  if (preset !== "paper") {
    const report = await readReport(preset);
    return rowsOf(report, has(report, experiment.paper) ? experiment.paper : experiment.pocket);
  }
  const out = join(project(), "out", "paper");
  const made = await readReport(out).catch(() => undefined);
  if (made && has(made, experiment.paper)) return rowsOf(made, experiment.paper);
  await runPaper(experiment.paper, out, say);
  return rowsOf(await readReport(out), experiment.paper);
}

function rowsOf(report: ReportJson, experiment: string): ResultRow[] {
  const cells = new Map(report.cells.map((cell) => [cell.id, cell]));
  return reportRows(report, experiment).map((row) => {
    const { config: { preset, settings }, seconds } = cells.get(row.cell)!;
    const trainingSeconds = seconds?.training ?? NaN;
    return { ...row, preset: preset!.name, settings: settings!, trainingSeconds };
  });
}

function has(report: ReportJson, experiment: string): boolean {
  return report.experiments.some(({ id, cells }) => id === experiment && cells.length > 0);
}

/** The folder of the checkout. */
function project(): string {
  const url = new URL("../..", import.meta.url);
  if (url.protocol === "file:") return fileURLToPath(url);
  throw new UserError(
    "the papers' experiments are run from a clone of the project, not over the web",
  );
}

/** Runs an experiment of the papers in this process; what is done already is kept. */
async function runPaper(id: string, out: string, say?: (line: string) => void): Promise<void> {
  const { inLines, lackingInputs, run } = await import("../lab/mod.ts"); // heavy: only where it is needed
  const { recipes } = await import("../protocols/mod.ts");
  const { headline, experiments } = recipes.find(({ name }) => name === "paper")!;
  const chosen = experiments(true).filter((experiment) => experiment.id === id);
  if (chosen.length === 0) throw new UserError(`the paper preset has no experiment ${id}`);
  const root = join(project(), "datasets");
  const lacking = await lackingInputs(chosen, root);
  if (lacking) throw new UserError(`the papers' own experiment ${id} ${lacking}`);
  const command = `deno task reproduce --preset paper --only ${id} --out out/paper`;
  await run(chosen, {
    out,
    data: { root },
    headline,
    command,
    onEvent: say ? inLines(say) : live(),
  });
}
