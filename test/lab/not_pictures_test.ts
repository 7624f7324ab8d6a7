import assert from "node:assert/strict";
import { plan } from "../../lib/lab/mod.ts";
import { images, inTree } from "../datasets/tree.ts";

const lab = (root: string) => ({ out: `${root}/out`, backend: "wasm", jobs: 1 }) as const;
const experiment = (root: string, more = {}) => ({
  ...{
    clip: "random",
    protocol: "few-shot",
    entries: ["zero-shot"],
    datasets: [`folder:${root}/s`],
  },
  ...{ shots: [1], seeds: [1], ...more },
});

Deno.test("a file that is no picture, whatever its name says, is told in the plan, and again in the next", () =>
  inTree({
    ...images(10, (i) => `s/disc/${i}.png`),
    ...images(10, (i) => `s/square/${i}.png`),
    ...Object.fromEntries(
      Array.from({ length: 10 }, (_, i) => [`s/wren/${i}.jpg`, "<!DOCTYPE html>"]),
    ),
    "s/wren/empty.jpg": "",
  }, async (root) => {
    for (const _ of [1, 2]) {
      await assert.rejects(plan(experiment(root), lab(root)), {
        name: "UserError",
        message:
          /^\d files are no JPEG, PNG or WebP, whatever the name says, for example .*\/s\/wren\/.*: replace or remove them\.$/,
      });
    }
  }));

Deno.test("a plan says what was assumed, to the user and in what its records will say", () =>
  inTree(
    { ...images(10, (i) => `s/disc/${i}.png`), ...images(10, (i) => `s/square/${i}.png`) },
    async (root) => {
      const notes: string[] = [];
      const { plan: { data } } = await plan(experiment(root), {
        ...lab(root),
        onEvent: (event) => {
          if (event.type === "note") notes.push(event.text);
        },
      });
      assert.ok(
        data[0]!.assumed?.some((line) =>
          /split 50\/20\/30 .* seed 1, as no split is given/.test(line)
        ),
      );
      assert.ok(
        notes.some((text) =>
          /^s: split 50\/20\/30 .*; the template is "a photo of a \{\}\."/.test(text)
        ),
      );
      await assert.rejects(plan(experiment(root, { protocol: "base-to-new" }), lab(root)), {
        name: "UserError",
        message: /^s has 2 classes, and base-to-new takes 4, .*--protocol few-shot\.$/,
      });
    },
  ));
