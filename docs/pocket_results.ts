/**
 * What methods do on the pocket suite, in Markdown, computed from `data/pocket/report.json`: the report of
 * `deno task reproduce --full`. Intervals are over the eleven sets, each a mean over seeds.
 */
import { harmonicMean, pairedDifference, signed, type Summary } from "../lib/results/mod.ts";
import { type ReportJson, reportRows, type Row } from "../lib/report/mod.ts";
import { recipes } from "../lib/protocols/mod.ts";
import type { Measured } from "./pocket_knowledge.ts";

const pocket = recipes.find(({ name }) => name === "pocket")!;

const SHOTS = [1, 2, 4, 8, 16];

/** The section, lines of Markdown; of a report that lacks cells, only that it does; of one of other pictures, that it is. */
export function results(report: ReportJson, measured: Measured): string[] {
  const lacking = missing(report);
  const heading = ["## What methods do on it", ""];
  if (lacking > 0) return [...heading, `\`data/pocket/report.json\` lacks ${lacking} cells.`, ""];
  const fewShot = cellsOf(report, "pocket/few-shot", "all");
  const base = cellsOf(report, "pocket/base-to-new", "base");
  const novel = cellsOf(report, "pocket/base-to-new", "new");
  return [
    ...heading,
    `Test images, from \`data/pocket/report.json\`, made by \`${
      report.command.replace(/ --out \S+/, "")
    }\`. Brackets hold a 95 % interval`,
    "(Student's t) of the mean over the sets, each set a mean over seeds: whether a difference would show on further sets of this",
    "kind, with this one CLIP. The report has the intervals over seeds.",
    "",
    ...earlier(fewShot, measured, report.titles),
    ...otherwiseTrained(report),
    ...claims(fewShot, base, novel),
    "",
    ...baseToNew(base, novel),
    "",
    ...repairs(base, novel),
    "",
    ...curves(fewShot),
    "",
    ...bySet(base, novel),
    "",
  ];
}

/** Says so where zero-shot CLIP sees other pictures in the report than it sees now: what is reported is of an earlier suite. */
function earlier(
  { sets, of }: Found,
  measured: Measured,
  titles: Record<string, string>,
): string[] {
  const known = new Map(
    Object.entries(measured.sets).map(([set, { test }]) => [titles[set] ?? set, test.all]),
  );
  const [reported, now] = [of("zero-shot", 0), sets.map((set) => known.get(set))];
  if (reported.every((value, i) => Math.abs(value - (now[i] ?? NaN)) < 0.1)) return [];
  return [
    `**This report is of the pictures and recipes of an earlier version**: zero-shot CLIP had ${
      average(reported).toFixed(1)
    } % there and has ${
      average(now.filter((x) => x !== undefined)).toFixed(1)
    } % on the pictures as they`,
    "are drawn now. So have the notebooks that quote it. `deno task reproduce --full` makes it for the pictures of today.",
    "",
  ];
}

/** Says which methods were trained otherwise in the report than the recipe trains them now, and how. */
function otherwiseTrained({ cells }: ReportJson): string[] {
  const entries = pocket.experiments(true).find(({ id }) => id === "pocket/base-to-new")!.entries;
  const others = entries.flatMap(({ method, training = {} }) => {
    const cell = cells.find(({ config }) =>
      config.method === method && config.protocol === "base-to-new"
    );
    const then = { ...cell?.config.settings };
    const changed = Object.entries(training)
      .filter(([key, value]) => then[key] !== undefined && then[key] !== value);
    return changed.length === 0 ? [] : [
      `${method} (${changed.map(([key, now]) => `${key} ${then[key]}, now ${now}`).join("; ")})`,
    ];
  });
  if (others.length === 0) return [];
  return [
    `**This report is of an earlier recipe**, which trained ${
      others.join(" and ")
    } otherwise. So are the README's figure and the`,
    "notebooks that quote it. `deno task reproduce --full` makes it by the recipe of today.",
    "",
  ];
}

