/**
 * Every method in words and tables: what `deno task methods` prints, and docs/methods.md.
 *
 * @module
 */
import measured from "../../data/method_costs.json" with { type: "json" };
import { publishedConfig, publishedNames } from "../clip/published.ts";
import { countParameters } from "../methods/parameters.ts";
import { type Method, methods, type Preset, type Setting } from "../methods/mod.ts";

/** A method's name, title and source, its settings and its presets, a line each. */
export function describe(method: Method): string {
  const { name, title, paper, learned } = method;
  const settings = Object.entries(method.settings);
  const width = Math.max(0, ...settings.map(([key]) => key.length));
  return [
    `${name}: ${title}, learns ${learned} (${paper.title}, ${paper.venue})`,
    ...settings.map(([key, { default: value, about, expected }]) =>
      `  ${key.padEnd(width)}  ${JSON.stringify(value)}: ${about}; ${expected}`
    ),
    ...Object.entries(method.presets).flatMap(([key, preset]) => [
      `  preset ${key}: ${preset.table}; ${preset.backbone}${given(preset)}`,
      ...preset.deviations.map((deviation) => `    deviates: ${deviation}`),
    ]),
  ].join("\n");
}

function given({ settings, adjust }: Preset<Record<string, unknown>>): string {
  const changes = Object.entries(settings).map(([key, value]) => `${key} ${JSON.stringify(value)}`);
  if (adjust) changes.push("more by data set and shots");
  return changes.length > 0 ? `; ${changes.join(", ")}` : "";
}

/** Classes for which class-bound methods are counted: ImageNet's 1000 would hide the others, and most sets have about 100. */
const CLASSES = 100;

/** docs/methods.md. Needs a backend. */
export function methodsPage(): string {
  return [
    "# Methods",
    "",
    "Written by `deno task methods --docs`; a test checks that it is up to date.",
    "",
    `Learned numbers are those of the first preset on its backbone (a linear probe's for ${CLASSES} classes).`,
    ...costsAbout(),
    "",
    "| Method | `--methods` | What is learned | Numbers | A step | Backbone | From | Deviations |",
    "| --- | --- | --- | ---: | ---: | --- | --- | --- |",
    ...methods.map(row),
    "",
    "What each needs, and the authors' code with its licence (none of it is copied here; `–`: none was found):",
    "",
    ...methodsTable(),
    "",
    ...methods.flatMap(section),
  ].join("\n");
}

/** Numbers that the first preset learns on its backbone. */
function numbersOf(method: Method): number {
  const [name, preset] = Object.entries(method.presets)[0]!;
  const backbone = publishedNames.find((known) => preset.backbone.includes(known))!;
  return countParameters(method, name, publishedConfig(backbone), CLASSES);
}

function row(method: Method): string {
  const [preset] = Object.values(method.presets);
  const numbers = numbersOf(method);
  return cells([
    method.title,
    `\`${method.name}\``,
    method.learned,
    numbers.toLocaleString("en-US"),
    cost(method.name),
    preset!.backbone,
    cited(method.paper),
    preset!.deviations.join("; ") || "none",
  ]);
}

function cited({ title, venue, arxiv }: Method["paper"]): string {
  return `${arxiv ? `[${title}](https://arxiv.org/abs/${arxiv})` : title}, ${venue}`;
}

/** What a method reads beside class names and training images. */
function needsOf({ needs, selects, presets, settings }: Method): string {
  const defaults = Object.fromEntries(
    Object.entries(settings).map(([key, setting]) => [key, setting.default]),
  );
  const [first] = Object.values(presets);
  const chosen = selects?.({ ...defaults, ...first!.settings });
  return [
    needs.pixels ? "pixels, every step" : "features, computed once",
    ...chosen ? [chosen === "test" ? "test images to choose on" : "validation images"] : [],
  ].join("; ");
}

/** Every method in a table: what it learns and costs, what it needs, and whose code there is under which licence. */
export function methodsTable(): string[] {
  return [
    "| Method | Learns | Numbers | A step | Needs | Published code | Licence |",
    "| --- | --- | ---: | ---: | --- | --- | --- |",
    ...methods.map((method) => {
      const { code } = method.paper;
      return cells([
        method.title,
        method.learned,
        numbersOf(method).toLocaleString("en-US"),
        cost(method.name),
        needsOf(method),
        code ? `https://github.com/${code.repository}` : "–",
        code?.licence ?? "–",
      ]);
    }),
  ];
}

/** What `test/bench/method_costs.ts` measured, once for all methods. */
const costs: Record<string, { seconds: number; flops: number; measured: string }> = measured.steps;

/** What the measured steps were. */
function costsAbout(): string[] {
  if (Object.keys(costs).length === 0) return [];
  const { problem: { backbone, batch, classes }, device } = measured;
  const days = [...new Set(Object.values(costs).map((step) => step.measured))].sort();
  return [
    "",
    `A step: seconds and FLOPs of one step of training on one and the same problem, ${backbone} at its real size with ` +
    `random weights, ${batch} new images, ${classes} classes, on ${device}, measured on ${
      days.join(" and ")
    } by ` +
    "`test/bench/method_costs.ts`. A method without steps has none.",
  ];
}

function cost(name: string): string {
  const step = costs[name];
  return step ? `${step.seconds.toFixed(2)} s, ${(step.flops / 1e9).toFixed(0)} GFLOP` : "–";
}

function section({ title, settings, presets, traps = [] }: Method): string[] {
  const entries = Object.entries(settings) as [string, Setting<unknown>][];
  return [
    `## ${title}`,
    "",
    ...traps.length > 0 ? [`Traps: ${traps.join("; ")}.`, ""] : [],
    "| Preset | Belongs to | Changes | Deviations |",
    "| --- | --- | --- | --- |",
    ...Object.entries(presets).map(([name, preset]) =>
      cells([
        `\`${name}\``,
        preset.table,
        given(preset).replace("; ", "") || "none",
        preset.deviations.join("; ") || "none",
      ])
    ),
    "",
    "| Setting | Default | What it is | Takes |",
    "| --- | --- | --- | --- |",
    ...entries.map(([key, { default: value, about, expected }]) =>
      cells([`\`${key}\``, `\`${JSON.stringify(value)}\``, about, expected])
    ),
    "",
  ];
}

function cells(texts: string[]): string {
  return `| ${texts.map((text) => text.replaceAll("|", "\\|")).join(" | ")} |`;
}
