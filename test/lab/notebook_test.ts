/** A grid from a notebook's cell: with progress below it, and in the kernel's own process. */
import assert from "node:assert/strict";
import { startKernel } from "../../lib/jupyter/kernel.ts";

const here = decodeURIComponent(new URL(".", import.meta.url).pathname);

Deno.test("a cell defines a method and runs it, with a bar that moves, without another process", async () => {
  await using kernel = await startKernel(here);
  const out = await Deno.makeTempDir();
  const outputs = await kernel.execute(
    `Deno.env.set("PLUMBLINE_BACKEND", "wasm");
     const { coop, defineMethod } = await import("../../lib/methods/mod.ts");
     const { live } = await import("../../lib/notebook/mod.ts");
     const { tableMarkdown } = await import("../../lib/report/mod.ts");
     const { run } = await import("../../lib/lab/mod.ts");
     const started = [];
     Deno.Command = class extends Deno.Command {
       constructor(program, options) {
         super(program, options);
         started.push(String(program));
       }
     };
     const cellMethod = defineMethod({
       ...{ name: "cell-method", settings: coop.settings, needs: coop.needs },
       learner: (task, settings) => coop.learner(task, settings),
     });
     const training = { epochs: 1, batchSize: 32 };
     const entries = ["coop", cellMethod].map((method) => ({ method, training }));
     const show = live();
     const notes = [];
     const { report } = await run(
       { clip: "random", entries, datasets: ["pocket-tiles"], shots: [1], seeds: [1, 2] },
       { out: ${
      JSON.stringify(out)
    }, onEvent: (event) => (show(event), event.type === "note" && notes.push(event.text)) },
     );
     console.log(notes.find((text) => text.includes("cell-method")));
     console.log("processes:", started.filter((program) => program !== "git").length);
     console.log(tableMarkdown(report.tables.find(({ id }) => id.endsWith("/differences"))));`,
    240_000,
  );
  const errors = outputs.filter(({ output_type }) => output_type === "error");
  assert.deepEqual(errors, [], JSON.stringify(errors));
  const bars = outputs.flatMap((output) =>
    output.output_type === "display_data" ? [output.data] : []
  );
  assert.equal(bars.length, 1, "one place, which is updated");
  assert.match(String(bars[0]!["text/html"]), /<progress value="4" max="4">/);
  assert.match(String(bars[0]!["text/plain"]), /^4\/4 cells: in \d+ s$/);
  const printed = outputs.flatMap((output) =>
    output.output_type === "stream" ? [String(output.text)] : []
  ).join("");
  assert.match(printed, /its cells run in this process/);
  assert.match(printed, /^processes: 0$/m);
  assert.match(printed, /\| cell-method \| CoOp \| 0\.00 ± 0\.00/);
});
