/** The template of a method of one's own is complete, short, and learns. */

import assert from "node:assert/strict";
import { defineMethod } from "@plumbline/plumbline";
import { resolveSettings } from "@plumbline/plumbline/methods";
import { dispose } from "@plumbline/plumbline/tensor";
import { tethered } from "../../docs/own_method.ts";
import { problem, train } from "./problem.ts";

Deno.test("a method of one's own learns, and takes checked settings", async () => {
  const given = await problem();
  const settings = resolveSettings(tethered, { pull: 2 });
  const learner = tethered.learner(given.task, settings);
  const { state, losses } = await train(learner, given.batch, { steps: 5 });
  assert.ok(losses[4]! < losses[0]!, `${losses}`);
  dispose(state);
  learner.dispose();
  given.dispose();
  assert.throws(
    () => resolveSettings(tethered, { pull: -1 }),
    /^UserError: tethered's setting pull is -1; give a number of at least 0$/,
  );
});

Deno.test("what is not said of a method is filled in, and a bad name refused", () => {
  assert.equal(tethered.title, "tethered");
  assert.equal(tethered.presets.own!.training(16).epochs, 10);
  assert.throws(
    () => defineMethod({ ...tethered, name: "My Method" }),
    /"My Method" is no name for a method/,
  );
});

Deno.test("the template has some 40 lines", async () => {
  const text = await Deno.readTextFile(new URL("../../docs/own_method.ts", import.meta.url));
  assert.ok(text.trimEnd().split("\n").length < 45);
});
