/** A report's page in a real browser; skips with a message where there is none. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { report } from "../../lib/report/mod.ts";
import type { RunRecord } from "../../lib/engine/record.ts";
import { chromium, openPage } from "../notebooks/browser.ts";
import { faults } from "../notebooks/page_faults.ts";
import { record, result, titles } from "./records.ts";

const program = await chromium();
const skipped = program ? "" : " (skipped: no Chromium; Debian's package is chromium)";

const methods = ["zero-shot", "coop", "cocoop", "ivlp", "prograd", "prometar"];
const sets = ["objects", "things", "pets", "vehicles", "flowers", "food", "aircraft", "scenes"]
  .map((name) => `pocket-${name}`);
const clip = { name: "pocket", sha256: "0".repeat(64), description: "a made-up CLIP" };

/** As wide as a full run's: all methods, many sets, five seeds, and three where these are drawn as points. Made up. */
function records(): RunRecord[] {
  const of = (base: number, m: number, s: number, seed: number) =>
    base + 2 * m + ((s * 7 + seed * 3 + m) % 5);
  const seeds = (method: string, n: number) =>
    method === "zero-shot" ? [1] : Array.from({ length: n }, (_, i) => i + 1);
  const told = { clip, preset: { name: "pocket" } } as unknown as Partial<RunRecord>;
  return methods.flatMap((method, m) => [
    ...sets.slice(0, 5).flatMap((dataset, s) =>
      seeds(method, 5).map((seed) =>
        record({ method, dataset, seed }, [
          result(dataset, "base", of(60, m, s, seed)),
          result(dataset, "new", of(64, -m, s, seed)),
        ], told)
      )
    ),
    ...sets.slice(0, 4).flatMap((dataset, s) =>
      seeds(method, 3).flatMap((seed) =>
        (method === "zero-shot" ? [0] : [1, 4, 16]).map((shots) =>
          record({ protocol: "few-shot", method, dataset, shots, seed }, [
            result(dataset, "all", of(50 + Math.sqrt(shots), m, s, seed)),
          ], told)
        )
      )
    ),
    ...seeds(method, 5).map((seed) =>
      record(
        { protocol: "cross-dataset", method, dataset: sets[0], seed },
        sets.map((dataset, s) => result(dataset, "all", of(45, m, s, seed))),
        told,
      )
    ),
  ]);
}

const { html } = report(records(), {
  headline: "Made-up numbers: a report as wide as a full run's, for a browser to look at",
  command: "deno task reproduce --full --out out/a-folder-with-a-rather-long-name-for-a-page",
  titles: {
    ...titles,
    ...{ cocoop: "CoCoOp", ivlp: "IVLP" },
    ...Object.fromEntries(sets.map((name) => [name, `Pocket ${name.slice(7)}`])),
  },
  missing: ["12 images of Pocket food are not in the folder."],
});

const views = [
  ...[400, 1000, 1600].flatMap((width) =>
    ["light", "dark"].map((scheme) => ["screen", width, scheme] as const)
  ),
  ["print", 680, "light"] as const,
];

Deno.test({
  name: `a report's page is whole on every screen and on paper, and counts alike${skipped}`,
  ignore: !program,
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "plumbline-report-" });
    await Deno.writeTextFile(join(folder, "report.html"), html);
    await using page = await openPage(program!, 1000);
    await page.open(pathToFileURL(join(folder, "report.html")).href);
    const labels = new Set<string>();
    for (const [media, width, scheme] of views) {
      const metrics = { width, height: 1000, deviceScaleFactor: 1, mobile: false };
      await page.call("Emulation.setDeviceMetricsOverride", metrics);
      const features = [{ name: "prefers-color-scheme", value: scheme }];
      await page.call("Emulation.setEmulatedMedia", { media, features });
      for (const open of [false, true]) {
        await page.evaluate(
          `document.querySelectorAll("details").forEach((x) => x.open = ${open})`,
        );
        const where = `${media}, ${width}, ${scheme}, ${open ? "unfolded" : "folded"}`;
        assert.deepEqual(await page.evaluate(faults(true)), [], where);
      }
      labels.add(
        await page.evaluate(
          `[...document.querySelectorAll(".label")].map((x) => x.textContent + getComputedStyle(x, "::before").content).join()`,
        ),
      );
    }
    assert.equal(labels.size, 1);
    assert.match([...labels][0], /^Table 1\. none,Table 2\. none,.*Figure 3\. /);
    assert.deepEqual(page.complaints, []);
    await Deno.remove(folder, { recursive: true });
  },
});
