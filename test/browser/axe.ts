/** What axe-core (https://github.com/dequelabs/axe-core) finds in a page, besides our own look at it. */
import axe from "axe-core";
import type { Page } from "../notebooks/browser.ts";

/** Every violation of its rules, WCAG's and its best practices: how bad, what, and where. */
export async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(`${axe.source}; undefined`);
  return await page.evaluate(
    `axe.run(document, { resultTypes: ["violations"], preload: false }).then(
    ({ violations }) => violations.map(({ id, impact, help, nodes }) =>
      impact + ": " + id + ", " + help + ": " + nodes.map(({ target }) => target.join(" ")).join("; ")))`,
  );
}
