/** Our client of Deno's Jupyter kernel, against the kernel itself. */
import assert from "node:assert/strict";
import { executeNotebook } from "../../lib/jupyter/execute.ts";
import { type Cell, type Notebook, textOf } from "../../lib/jupyter/ipynb.ts";
import { startKernel } from "../../lib/jupyter/kernel.ts";

/** Milliseconds; far more than these cells take. */
const LIMIT = 60_000;

const here = decodeURIComponent(new URL(".", import.meta.url).pathname);

function code(source: string, tags?: string[]): Cell {
  return { cell_type: "code", id: "x", metadata: tags ? { tags } : {}, source, outputs: [] };
}

const notebook = (...cells: Cell[]): Notebook => ({ cells });

Deno.test("a cell's outputs come whole and in order, twenty times out of twenty", async () => {
  await using kernel = await startKernel(here);
  for (let i = 0; i < 20; i++) {
    const outputs = await kernel.execute(
      `console.log("a"); console.error("b"); console.error("c");
       await Deno.jupyter.display({ "text/html": "<b>${i}</b>" }, { raw: true });
       ({ value: ${i} }).value`,
      LIMIT,
    );
    assert.deepEqual(
      outputs.map((output) =>
        output.output_type === "stream"
          ? [output.name, output.text]
          : output.output_type === "display_data"
          ? Object.entries(output.data).flat()
          : output
      ),
      [
        ["stdout", "a\n"],
        ["stderr", "b\nc\n"],
        ["text/html", `<b>${i}</b>`],
        ["text/plain", String(i)],
      ],
    );
  }
});

Deno.test("what a cell defines is there in the next one, and a display that is updated keeps its place", async () => {
  await using kernel = await startKernel(here);
  await kernel.execute("const answer = 42;", LIMIT);
  const outputs = await kernel.execute(
    `const show = (text, update) =>
       Deno.jupyter.broadcast(update ? "update_display_data" : "display_data",
         { data: { "text/plain": text }, metadata: {}, transient: { display_id: "p" } });
     await show("1 of 2", false); console.log(answer); await show("2 of 2", true);`,
    LIMIT,
  );
  assert.deepEqual(
    outputs.map((output) => "data" in output ? textOf(output.data, "text/plain") : output),
    ["2 of 2", { output_type: "stream", name: "stdout", text: "42\n" }],
  );
});

Deno.test("a notebook stops at the cell that throws and says which, with the traceback", async () => {
  const { notebook: made, failure } = await executeNotebook(
    notebook(
      code("const f = () => { throw new TypeError('no such thing'); };"),
      code("f()"),
      code("console.log('never')"),
    ),
    { folder: here },
  );
  assert.equal(failure?.cell, 2);
  assert.match(failure.traceback.join("\n"), /TypeError: no such thing\n\s+at f \(/);
  assert.deepEqual(made.cells[2]!.outputs, []);
});

Deno.test("a parameter takes the place of what the notebook says, and only one that it has", async () => {
  const cells = notebook(
    code('const preset: string = "pocket"; // or "paper"', ["parameters"]),
    code("console.log(preset)"),
  );
  const { notebook: made } = await executeNotebook(cells, {
    folder: here,
    parameters: { preset: 'a "b" $& \\' },
  });
  assert.deepEqual(made.cells[1]!.outputs, [
    { output_type: "stream", name: "stdout", text: 'a "b" $& \\\n' },
  ]);
  await assert.rejects(
    executeNotebook(cells, { folder: here, parameters: { presto: "x" } }),
    /the notebook has no parameter presto/,
  );
});

Deno.test("a cell that is not done in time is an error, and so is a kernel that dies", async () => {
  await using slow = await startKernel(here);
  await assert.rejects(slow.execute("await new Promise(() => {})", 300), /not done after 0\.3 s/);
  await using dying = await startKernel(here);
  await assert.rejects(
    dying.execute("Deno.kill(Deno.pid, 'SIGKILL')", LIMIT),
    /the kernel stopped/,
  );
});
