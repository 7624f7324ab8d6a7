/** A whole visit to the page one can touch, in a real browser, from a disk and without a network. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { baseNew, disposeClip, fewShot, loadClip, loadTrained, useBackend } from "../../mod.ts";
import { drawnSet } from "../../lib/datasets/in_memory.ts";
import { pocketSets } from "../../lib/datasets/mod.ts";
import { encodePng } from "../../lib/image/mod.ts";
import { method } from "../../lib/methods/mod.ts";
import { offered, pocketTold } from "../../lib/page/offered.ts";
import { pocket } from "../../lib/protocols/recipes/pocket.ts";
import { pageFiles } from "../../lib/page/build.ts";
import { waitFor } from "../../lib/waiting.ts";
import { chromium, openPage, type Page } from "../notebooks/browser.ts";
import { axeFindings } from "./axe.ts";
import { pageFaults } from "./page_faults.ts";

const program = await chromium();
const skipped = program ? "" : " (skipped: no Chromium; Debian's package is chromium)";

/** Waits for what the page says of itself. */
function said(page: Page, pattern: RegExp): Promise<string> {
  return waitFor({
    look: async () => {
      const text = await page.evaluate<string>("document.getElementById('status').textContent");
      return pattern.test(text) ? text : undefined;
    },
    every: 100,
    most: 120_000,
    late: () => {
      throw new Error(`the page does not say ${pattern}: ${page.complaints.join("\n")}`);
    },
  });
}

/** Presses a key where the focus is. */
async function press(page: Page, key: string): Promise<void> {
  const codes: Record<string, number> = { Enter: 13, ArrowLeft: 37, Tab: 9 };
  const text = key === "Enter" ? { text: "\r" } : {};
  const event = { key, code: key, windowsVirtualKeyCode: codes[key] };
  await page.call("Input.dispatchKeyEvent", { type: "keyDown", ...event, ...text });
  await page.call("Input.dispatchKeyEvent", { type: "keyUp", ...event });
}

/** Gives a file field files, as its dialogue would. */
async function give(page: Page, selector: string, files: string[]): Promise<void> {
  const { root } = await page.call("DOM.getDocument") as { root: { nodeId: number } };
  const { nodeId } = await page.call("DOM.querySelector", { nodeId: root.nodeId, selector });
  await page.call("DOM.setFileInputFiles", { nodeId, files });
}

async function at(page: Page, width: number, scheme: string): Promise<void> {
  const metrics = { width, height: 1000, deviceScaleFactor: 1, mobile: width < 500 };
  await page.call("Emulation.setDeviceMetricsOverride", metrics);
  const features = [{ name: "prefers-color-scheme", value: scheme }];
  await page.call("Emulation.setEmulatedMedia", { features });
}

async function built(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "plumbline-page-" });
  for (const [name, content] of Object.entries(await pageFiles())) {
    await Deno.writeFile(join(folder, name), content);
  }
  return folder;
}

/** The percentages of the table's last row. */
const lastRow =
  `[...document.querySelectorAll("tbody tr:last-child .value")].map((x) => x.textContent)`;

Deno.test("the page trains as the pocket recipe does", () => {
  const { entries } = pocket.experiments(false).find(({ id }) => id === "pocket/base-to-new")!;
  for (const { name, epochs, recipe } of offered()) {
    const { method: _, ...told } = entries.find(({ method }) => method === name)!;
    assert.deepEqual(pocketTold(method(name)), told);
    assert.equal(recipe, told.training!.epochs, "of which the page says when it has fewer");
    assert.ok(epochs <= recipe);
  }
});

Deno.test("a drawn set in memory is the one on disk", async () => {
  const root = await Deno.makeTempDir();
  const disk = await pocketSets.find(({ name }) => name === "pocket-tiles")!.load(root);
  const { data } = drawnSet("pocket-tiles");
  const labels = (items: { label: number; className: string }[]) =>
    items.map(({ label, className }) => ({ label, className }));
  for (const part of ["train", "val", "test"] as const) {
    assert.deepEqual(labels(data[part]), labels(disk[part]));
  }
  assert.deepEqual(data.classNames, disk.classNames);
  await Deno.remove(root, { recursive: true });
});

