/** What `mod.ts` exports, by name and by group: what a script says. All else has a sub-path, and no name means two things. */
import assert from "node:assert/strict";
import { denoPath } from "../../lib/deno_path.ts";
import { project } from "./registry.ts";

const root = decodeURIComponent(new URL("../../", import.meta.url).pathname);

/** The groups of the front page, with the names of values and types in each. */
const door: Record<string, string> = {
  Load: `Backend BackendName baseNew Clip ClipConfig cocoDataset Dataset dataset datasets
    disposeClip fetchDataset fetchWeights fewShot folderDataset Item loadClip LoadedDataset
    OwnDataset OwnOptions Precision splitDataset tableDataset useBackend UserError`,
  Predict: `exportPublished loadPublished loadTrained LoadTrainedOptions predict Prediction
    Prompts PublishedOptions`,
  Train: `Method method methods MethodSettings Preset train TrainedPrompts Training TrainOptions`,
  Evaluate: `evaluateLogits Examination examine harmonicMean Metrics Paired pairedDifference
    pairedOverUnit summarize Summary Unit`,
  Reproduce: `certify checkCertificate GivenEntry GivenExperiment inLines LabEvent LabOptions plan
    Planned Ran readReport recipes reportedValues ReportJson reportRows ReportTable Row run
    RunRecord tableHtml tableMarkdown verifyFolder writeReport`,
  Extend: `defineDataset defineMethod Description MethodDescription`,
};

interface Declaration {
  location: Place;
  jsDoc?: { tags?: { kind: string; doc: string }[] };
  /** Where a name comes from that is passed on. */
  def?: { target?: Place };
}

interface Place {
  filename: string;
  line: number;
}

interface Documented {
  nodes: Record<string, { symbols: { name: string; declarations: Declaration[] }[] }>;
}

const { stdout } = await new Deno.Command(denoPath(), {
  args: ["doc", "--json", ...Object.values(project.exports)],
  cwd: root,
}).output();
const { nodes }: Documented = JSON.parse(new TextDecoder().decode(stdout));

const placeOf = ({ location, def }: Declaration) => def?.target ?? location;
const written = ({ filename, line }: Place) => `${filename.replace(/^.*\/lib\//, "lib/")}:${line}`;

/** The group that the comment at each place puts its symbol in. */
const groups = new Map(
  Object.values(nodes).flatMap(({ symbols }) => symbols).flatMap(({ declarations }) =>
    declarations.flatMap(({ location, jsDoc }) =>
      (jsDoc?.tags ?? []).filter(({ kind }) => kind === "category")
        .map(({ doc }) => [written(location), doc.trim()] as const)
    )
  ),
);

Deno.test("the front door has the names that are listed here, 90 at most, each in its group", () => {
  const { symbols } = nodes[new URL("../../mod.ts", import.meta.url).href]!;
  const found = Map.groupBy(
    symbols,
    ({ declarations }) =>
      declarations.map((own) => groups.get(written(placeOf(own)))).find(Boolean) ?? "none",
  );
  const names = Object.fromEntries(
    [...found].map(([group, own]) => [group, own.map(({ name }) => name).sort()]),
  );
  const listed = Object.fromEntries(
    Object.entries(door).map(([group, own]) => [group, own.split(/\s+/).sort()]),
  );
  assert.deepEqual(names, listed);
  assert.ok(symbols.length <= 90, `${symbols.length} names`);
});

Deno.test("a name is the same thing behind the front door and behind every sub-path", () => {
  assert.equal(Object.keys(nodes).length, Object.keys(project.exports).length);
  const meanings = new Map<string, Set<string>>();
  for (const { symbols } of Object.values(nodes)) {
    for (const { name, declarations } of symbols) {
      const files = meanings.get(name) ?? new Set();
      for (const own of declarations) files.add(written(placeOf(own)).split(":")[0]!);
      meanings.set(name, files);
    }
  }
  assert.ok(meanings.size > 500);
  const several = [...meanings].filter(([, files]) => files.size > 1);
  assert.deepEqual(several.map(([name, files]) => [name, ...files]), []);
});
