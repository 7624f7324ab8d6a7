import assert from "node:assert/strict";
import { UserError } from "../../lib/errors.ts";
import { fixText } from "../../lib/clip/ftfy/fix_text.ts";
import { decode, encode, EOT, SOS, tokenize } from "../../lib/clip/tokenizer.ts";
import { unescapeHtml } from "../../lib/clip/unescape.ts";
import { publishedPath } from "../published.ts";

type Row = [text: string, ids: number[], decoded: string];
const fixture: { rows: Row[] } = JSON.parse(
  Deno.readTextFileSync(new URL("../fixtures/clip/tokenizer.json", import.meta.url)),
);

Deno.test("470 strings of mojibake, entities, scripts and signs have the published tokenizer's ids", () => {
  assert.equal(fixture.rows.length, 470);
  for (const [text, ids] of fixture.rows) assert.deepEqual(encode(text), ids, JSON.stringify(text));
});

Deno.test("ids are decoded as the published tokenizer decodes them, broken UTF-8 included", () => {
  for (const [text, ids, decoded] of fixture.rows) {
    assert.equal(decode(ids), decoded, JSON.stringify(text));
  }
  assert.equal(decode([SOS, 320, EOT]), "<|startoftext|>a <|endoftext|>");
  assert.equal(decode([]), "");
});

interface ParityRow {
  text: string;
  ids: number[];
  decoded: string;
  tokenize77?: number[];
  tokenize77_error?: string;
  tokenize77_truncated: number[];
}

Deno.test("all 120 parity rows agree, whole, cut and refused", () => {
  const { rows }: { rows: ParityRow[] } = JSON.parse(
    Deno.readTextFileSync(publishedPath("tokenizer.json")),
  );
  assert.equal(rows.length, 120);
  const padded = (ids: number[]) => [...ids, ...Array(77 - ids.length).fill(0)];
  let refused = 0;
  for (const row of rows) {
    assert.deepEqual(encode(row.text), row.ids, row.text);
    assert.equal(decode(row.ids), row.decoded);
    const [cut] = tokenize([row.text], { truncate: true });
    assert.deepEqual([...cut!], padded(row.tokenize77_truncated), row.text);
    if (row.tokenize77_error) {
      refused++;
      assert.throws(() => tokenize([row.text]), UserError, row.text);
    } else {
      const [whole] = tokenize([row.text]);
      assert.deepEqual([...whole!], padded(row.tokenize77!), row.text);
    }
  }
  assert.equal(refused, 2);
});

Deno.test("a text that is too long is refused with its beginning and its number of tokens", () => {
  const text = "word ".repeat(80);
  assert.throws(() => tokenize(["a cat", text]), {
    name: "UserError",
    message: /^The text "word word .*…" has 82 tokens with start and end, but CLIP reads 77: /,
  });
  const [cut] = tokenize([text], { truncate: true });
  assert.equal(cut!.length, 77);
  assert.equal(cut![76], EOT);
  assert.throws(() => tokenize(["a cat"], { contextLength: 3 }), { name: "UserError" });
});

Deno.test("an id outside the vocabulary is refused by name", () => {
  for (const id of [-1, 49408, 1.5, NaN]) {
    assert.throws(() => decode([320, id]), {
      name: "UserError",
      message: `Token id ${id} is not in CLIP's vocabulary; ids are whole numbers from 0 to 49407.`,
    });
  }
});

Deno.test("special tokens count only where the published expression finds them", () => {
  assert.deepEqual(encode("a<|endoftext|>"), [320, EOT]);
  assert.deepEqual(encode("<|ENDOFTEXT|>"), [EOT]);
  assert.ok(!encode("!<|endoftext|>").includes(EOT));
});

Deno.test("html.unescape of CPython: legacy names, longest prefixes, invalid numbers", () => {
  const cases: Record<string, string> = {
    "&amp;lt;": "&lt;",
    "&notit; &notin; &notin": "¬it; ∉ ¬in",
    "&gt &gtx &ampere;": "> >x &ere;",
    "&#0;&#x110000;&#xD800;&#99999999999999999999;": "\ufffd".repeat(4),
    "&#128;&#x81;&#159": "€\x81Ÿ",
    "&#1;&#11;&#127;&#xFDD0;&#x1FFFF;|": "|",
    "&#65&#x41;&#xg;&#;&;": "AA&#xg;&#;&;",
    "&CounterClockwiseContourIntegral;": "∳",
  };
  for (const [text, unescaped] of Object.entries(cases)) {
    assert.equal(unescapeHtml(text), unescaped);
  }
});

Deno.test("ftfy's documented repairs", () => {
  const cases: Record<string, string> = {
    "âœ” No problems": "✔ No problems",
    "lâ€™humanitÃ©": "l'humanité",
    "Ã la mode": "à la mode",
    "ÃƒÂ©tÃƒÂ©": "été",
    "ＬＯＵＤ　ＮＯＩＳＥＳ": "LOUD NOISES",
    "ﬂuﬃest “quotes”": 'fluffiest "quotes"',
    "&NTILDE;": "Ñ",
    "<b>&amp;": "<b>&amp;",
    "\x1b[36;44mblue\x1b[0m\x07": "blue",
    "e\u0301": "é",
    "\ud83d|\ude00": "\ufffd|\ufffd",
    "piñata": "piñata",
  };
  for (const [text, fixed] of Object.entries(cases)) assert.equal(fixText(text), fixed);
});
