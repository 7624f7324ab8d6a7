/** From a number to its run, the run's method, and what that is held to; followed by a browser where there is one. */
import assert from "node:assert/strict";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { evidenceFor } from "../../lib/lab/evidence.ts";
import { methods } from "../../lib/methods/mod.ts";
import { readReport, report, writeReport } from "../../lib/report/mod.ts";
import { chromium, openPage } from "../notebooks/browser.ts";
import { baseToNewRecords, fewShotRecords, titles, transferRecords } from "./records.ts";

const records = [...baseToNewRecords(), ...fewShotRecords(), ...transferRecords()]
  .map((run, i) => ({ ...run, id: i.toString(16).padStart(16, "0") }));
const used = [...new Set(records.map(({ cell }) => cell.method))];
const root = decodeURIComponent(new URL("../../", import.meta.url).pathname);
const rendered = (out: string) => {
  const evidence = evidenceFor([...used, "one-of-my-own"], out);
  return report(records, {
    ...{ headline: "Made up", command: "deno task reproduce --epochs 4", titles, evidence },
  });
};

Deno.test("every mean of every table leads to runs that are in the report", () => {
  const { json } = rendered("/nowhere");
  const ids = new Set(json.cells.map(({ id }) => id));
  for (const { id, rows } of json.tables) {
    for (const value of rows.flatMap((row) => Object.values(row))) {
      if (typeof value !== "object" || !("mean" in value)) continue;
      assert.ok(value.cells?.length, id);
      for (const cell of value.cells) assert.ok(ids.has(cell), `${id}: ${cell}`);
    }
  }
});

Deno.test("report.json has the record's file, its command and what its method is held to", async () => {
  const out = await Deno.makeTempDir();
  try {
    await writeReport(out, rendered(out));
    const { cells, evidence } = await readReport(out);
    for (const { id, record, command, config } of cells) {
      assert.equal(record, `records/${id}.json`);
      assert.match(command!, /^deno task reproduce /);
      const held = evidence![config.method]!;
      assert.ok(held.records.every(({ page }) => page === undefined), "out lies in no checkout");
      assert.ok(held.code.length > 0, config.method);
    }
    assert.deepEqual(Object.keys(evidence!), used, "and nothing of what has none");
    const path = join(out, "report.json");
    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, text.replaceAll("https://github.com/", "https://example.org/"));
    await assert.rejects(readReport(out), { name: "UserError", message: /is no page of GitHub/ });
  } finally {
    await Deno.remove(out, { recursive: true });
  }
});

Deno.test("in a checkout a record leads to its page, which has the place", async () => {
  const out = join(root, "out", "somewhere");
  const page = await Deno.readTextFile(join(root, "test/fixtures/published/README.md"));
  const all = evidenceFor(methods.map(({ name }) => name), out);
  for (const { name, page: link } of Object.values(all).flatMap(({ records }) => records)) {
    assert.equal(link, `../../test/fixtures/published/README.md#${name}`);
    assert.equal(
      relative(root, join(out, link.split("#")[0]!)),
      "test/fixtures/published/README.md",
    );
    assert.ok(page.includes(`<a id="${name}"></a>`), name);
  }
});

const program = await chromium();

Deno.test({
  name: `clicks lead from a number to the published lines${
    program ? "" : " (skipped: no Chromium)"
  }`,
  ignore: program === undefined,
  async fn() {
    const out = await Deno.makeTempDir();
    await writeReport(out, rendered(out));
    try {
      await using page = await openPage(program!, 1200);
      await page.open(pathToFileURL(join(out, "report.html")).href);
      const clicked = (selector: string) =>
        page.evaluate<string>(`(() => {
          const link = document.querySelector(${JSON.stringify(selector)});
          if (link === null) return "no link";
          if (!link.getAttribute("href").startsWith("#")) return link.href;
          link.click();
          const { top, height } = document.querySelector(":target").getBoundingClientRect();
          return height > 0 && top >= 0 && top < innerHeight ? location.hash : "out of sight";
        })()`);
      const { id, cell } = records[0]!;
      assert.equal(await clicked("td.number a"), `#run-${id}`);
      assert.match(await clicked(`#run-${id} a[href^=records]`), /\/records\/0{16}\.json$/);
      assert.equal(await clicked(`#run-${id} a[href^="#command"]`), "#command-1");
      assert.equal(await clicked(`#run-${id} a[href^="#evidence"]`), `#evidence-${cell.method}`);
      assert.match(
        await clicked(`#evidence a[href^="https:"]`),
        /^https:\/\/github\.com\/.*#L\d+-L\d+$/,
      );
    } finally {
      await Deno.remove(out, { recursive: true });
    }
  },
});
