/** Whole runs on other protocols, contexts and towers: a section of docs/whole_runs.md. */
import protocols from "../data/whole_runs/protocols.json" with { type: "json" };
import { pairedDifference, signed } from "../lib/results/mod.ts";
import plan from "../truth/plan.json" with { type: "json" };
import { percent, table } from "./table_text.ts";

type Followed = (typeof protocols.runs)[number];

/** The last commit whose runs here are of the pocket suite's earlier pictures. */
const earlier = "c606ecc";

/** Which runs are of which pictures. */
function pictures(): string {
  const today = protocols.runs.filter(({ commit }) => commit !== earlier).length;
  const of = protocols.runs.length;
  if (today === of) return "All are of today's pictures.";
  return today === 0
    ? ""
    : `${today} of them are of today's pictures, those of plumbline at ${earlier} of the earlier ones.`;
}

function followed(run: Followed): string[] {
  return [
    run.method,
    `${run.what}, ${run.shots} shots`,
    String(run.seed),
    `${run.steps} steps of ${run.batch}, rate ${run.rate}`,
    run.commit,
    run.tests.map(({ dataset, classes, plumbline, published }) =>
      `${[dataset, ...classes === "all" ? [] : [classes]].join(" ")} ${percent(plumbline)} / ${
        percent(published)
      }`
    ).join("; "),
    isSame(run)
      ? "every image"
      : `${count(run.tests.filter((test) => test.samePredictions))} of ${count(run.tests)}`,
    run.lossRelativeDifference.toExponential(1),
  ];
}

const isSame = ({ tests }: Followed) => tests.every(({ samePredictions }) => samePredictions);
const count = (tests: readonly unknown[]) =>
  `${tests.length} ${tests.length === 1 ? "test" : "tests"}`;

/** Of runs of which one ends in other predictions, the difference over all their seeds, a sentence for each test. */
function overSeeds(): string {
  const groups = Map.groupBy(
    protocols.runs,
    ({ method, what, shots }) => `${method}, ${what}, ${shots} shots`,
  );
  return [...groups].filter(([, group]) => !group.every(isSame)).flatMap(([name, group]) =>
    group[0]!.tests.flatMap(({ dataset, classes }, at) => {
      if (group.every(({ tests }) => tests[at]!.samePredictions)) return [];
      const [ours, theirs] = (["plumbline", "published"] as const)
        .map((side) => group.map(({ tests }) => tests[at]![side])) as [number[], number[]];
      const { mean, interval } = pairedDifference(ours, theirs);
      return [
        `${name}: on ${dataset} ${classes} plumbline − published is ${
          signed(mean, 2)
        } points over ${group.length} seeds, 95 % interval [${
          interval!.map((end) => signed(end, 2)).join(", ")
        }].`,
      ];
    })
  ).join("\n");
}

/** What of the plan has no run here. */
function notRun(): string {
  const run = new Set(
    protocols.runs.map(({ method, what, shots }) => `${method} (${what}, ${shots} shots)`),
  );
  const left = plan.map(({ method, what, shots }) => `${method} (${what}, ${shots} shots)`)
    .filter((name) => !run.has(name));
  return left.length === 0 ? "" : `Planned and not run: ${left.join("; ")}.`;
}

/** The section. */
export function protocolsSection(): string {
  return `## Few-shot and transfer protocols, class-specific contexts, a ResNet tower

The same inputs again, at the papers' rates and crops, in few epochs. ${protocols.environment}. The
ResNet's tower has the published form and random weights (\`truth/resnet_tower.py\`);
\`truth/both_sides.py\` runs \`truth/plan.json\` on both sides. Of ${protocols.runs.length} runs ${
    protocols.runs.filter(isSame).length
  } end in the same predictions,
image by image, in every test. ${pictures()}

${
    table(
      [
        "method",
        "what",
        "seed",
        "training",
        "plumbline at",
        "plumbline / published, %",
        "same predictions",
        "loss",
      ],
      protocols.runs.map(followed),
    )
  }

${overSeeds()}
${notRun()}
With the untrained ResNet accuracies are those of chance: what is compared is the arithmetic.

`;
}
