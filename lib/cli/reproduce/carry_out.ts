/**
 * A reproduction carried out as its options say.
 *
 * @module
 */
import { hubNames } from "../../clip/mod.ts";
import { isOwnSpec, mostShots, readTemplates } from "../../datasets/mod.ts";
import { UserError } from "../../errors.ts";
import {
  findWeights,
  type LabOptions,
  lackingInputs,
  reportOn,
  run as runLab,
} from "../../lab/mod.ts";
import { offerNative } from "../native.ts";
import { UsageError } from "../options.ts";
import { choose } from "./choose.ts";
import { onDrawings } from "./data_given.ts";
import { display, outcomeLines } from "./display.ts";
import { dryNames, dryRun } from "./dry_run.ts";
import type { ReproduceOptions } from "./options.ts";
import { slurmFor } from "./slurm_given.ts";

/**
 * Carries it out. → exit code: 1 when a cell failed
 *
 * @param args what the options were read from
 * @param leaves takes what an interruption would leave behind, in a line, where that is not the usual
 */
export async function carryOut(
  options: ReproduceOptions,
  args: readonly string[],
  say: (line: string) => void,
  leaves: (line: string) => void,
): Promise<number> {
  const slurm = await slurmFor(options.runner, options.slurm);
  if (options.reportOnly) return await reportOnly(options, say);
  const choice = choose(options, {
    templates: options.templates === undefined ? undefined : await readTemplates(options.templates),
    mostShots: options.shotsPerClass === undefined
      ? undefined
      : await mostShots(options.shotsPerClass),
  });
  const { recipe, data } = choice;
  const lacking = recipe && await lackingInputs(choice.experiments, options.root);
  if (lacking && options.dryRun) {
    dryNames(choice.experiments, `--preset ${recipe} ${lacking}`, say);
    return 0;
  }
  if (lacking) {
    throw new UserError(
      `--preset ${recipe} ${lacking}; --only and --datasets take a part, --dry-run shows what there is to run`,
    );
  }
  await checkWeights(options.clip);
  await offerNative(options.backend, say);
  const command = commandLine(args);
  const experiments = choice.experiments.map((one) => ({
    ...one,
    command: recipe ? onlyCommand(command, one.id) : command,
  }));
  const lab: LabOptions = {
    ...{ out: options.out, data, backend: options.backend, precision: options.precision },
    ...{ workers: options.workers, jobs: options.jobs, stack: options.stack, keep: options.keep },
    ...{ headline: choice.headline, command },
    runner: slurm ? { slurm } : "local",
    onEvent: display({ say, leaves, cluster: slurm !== undefined }),
  };
  if (options.dryRun) {
    await dryRun(experiments, lab, say);
    return 0;
  }
  if (experiments.some(({ clip, datasets }) => clip === "pocket" && datasets.some(isOwnSpec))) {
    say(onDrawings);
  }
  const { failed, left, report } = await runLab(experiments, lab);
  for (const line of outcomeLines(report)) say(line);
  if (left > 0) say(`${left} of ${left + report.cells.length} cells have not been run yet.`);
  return failed > 0 ? 1 : 0;
}

async function reportOnly({ out }: ReproduceOptions, say: (line: string) => void): Promise<number> {
  const { report, files, failures, left } = await reportOn(out);
  if (left > 0) say(`${left} of ${left + report.cells.length} cells have not been run yet.`);
  for (const file of files) say(`Wrote ${file}`);
  return failures.length > 0 ? 1 : 0;
}

/** A path of `--clip` that leads nowhere is wrong usage. */
async function checkWeights(clip: string | undefined): Promise<void> {
  if (clip === undefined || clip === "pocket" || clip === "random") return;
  try {
    await findWeights(clip);
  } catch (error) {
    const isPath = !hubNames.includes(clip);
    throw isPath && error instanceof UserError ? new UsageError(error.message) : error;
  }
}

/** `deno task reproduce` with its arguments, as a shell takes them. */
function commandLine(args: readonly string[]): string {
  return ["deno task reproduce", ...args.map(quoted)].join(" ");
}

/** The command for one experiment of those that it runs. */
function onlyCommand(command: string, id: string): string {
  return `${command.replace(/ --only[ =]\S+/, "")} --only ${id}`;
}

function quoted(word: string): string {
  return /^[\w./=,:@+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
