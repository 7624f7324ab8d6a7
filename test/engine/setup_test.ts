import assert from "node:assert/strict";
import { type Clip, clipTokenizer } from "../../lib/clip/mod.ts";
import { customTemplate, type LoadedDataset } from "../../lib/datasets/mod.ts";
import { taskOf } from "../../lib/engine/setup.ts";
import { wording } from "../../lib/methods/wording.ts";

/** A task is made of names; of the CLIP only the tokenizer is looked at. */
const clip = { tokenizer: clipTokenizer } as Clip;

const set = (name: string, template: string, classNames: string[] = ["a", "b"]): LoadedDataset => (
  { name, title: name, template, classNames, splitFrom: "", train: [], val: [], test: [] }
);

Deno.test("papers' own wordings go with the published template alone", () => {
  const published = taskOf(set("oxford_pets", customTemplate("oxford_pets")), clip);
  assert.equal(wording(published, "prograd"), "a type of pet, a photo of a {}.");
  const own = taskOf(set("oxford_pets", "ein Foto: {}."), clip);
  for (const by of ["prograd", "kgcoop"] as const) assert.equal(wording(own, by), "ein Foto: {}.");
});

for (
  const [a, b] of [
    ["wren’s egg", "wren's egg"],
    ["ﬁnch", "finch"],
    ["ｗｒｅｎ", "wren"],
    ["cats &amp; dogs", "cats & dogs"],
    ["schÃ¶n", "schön"],
  ] as [string, string][]
) {
  Deno.test(`"${a}" and "${b}" are one to the tokenizer, and refused`, () => {
    assert.throws(
      () => taskOf(set("own", "a photo of a {}.", [a, "other", b]), clip),
      (error: Error) =>
        error.name === "UserError" &&
        error.message.startsWith(`${JSON.stringify(a)} and ${JSON.stringify(b)} are two`),
    );
  });
}

Deno.test("ImageNet's repeated names are let through", () => {
  taskOf(set("imagenet", "a photo of a {}.", ["missile", "sunglasses", "missile"]), clip);
});
