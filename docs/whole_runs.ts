/**
 * Writes docs/whole_runs.md from data/whole_runs/runs.json: whole published runs beside plumbline's. A test holds the page to
 * the data.
 */
import { signed } from "../lib/results/mod.ts";
import { percent, table } from "./table_text.ts";
import { methodsSection } from "./whole_runs_methods.ts";
import { precisionSection } from "./whole_runs_precision.ts";
import { protocolsSection } from "./whole_runs_protocols.ts";
import runs from "../data/whole_runs/runs.json" with { type: "json" };

type Replay = (typeof runs.replays)[number];
type Own = (typeof runs.own)[number];

/** Why losses part, where they do. */
function why({ method, dataset, shots, firstEpochApart, settings }: Replay): string {
  if (firstEpochApart === null) return "";
  if (method === "prograd") {
    return settings.startsWith("published")
      ? "rounding: two published runs from starts 1e-7 apart part as well"
      : "the start is the teacher's prompt: G_g is rounding, divided by its length";
  }
  if (method === "coop" && dataset === "pocket-things" && shots === 16) {
    return "rate 0.05: the published run parts from itself at this epoch when its start is nudged by 1e-7";
  }
  return "rounding, by a thousandth of the loss";
}

function replayed(run: Replay): string[] {
  const { base, new: unseen } = run;
  const same = base.samePredictions && unseen.samePredictions;
  return [
    run.method,
    run.dataset,
    String(run.shots),
    String(run.seed),
    run.settings,
    `${percent(base.plumbline)} / ${percent(base.published)}`,
    `${percent(unseen.plumbline)} / ${percent(unseen.published)}`,
    same ? "every image" : base.samePredictions ? "base" : "–",
    run.lossRelativeDifference.toExponential(1),
    run.firstEpochApart === null ? "–" : String(run.firstEpochApart),
    why(run),
  ];
}

function drawn(own: Own): string[] {
  const spread = ({ mean, sd }: { mean: number; sd: number }) =>
    `${percent(mean)} (${percent(sd)})`;
  return [
    own.method,
    own.dataset,
    String(own.shots),
    String(own.seeds),
    own.part,
    spread(own.plumbline),
    spread(own.published),
    `${signed(own.difference, 2)} [${signed(own.low, 2)}, ${signed(own.high, 2)}]`,
  ];
}

/** The page. */
export function page(): string {
  const whole =
    runs.replays.filter(({ base, new: unseen }) => base.samePredictions && unseen.samePredictions)
      .length;
  const accuracies = runs.own.filter(({ part }) => part !== "loss");
  const outside = accuracies.filter(({ low, high }) => low > 0 || high < 0).length;
  const widths = accuracies.map(({ low, high }) => high - low);
  return `# Whole runs beside each other

The published trainers' own classes trained on the pocket suite, and plumbline's cells of the same
settings beside them. ${runs.environment}. The driver is \`truth/whole_runs.py\`, whose head says
what is changed of the published code; plumbline's side is \`${runs.command}\`.

Where no other is said, the runs on this page are of the pocket suite's earlier pictures and recipes (at the commits named),
since replaced: they compare the two codes, and their accuracies are not those of [today's suite](pocket.md).

${methodsSection()}## The same start, order, crops, flips and task draws

Accuracies in percent, plumbline's / published. Of ${runs.replays.length} whole runs ${whole} end in
the same predictions, image by image, on base and on new classes. "Loss" is the largest relative
difference of an epoch's mean loss, "apart" the first epoch in which that is above a thousandth.

${
    table(
      [
        "method",
        "set",
        "shots",
        "seed",
        "settings",
        "base",
        "new",
        "same predictions",
        "loss",
        "apart",
        "why",
      ],
      runs.replays.map(replayed),
    )
  }

ProGrad's runs here start at the teacher's own words, from before
[a degenerate direction](methods.md) was given a meaning of its own: both sides follow the noise.
Those further below start from the template after zeros, as published.

## Each side's own random numbers

Paired by seed (the same few-shot list); mean (deviation over seeds), and plumbline − published with
its 95 % interval. Of ${accuracies.length} intervals of accuracies ${outside} ${
    outside === 1 ? "does" : "do"
  } not hold 0. They are ${percent(Math.min(...widths))} to ${
    percent(Math.max(...widths))
  } points wide: small systematic differences are excluded by the runs above, not by these.

${
    table(
      ["method", "set", "shots", "seeds", "part", "plumbline", "published", "difference"],
      runs.own.map(drawn),
    )
  }

${protocolsSection()}${precisionSection()}Not covered: CUDA; half precision over whole runs; 16 shots of ProGrad and ProMetaR with each side's
own random numbers; a trained ResNet.
`;
}

if (import.meta.main) {
  await Deno.writeTextFile(new URL("whole_runs.md", import.meta.url), page());
}
