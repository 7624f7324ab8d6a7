/** The notebooks' HTML in a real browser; skips with a message where there is none. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { notebookNames, shelf } from "../../lib/jupyter/shelf.ts";
import { chromium, openPage } from "./browser.ts";
import { faults } from "./page_faults.ts";

const program = await chromium();
const skipped = program ? "" : " (skipped: no Chromium; Debian's package is chromium)";

const views = [
  ...[400, 1000, 1600].map((width) => ["screen", width, ["light", "dark"]] as const),
  ["print", 680, ["light"]] as const,
];

for (const [medium, width, schemes] of views) {
  Deno.test({
    name: `every notebook's HTML is whole on ${medium}, ${width} pixels wide, ${
      schemes.join(" and ")
    }${skipped}`,
    ignore: !program,
    async fn() {
      await using page = await openPage(program!, width);
      for (const name of await notebookNames()) {
        await page.open(pathToFileURL(join(shelf, "html", `${name}.html`)).href);
        for (const scheme of schemes) {
          await page.call("Emulation.setEmulatedMedia", {
            media: medium,
            features: [{ name: "prefers-color-scheme", value: scheme }],
          });
          assert.deepEqual(await page.evaluate(faults()), [], `${name}, ${scheme}`);
        }
        assert.ok(await page.evaluate<number>("document.querySelectorAll('section').length") > 4);
      }
    },
  });
}
