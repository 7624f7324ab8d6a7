/** A report's page in a real browser; skips with a message where there is none. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, openPage } from "../notebooks/browser.ts";
import { faults } from "../notebooks/page_faults.ts";
import { html } from "./wide_report.ts";

const program = await chromium();
const skipped = program ? "" : " (skipped: no Chromium; Debian's package is chromium)";

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
      for (const open of width === 1000 || media === "print" ? [false, true] : [false]) {
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
    assert.match([...labels][0]!, /^Table 1\. none,Table 2\. none,.*Figure 3\. /);
    assert.deepEqual(page.complaints, []);
    await Deno.remove(folder, { recursive: true });
  },
});
