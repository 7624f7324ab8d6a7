/** Rates of the field's recipe on the pocket suite, against what was measured on validation images. */

import assert from "node:assert/strict";
import { chosenRate, measuredRates } from "../../docs/field_rates.ts";
import { method } from "../../lib/methods/mod.ts";
import { recipes } from "../../lib/protocols/mod.ts";

Deno.test("the best mean over all sets is taken, of equals the lowest rate", () => {
  assert.equal(chosenRate({ "3": { a: 50, b: 60 }, "1": { a: 70, b: 40 }, "0.1": { a: 90 } }), 1);
});

Deno.test("the field's rates are those that the rule takes of what was measured", async () => {
  const measured = Object.entries(await measuredRates());
  assert.ok(measured.length > 0);
  const { entries } = recipes.find(({ name }) => name === "field")!.experiments(true)
    .find(({ id }) => id === "field/few-shot")!;
  for (const [name, tried] of measured) {
    const entry = entries.find((one) => one.method === name)!;
    const published = Object.values(method(name).presets)[0]!.training(16).rate;
    assert.equal(entry.training?.rate ?? published, chosenRate(tried), name);
  }
});
