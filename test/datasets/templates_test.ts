import assert from "node:assert/strict";
import { type CustomSet, customTemplate, datasets, ensemble } from "../../lib/datasets/mod.ts";
import { publishedPath } from "../published.ts";

const read = (path: string) => JSON.parse(Deno.readTextFileSync(publishedPath(path)));

Deno.test("the ensembles are those of the published code, in order", () => {
  const record = read("templates.json");
  assert.deepEqual(ensemble("imagenet_80"), record.coop_imagenet_templates);
  assert.deepEqual(ensemble("imagenet_7"), record.imagenet_templates_select);
  assert.deepEqual(ensemble("prometar_60"), record.prometar_imagenet_templates);
});

Deno.test("ProMetaR's templates are PromptSRC's", () => {
  const record = read("comparators/templates.json");
  assert.deepEqual(ensemble("prometar_60"), record.promptsrc_imagenet_templates);
});

const publishedName: Record<string, string> = {
  OxfordPets: "oxford_pets",
  OxfordFlowers: "oxford_flowers",
  FGVCAircraft: "fgvc_aircraft",
  DescribableTextures: "dtd",
  StanfordCars: "stanford_cars",
  ImageNetSketch: "imagenet_sketch",
  ImageNetA: "imagenet_a",
  ImageNetR: "imagenet_r",
};

const custom: [from: CustomSet, path: string, read: (record: never) => Record<string, string>][] = [
  [
    "coop",
    "templates.json",
    (r: { coop_custom_templates: Record<string, string> }) => r.coop_custom_templates,
  ],
  [
    "kgcoop",
    "comparators/templates.json",
    (r: { kgcoop_custom_templates: Record<string, string> }) => r.kgcoop_custom_templates,
  ],
  ["prograd", "prograd_notes.json", (
    r: { ctx_init_word_vs_token_count: Record<string, { template: string }> },
  ) =>
    Object.fromEntries(
      Object.entries(r.ctx_init_word_vs_token_count).map((
        [name, { template }],
      ) => [name, template]),
    )],
];

for (const [from, path, templatesOf] of custom) {
  Deno.test(`the custom templates "${from}" are the published ones`, () => {
    const entries = Object.entries(templatesOf(read(path) as never));
    assert.equal(entries.length, 15);
    for (const [name, template] of entries) {
      assert.equal(customTemplate(publishedName[name] ?? name.toLowerCase(), from), template);
    }
  });
}

Deno.test("every template has exactly one place for the class name", () => {
  const all = [
    ...(["imagenet_80", "imagenet_7", "prometar_60"] as const).flatMap(ensemble),
    ...(["coop", "prograd", "prograd_zero_shot", "kgcoop"] as const).flatMap((from) =>
      datasets.map((set) => customTemplate(set.name, from))
    ),
  ];
  for (const template of all) assert.equal(template.split("{}").length, 2, template);
});

Deno.test("a data set without a published template gets the nearest spelling, or an example", () => {
  assert.throws(() => customTemplate("eurosta"), /did you mean "eurosat"\?/);
  assert.throws(() => customTemplate("constructor"), /give one, such as/);
});