Deno.test({
  name:
    `a visit: choose by keyboard, train, see numbers move, save, load here and under Deno${skipped}`,
  ignore: !program,
  async fn() {
    const folder = await built();
    await using page = await openPage(program!, 1200);
    await page.call("DOM.enable");
    await page.call("Network.enable");
    await page.call("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: folder });
    await page.open(pathToFileURL(join(folder, "index.html")).href);
    await said(page, /ready to train/);
    const usual = offered()[1]!;
    const shownRate = await page.evaluate<string>(
      `document.getElementById("rate-value").textContent`,
    );
    assert.equal(Number(shownRate), usual.rate, "the slider stands at the recipe's rate");
    const zeroShot = await page.evaluate<string[]>(lastRow);

    // By keyboard: from the second method to the first and back, then to the button.
    await page.evaluate(`document.querySelector("input[name=method]:checked").focus()`);
    await press(page, "ArrowLeft");
    const chosen = `document.querySelector("input[name=method]:checked").value`;
    const first = await page.evaluate<string>(chosen);
    await page.evaluate(`document.querySelectorAll("input[name=method]")[1].click()`);
    assert.notEqual(await page.evaluate<string>(chosen), first);
    await page.evaluate(`(() => {
      document.getElementById("epochs").value = 4;
      document.getElementById("train").focus();
    })()`);
    await press(page, "Enter");
    const trained = await said(page, /is trained/);
    const values = await page.evaluate<string[]>(lastRow);
    assert.equal(values.length, 3);
    assert.notDeepEqual(values, zeroShot, "training moved the numbers");
    assert.ok(trained.includes(values[0]!) && trained.includes(values[1]!), trained);
    assert.match(
      await page.evaluate("document.getElementById('conflict-count').textContent"),
      /\d+ of 12 steps in conflict/,
    );
    assert.equal(
      await page.evaluate(`document.querySelectorAll("#live figure:not([hidden]) svg").length`),
      4,
      "loss, accuracy, arrows and cosines",
    );

    // The file is one that Deno reads, and is worth the same there.
    await page.evaluate(`document.getElementById("save").click()`);
    const file = join(folder, "prograd.safetensors");
    await waitFor({
      look: () => Deno.stat(file).then(({ size }) => size > 0 || undefined, () => undefined),
      every: 100,
      most: 20_000,
      late: () => assert.fail("nothing was downloaded"),
    });
    await useBackend("wasm");
    const clip = await loadClip("pocket");
    const tiles = await pocketSets.find(({ name }) => name === "pocket-tiles")!.load(folder);
    const { base } = baseNew(fewShot(tiles, 16, 1));
    const prompts = await loadTrained(file, clip);
    const { metrics } = await prompts.evaluate(base);
    assert.equal(`${metrics.accuracy.toFixed(1)} %`, values[0]);
    prompts[Symbol.dispose]();
    disposeClip(clip);

    await give(page, "#load", [file]);
    await said(page, /from a file/);
    assert.deepEqual(await page.evaluate<string[]>(lastRow), values);

    for (const width of [400, 800, 1600]) {
      for (const scheme of ["light", "dark"]) {
        await at(page, width, scheme);
        assert.deepEqual(await page.evaluate(pageFaults), [], `${width} pixels, ${scheme}`);
        assert.deepEqual(await axeFindings(page), [], `axe, ${width} pixels, ${scheme}`);
      }
    }
    assert.deepEqual(page.complaints, []);
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test({
  name: `own pictures are told apart, and a training is stopped; what is missing is said${skipped}`,
  ignore: !program,
  async fn() {
    const folder = await built();
    const files: string[] = [];
    for (let i = 0; i < 8; i++) {
      const pixels = new Uint8Array(20 * 30 * 3).map((_, at) => (at % 3 === i % 2 ? 220 : 20 + i));
      files.push(join(folder, `${i}.png`));
      await Deno.writeFile(files[i]!, await encodePng(pixels, 20, 30));
    }
    await using page = await openPage(program!, 900);
    await page.call("DOM.enable");
    await page.open(pathToFileURL(join(folder, "index.html")).href);
    await said(page, /ready to train/);
    await page.evaluate(`document.querySelector("details").open = true`);
    await page.evaluate(`document.getElementById("use-own").click()`);
    await said(page, /Give every class a name/);
    for (const [i, name] of ["red", "green"].entries()) {
      await page.evaluate(`(() => {
        const field = document.querySelectorAll("#classes input[type=text]")[${i}];
        field.value = "${name}";
        field.dispatchEvent(new Event("input"));
      })()`);
      const own = files.filter((_, at) => at % 2 === i);
      await give(page, `#classes li:nth-child(${i + 1}) input[type=file]`, own);
    }
    await waitFor({
      look: async () =>
        await page.evaluate<boolean>(
          `[...document.querySelectorAll(".count")].every((x) => x.textContent === "4 pictures")`,
        ) || undefined,
      ...{ every: 50, most: 20_000, late: () => assert.fail("the pictures are not read") },
    });
    await page.evaluate(`document.getElementById("use-own").click()`);
    await said(page, /Your pictures: ready/);
    assert.equal(await page.evaluate(`document.querySelectorAll(".gallery li").length`), 4);
    await page.evaluate(`document.getElementById("epochs").value = 200`);
    await page.evaluate(`document.getElementById("train").click()`);
    await waitFor({
      look: async () =>
        await page.evaluate<boolean>(`document.getElementById("progress").value > 0`) || undefined,
      ...{ every: 20, most: 60_000, late: () => assert.fail("no step is taken") },
    });
    await page.evaluate(`document.getElementById("stop").click()`);
    await said(page, /Your pictures: ready/);
    assert.equal(await page.evaluate(`document.querySelectorAll("tbody tr").length`), 1);
    assert.deepEqual(page.complaints, []);
    await Deno.remove(folder, { recursive: true });
  },
});
