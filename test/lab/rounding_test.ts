/** What the report says of rounding on the pocket suite is of the recipe that is run there. */
import assert from "node:assert/strict";
import { pocketWeights } from "../../lib/clip/mod.ts";
import { measuredRounding } from "../../lib/lab/rounding.ts";
import { resolve, toldOf } from "../../lib/methods/mod.ts";
import { draftCells, methodOf, recipes } from "../../lib/protocols/mod.ts";

Deno.test("each measurement of rounding is of a training of the pocket recipe", async () => {
  const { config, sha256 } = await pocketWeights();
  const drafts = draftCells(
    recipes.find(({ name }) => name === "pocket")!.experiments(true)
      .filter(({ protocol }) => protocol === "base-to-new"),
  );
  for (const { method, dataset, shots, clip, settings, parts } of measuredRounding) {
    assert.equal(clip, sha256);
    assert.deepEqual(Object.keys(parts), ["base", "new"]);
    const same = drafts.filter(({ cell }) =>
      cell.method === method && cell.dataset === dataset && cell.shots === shots
    ).map(({ entry }) => resolve(methodOf(entry), { dataset, shots, config }, toldOf(entry)));
    const recorded = same.map(({ settings, training, views, crops }) =>
      JSON.stringify({ ...settings, ...training, ...views && { views }, ...crops && { crops } })
    );
    assert.ok(recorded.includes(JSON.stringify(settings)), `${method} on ${dataset}`);
  }
});