/** Accuracies of an experiment: of a method at so many shots, by set, the mean over seeds. */
interface Found {
  methods: { name: string; title: string }[];
  sets: string[];
  /** In the order of `sets`; NaN where there is none. */
  of: (method: string, shots: number) => number[];
}

function cellsOf(report: ReportJson, experiment: string, classes: string): Found {
  const rows = reportRows(report, experiment).filter((row) => row.classes === classes);
  const methods = new Map(rows.map(({ method, label }) => [method, label]));
  const sets = [...new Set(rows.map(({ target }) => target))];
  return {
    methods: [...methods].map(([name, title]) => ({ name, title })),
    sets,
    of: (method, shots) => sets.map((set) => mean(rows.filter(wanted(method, shots, set)))),
  };
}

const wanted = (method: string, shots: number, set: string) => (row: Row) =>
  row.method === method && row.target === set && (!row.learns || row.shots === shots);

const mean = (rows: Row[]) => average(rows.map(({ accuracy }) => accuracy));

const average = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Cells of the two experiments that are not done. */
function missing({ experiments, cells }: ReportJson): number {
  const done = new Set(cells.flatMap(({ id, status }) => status === "done" ? [id] : []));
  return experiments
    .filter(({ id }) => ["pocket/few-shot", "pocket/base-to-new"].includes(id))
    .flatMap((experiment) => experiment.cells).filter((id) => !done.has(id)).length;
}

/** What the suite is meant to show, and whether it does. */
function claims(fewShot: Found, base: Found, novel: Found): string[] {
  const zeroShot = fewShot.of("zero-shot", 0);
  const lowest = Math.min(...zeroShot);
  const onBase = pairedDifference(base.of("coop", 16), base.of("zero-shot", 0));
  const onNew = pairedDifference(novel.of("coop", 16), novel.of("zero-shot", 0));
  const curve = SHOTS.map((shots) => average(fewShot.of("coop", shots)));
  const rise = pairedDifference(fewShot.of("coop", 16), fewShot.of("coop", 1));
  const rises = curve.slice(1).every((value, i) => value > curve[i]!);
  return [
    "| what it is meant to show | measured | does it |",
    "| --- | --- | --- |",
    claim(
      "zero-shot between 40 and 75 % on average over the eleven sets, above chance on each",
      `${average(zeroShot).toFixed(1)} %; lowest on ${fewShot.sets[zeroShot.indexOf(lowest)]}, ${
        lowest.toFixed(1)
      } %, where chance is at most 8.3 %`,
      average(zeroShot) >= 40 && average(zeroShot) <= 75 && lowest > 100 / 12,
    ),
    claim(
      "CoOp at 16 shots at least 8 points above zero-shot on base classes",
      points(onBase),
      onBase.mean >= 8,
    ),
    claim(
      "CoOp measurably below zero-shot on new classes",
      points(onNew),
      onNew.interval !== undefined && onNew.interval[1] < 0,
    ),
    claim(
      "few-shot accuracy of CoOp that rises with shots",
      `${curve.map((value) => value.toFixed(1)).join(", ")} % at ${SHOTS.join(", ")} shots; ${
        points(rise)
      } from 1 to 16`,
      rises && rise.interval !== undefined && rise.interval[0] > 0,
    ),
  ];
}

const claim = (what: string, measured: string, holds: boolean) =>
  `| ${what} | ${measured} | ${holds ? "yes" : "**no**"} |`;

/** A difference in words: `+9.1 points [4.2, 14.0]`. */
function points({ mean, interval }: Summary): string {
  const bounds = interval ? ` [${signed(interval[0])}, ${signed(interval[1])}]` : "";
  return `${signed(mean)}${bounds}`;
}

