import assert from "node:assert/strict";
import { Tokenizer } from "@huggingface/tokenizers";
import bpe from "../../data/clip/bpe.json" with { type: "json" };
import { UserError } from "../../lib/errors.ts";
import { encodeWord } from "../../lib/clip/byte_pairs.ts";
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

Deno.test("a word's part of the vocabulary gives it the ids that all of it gives", () => {
  const merges = bpe.merges.split("\n");
  const whole = new Tokenizer({
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, use_regex: false },
    model: { type: "BPE", end_of_word_suffix: "</w>", vocab: vocabularyOf(merges), merges },
    post_processor: null,
    decoder: null,
  }, {});
  // Entries side by side, which are words that nobody wrote.
  const texts = merges.map((merge) => merge.replace(/ |<\/w>$/g, ""))
    .filter((text) => /^[!-~]+$/.test(text));
  assert.ok(texts.length > 40_000);
  for (let i = 0; i < 4000; i++) {
    const word = texts[i * 7919 % texts.length]! + texts[i * 104_729 % texts.length]!;
    assert.deepEqual(encodeWord(word), whole.encode(word).ids, word);
  }
});

/** The entries by id, as OpenAI's tokenizer numbers them. */
function vocabularyOf(merges: string[]): Record<string, number> {
  const printable = [..."!~", "¡¬", "®ÿ"].join("");
  const inOrder: string[] = [];
  for (let i = 0; i < printable.length; i += 2) {
    const [from, to] = [printable.charCodeAt(i), printable.charCodeAt(i + 1)];
    for (let code = from; code <= to; code++) inOrder.push(String.fromCharCode(code));
  }
  const rest = Array.from({ length: 256 - inOrder.length }, (_, n) => String.fromCharCode(256 + n));
  const bytes = [...inOrder, ...rest];
  const joined = merges.map((merge) => merge.replace(" ", ""));
  const entries = [...bytes, ...bytes.map((b) => `${b}</w>`), ...joined];
  return Object.fromEntries(entries.map((entry, id) => [entry, id]));
}

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
