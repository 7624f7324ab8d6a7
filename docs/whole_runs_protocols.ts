/** Whole runs on other protocols, contexts and towers: a section of docs/whole_runs.md. */
import protocols from "../data/whole_runs/protocols.json" with { type: "json" };
import plan from "../truth/plan.json" with { type: "json" };
import { percent, table } from "./table_text.ts";

type Followed = (typeof protocols.runs)[number] & {
  apartFromThemselves?: { publishedNudged: number | null; plumblineOnWasm: number | null };
};

/** What rounding alone does on each side, where losses part. */
function why({ firstEpochApart, apartFromThemselves: own }: Followed): string {
  if (firstEpochApart === null || !own) return "";
  const { publishedNudged, plumblineOnWasm } = own;
  const found = [
    publishedNudged && `published runs from starts 1e-7 apart part at ${publishedNudged}`,
    plumblineOnWasm && `plumbline's on native and wasm at ${plumblineOnWasm}`,
  ].filter((part) => part);
  return found.length === 0 ? "" : `rounding: ${found.join(", ")}`;
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
    run.firstEpochApart === null ? "–" : String(run.firstEpochApart),
    why(run),
  ];
}

const isSame = ({ tests }: Followed) => tests.every(({ samePredictions }) => samePredictions);
const count = (tests: readonly unknown[]) =>
  `${tests.length} ${tests.length === 1 ? "test" : "tests"}`;

/** What of the plan has no run here. */
function notRun(): string {
  const run = new Set(
    protocols.runs.map(({ method, what, shots }) => `${method} (${what}, ${shots} shots)`),
  );
  const left = plan.map(({ method, what, shots }) => `${method} (${what}, ${shots} shots)`)
    .filter((name) => !run.has(name));
  return left.length === 0 ? "" : `Planned and not run: ${left.join("; ")}.\n`;
}

/** The section. */
export function protocolsSection(): string {
  return `## Few-shot and transfer protocols, class-specific contexts, a ResNet tower

The same inputs again, at the papers' rates and crops, in few epochs, but for CoOp with the suite's recipe of today. ${protocols.environment}. The
ResNet's tower has the published form and random weights (\`truth/resnet_tower.py\`);
\`truth/both_sides.py\` runs \`truth/plan.json\` on both sides. Of ${protocols.runs.length} runs ${
    protocols.runs.filter(isSame).length
  } end in the same predictions,
image by image, in every test. These are of today's pictures; "apart" is as above.

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
        "apart",
        "why",
      ],
      protocols.runs.map(followed),
    )
  }

${notRun()}With the untrained ResNet accuracies are those of chance: what is compared is the arithmetic.

`;
}