function baseToNew(base: Found, novel: Found): string[] {
  const zero = { base: base.of("zero-shot", 0), novel: novel.of("zero-shot", 0) };
  return [
    "**Base-to-new, 16 shots.** H is the harmonic mean of the two averages; differences are points against zero-shot.",
    "",
    "| method | base | new | H | base − zero-shot | new − zero-shot | sets where new is lower |",
    "| --- | ---: | ---: | ---: | --- | --- | ---: |",
    ...base.methods.map(({ name, title }) => {
      const [b, n] = [base.of(name, 16), novel.of(name, 16)];
      const figures = [average(b), average(n), harmonicMean(average(b), average(n))];
      const differences = name === "zero-shot" ? ["", "", ""] : [
        points(pairedDifference(b, zero.base)),
        points(pairedDifference(n, zero.novel)),
        `${n.filter((value, i) => value < zero.novel[i]!).length} of ${n.length}`,
      ];
      return row([title, ...figures.map((value) => value.toFixed(1)), ...differences]);
    }),
  ];
}

/** The two papers' methods against what they add to. */
function repairs(base: Found, novel: Found): string[] {
  const pairs = [["prograd", "coop"], ["prometar", "ivlp"]] as const;
  const of = (name: string) => {
    const [b, n] = [base.of(name, 16), novel.of(name, 16)];
    return { b, n, h: b.map((value, i) => harmonicMean(value, n[i]!)) };
  };
  const titleOf = (wanted: string) =>
    base.methods.find(({ name }) => name === wanted)?.title ?? wanted;
  return [
    "| against what it adds to | base | new | H, set by set | sets where new is higher |",
    "| --- | --- | --- | --- | ---: |",
    ...pairs.map(([repair, plain]) => {
      const [a, z] = [of(repair), of(plain)];
      return row([
        `${titleOf(repair)} − ${titleOf(plain)}`,
        ...(["b", "n", "h"] as const).map((key) => points(pairedDifference(a[key], z[key]))),
        `${a.n.filter((value, i) => value > z.n[i]!).length} of ${a.n.length}`,
      ]);
    }),
  ];
}

function curves(found: Found): string[] {
  const gain = (method: string) =>
    (average(found.of(method, 16)) - average(found.of(method, 1))).toFixed(1);
  return [
    `**Few-shot, all classes**, by training images of each class. From 1 to 16 shots a linear probe gains ${
      gain("linear-probe")
    } points and`,
    `CoOp ${gain("coop")}. ${crossing(found)}`,
    "",
    `| method | ${SHOTS.join(" | ")} | 16 − 1 | sets that rise from 1 to 16 |`,
    `| --- |${" ---: |".repeat(SHOTS.length)} --- | ---: |`,
    ...found.methods.map(({ name, title }) => {
      const at = SHOTS.map((shots) => found.of(name, shots));
      const means = at.map((values) => average(values).toFixed(1));
      if (name === "zero-shot") return row([title, ...means, "", ""]);
      const rising = at[4]!.filter((value, i) => value > at[0]![i]!).length;
      return row([
        title,
        ...means,
        points(pairedDifference(at[4]!, at[0]!)),
        `${rising} of ${at[4]!.length}`,
      ]);
    }),
  ];
}

/** From how many shots on the probe is ahead of the prompts. */
function crossing(found: Found): string {
  const ahead = (shots: number) =>
    average(found.of("linear-probe", shots)) > average(found.of("coop", shots));
  const first = SHOTS.findIndex(ahead);
  if (first < 0) return "The probe stays below CoOp; in the papers it comes level at 16 shots.";
  return first === 0
    ? "The probe is ahead of CoOp from the first shot; in the papers it comes level at 16."
    : `The probe is behind CoOp at ${SHOTS[first - 1]} and ahead at ${
      SHOTS[first]
    }; in the papers it comes level at 16.`;
}

function bySet(base: Found, novel: Found): string[] {
  return [
    "**By set**, base / new, 16 shots.",
    "",
    `| set | ${base.methods.map(({ title }) => title).join(" | ")} |`,
    `| --- |${" ---: |".repeat(base.methods.length)}`,
    ...base.sets.map((set, i) =>
      row([
        set,
        ...base.methods.map(({ name }) =>
          `${base.of(name, 16)[i]!.toFixed(1)} / ${novel.of(name, 16)[i]!.toFixed(1)}`
        ),
      ])
    ),
  ];
}

const row = (cells: string[]) => `| ${cells.join(" | ")} |`;
