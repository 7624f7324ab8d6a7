/** What counts as a stale output. */
import assert from "node:assert/strict";
import type { Cell, Notebook, Output } from "../../lib/jupyter/ipynb.ts";
import { differences } from "../../lib/jupyter/stale.ts";

function shown(data: Record<string, unknown>, tags: string[] = []): Notebook {
  const output: Output = { output_type: "display_data", data, metadata: {} };
  const cell: Cell = {
    cell_type: "code",
    id: "x",
    metadata: { tags },
    source: "",
    outputs: [output],
  };
  return { cells: [cell] };
}

const html = (text: string, tags?: string[]) => shown({ "text/html": text }, tags);

Deno.test("outputs of the same texts and numbers are not stale, and bitmaps are not looked at", () => {
  assert.deepEqual(differences(html("<td>71.9</td>"), html("<td>71.9</td>")), []);
  const [a, b] = ["AAAA", "BBBB"].map((bits) => ({
    "image/png": bits,
    "image/svg+xml": `<image href="data:image/png;base64,${bits}"/>`,
  }));
  assert.deepEqual(differences(shown(a!), shown(b!)), []);
});

Deno.test("another number, another word, one output more or fewer is stale, and is shown", () => {
  const [found] = differences(
    html("<td>CoOp</td><td>71.9</td>"),
    html("<td>CoOp</td><td>71.8</td>"),
  );
  assert.deepEqual(found, {
    cell: 1,
    kept: "[text/html] <td>CoOp</td><td>71.9</td>",
    made: "[text/html] <td>CoOp</td><td>71.8</td>",
  });
  assert.equal(differences(html("above"), html("below", ["trained"])).length, 1);
  const none: Notebook = { cells: [{ ...html("x").cells[0]!, outputs: [] }] };
  assert.equal(differences(none, html("x")).length, 1);
  assert.equal(differences(html("x"), none).length, 1);
  assert.equal(differences({ cells: [] }, html("x")).length, 1);
});

Deno.test("what was trained may differ as rounding makes it differ; what was measured, in numbers", () => {
  const trained = (text: string) => html(text, ["trained"]);
  assert.deepEqual(differences(trained("71.9 −3.1"), trained("72.9 −2.9")), []);
  assert.equal(differences(trained("71.9"), trained("81.9")).length, 1);
  assert.equal(differences(trained("71.9"), trained("−71.9")).length, 1);
  assert.deepEqual(differences(trained("0.31"), trained("0.35")), []);
  assert.equal(differences(trained("0.31"), trained("0.45")).length, 1);
  assert.deepEqual(differences(trained("2.1e-5"), trained("3.9e-5")), []);
  assert.equal(differences(trained("2.1e-5"), trained("2.1e-4")).length, 1);
  const finding = (text: string) => shown({ "text/markdown": text }, ["trained"]);
  const [holds, turned] = [
    "Holds here: it is 0.2 points above",
    "Not decided here: it is 0.1 points below",
  ];
  assert.deepEqual(differences(finding(holds), finding(turned)), []);
  assert.equal(differences(finding(holds), finding(holds.replace("it", "he"))).length, 1);
  const entries = (...values: string[]) => trained(values.map((x) => `<td>${x} (5)</td>`).join(""));
  const words = ["a", "b", "c", "d", "e"];
  assert.deepEqual(differences(entries(...words), entries(...words.with(1, "x"))), []);
  assert.equal(differences(entries(...words), entries("v", "w", "x", "y", "z")).length, 1);
  const measured = (text: string) => html(text, ["measured"]);
  assert.deepEqual(differences(measured("3.1 ms"), measured("97 ms")), []);
  assert.equal(differences(measured("3.1 ms"), measured("97 s")).length, 1);
});

Deno.test("of a figure of what was trained, the words are compared and not the shapes", () => {
  const figure = (words: string, y: number) =>
    shown({
      "image/svg+xml": `<svg><text>${words}</text><text>0.${y}</text><rect y="${y}"/></svg>`,
    }, [
      "trained",
    ]);
  assert.deepEqual(differences(figure("CoOp", 3), figure("CoOp", 30)), []);
  assert.equal(differences(figure("CoOp", 3), figure("ProGrad", 3)).length, 1);
});
