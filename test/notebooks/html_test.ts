/** The export of notebooks to HTML. */
import assert from "node:assert/strict";
import { unescape } from "he";
import { highlighted } from "../../lib/jupyter/highlight.ts";
import { notebookHtml } from "../../lib/jupyter/html.ts";
import { parseNotebook } from "../../lib/jupyter/ipynb.ts";
import { markdownHtml } from "../../lib/jupyter/markdown.ts";

Deno.test("Markdown's headings, lists, tables, fences, emphasis and links become HTML", () => {
  assert.equal(markdownHtml("# A *b* `c*d*`"), "<h1>A <em>b</em> <code>c*d*</code></h1>");
  assert.equal(markdownHtml("one\ntwo _x_\n\nthree"), "<p>one\ntwo <em>x</em></p>\n<p>three</p>");
  assert.equal(
    markdownHtml("- a\n  b\n- **c**"),
    "<ul><li>a\nb</li><li><strong>c</strong></li></ul>",
  );
  assert.equal(
    markdownHtml("so\n$$L_q - α⟨∇L_{ab}, 2⟩$$\nand"),
    '<p>so</p>\n<p class="math"><math display="block"><msub><mi>L</mi><mi>q</mi></msub><mo>-</mo><mi>α</mi>' +
      "<mo>⟨</mo><mo>∇</mo><msub><mi>L</mi><mrow><mi>a</mi><mi>b</mi></mrow></msub><mo>,</mo><mn>2</mn><mo>⟩</mo>" +
      "</math></p>\n<p>and</p>",
  );
  assert.equal(markdownHtml("1. a\n2. b"), "<ol><li>a</li><li>b</li></ol>");
  assert.equal(
    markdownHtml("| a | b |\n| - | - |\n| 1 | `2` |"),
    '<div class="wide"><table><thead><tr><th>a</th><th>b</th></tr></thead><tbody>' +
      "<tr><td>1</td><td><code>2</code></td></tr></tbody></table></div>",
  );
  assert.equal(markdownHtml("```ts\nconst a = 1 < 2;\n```"), "<pre>const a = 1 &lt; 2;</pre>");
  assert.equal(
    markdownHtml("[next](02_x.ipynb#y), [paper](https://arxiv.org/abs/2205.14865)"),
    '<p><a href="02_x.html#y">next</a>, <a href="https://arxiv.org/abs/2205.14865">paper</a></p>',
  );
  assert.equal(markdownHtml("snake_case_name and 2*3*4"), "<p>snake_case_name and 2*3*4</p>");
});

Deno.test("HTML in Markdown is shown and not obeyed, and no link runs code", () => {
  assert.equal(markdownHtml("<script>x</script>"), "<p>&lt;script&gt;x&lt;/script&gt;</p>");
  assert.doesNotMatch(markdownHtml("[x](javascript:alert(1))"), /<a /);
  assert.doesNotMatch(markdownHtml('[x](https://a.b/"onclick="alert)'), /"onclick/);
});

Deno.test("code is coloured without being changed", () => {
  const code = 'const a = "<b>"; // if 1\nreturn `x ${2}`;';
  const html = highlighted(code);
  assert.match(html, /<span class="word">const<\/span> a = <span class="text">/);
  assert.match(html, /<span class="aside">\/\/ if 1<\/span>/);
  assert.equal(unescape(html.replaceAll(/<[^>]*>/g, "")), code);
});

Deno.test("a page holds all outputs, the richest form of each, and forbids scripts", () => {
  const data = (bundle: Record<string, string>) => ({
    output_type: "display_data",
    data: bundle,
    metadata: {},
  });
  const code = {
    cell_type: "code",
    id: "a",
    metadata: {},
    source: ["1 <\n", "2"],
    outputs: [
      { output_type: "stream", name: "stdout", text: "a < b" },
      data({ "text/plain": "plain", "image/svg+xml": "<svg><title>f</title></svg>" }),
      data({ "text/plain": "plain", "text/html": "<table></table>" }),
      data({ "text/plain": "plain", "text/markdown": "**bold**" }),
      data({ "text/plain": "only < plain" }),
      { output_type: "error", ename: "E", evalue: "x", traceback: ["E: x", "at <anonymous>"] },
    ],
  };
  const cells = [{ cell_type: "markdown", id: "m", metadata: {}, source: "# Title & all" }, code];
  const page = notebookHtml(parseNotebook(JSON.stringify({ nbformat: 4, cells }), "x"), "name");
  assert.match(page, /<title>Title &amp; all<\/title>/);
  assert.match(page, /Content-Security-Policy" content="default-src 'none'/);
  for (
    const part of [
      ...["a &lt; b", "<figure><svg><title>f</title></svg></figure>", "<table></table>"],
      ...["<strong>bold</strong>", "<pre>only &lt; plain</pre>", "at &lt;anonymous&gt;"],
    ]
  ) assert.ok(page.includes(part), part);
  assert.ok(!page.includes(">plain<"));
});

Deno.test("a file that is no notebook is refused by name", () => {
  for (
    const text of ["", "[]", "{}", '{"nbformat": 3, "cells": []}', '{"nbformat":4,"cells":[7]}']
  ) {
    assert.throws(() => parseNotebook(text, "x.ipynb"), /^UserError: x\.ipynb/);
  }
});
