/**
 * `ftfy.fix_text`, the repair of text that CLIP's tokenizer starts with: entities, mojibake, curly quotes, ligatures,
 * full-width letters, line breaks, control characters, NFC. A port of the behaviour of ftfy 6.3.1 (R. Speer,
 * Apache-2.0) with its default settings.
 *
 * All of its repairs are here. What can differ: characters newer than the Unicode version of the Python at hand, and
 * lines of more than a million characters, which ftfy cuts and this does not.
 */

import { unescapeNamed, unescapeNumeric } from "../unescape.ts";
import { windows1252 } from "./codecs.ts";
import { fixEncoding } from "./fix_encoding.ts";

/** `text` as `ftfy.fix_text(text)` returns it. */
export function fixText(text: string): string {
  // Entities are kept from the first line on that has a "<": that may be HTML, in which they are meant.
  let entities = true;
  return text.split(/(?<=\n)/).map((line) => {
    entities &&= !line.includes("<");
    return fixLine(line, entities);
  }).join("");
}

function fixLine(text: string, entities: boolean): string {
  for (;;) {
    const before = text;
    if (entities) text = unescapeEntities(text);
    text = windows1252(fixEncoding(text))
      .replace(ligatures, (c) => c === "ﬅ" ? "ſt" : c.normalize("NFKC"))
      .replace(otherWidths, (c) => c.normalize("NFKC"))
      .replace(/[\u201c-\u201f]/g, '"')
      .replace(/[\u02bc\u2018-\u201b]/g, "'")
      .replace(/\r\n?|[\u2028\u2029\u0085]/g, "\n")
      .toWellFormed()
      .replace(terminalEscapes, "")
      .replace(controls, "")
      .normalize("NFC");
    if (text === before) return text;
  }
}

/** Only references that are complete, semicolon and all; a name in capitals counts if nothing else has that name. */
function unescapeEntities(text: string): string {
  return text.replace(/&#?[0-9A-Za-z]{1,24};/g, (reference) => {
    if (reference.startsWith("&#")) {
      const character = unescapeNumeric(reference);
      return character === undefined || character.includes(";") ? reference : character;
    }
    const named = unescapeNamed(reference);
    // A decoded prefix, as in "&ampere;", leaves the semicolon behind.
    if (named !== reference) return named.length > 1 && named.endsWith(";") ? reference : named;
    if (reference !== reference.toUpperCase()) return reference;
    const lower = reference.toLowerCase();
    const lowerNamed = unescapeNamed(lower);
    if (lowerNamed === lower || lowerNamed.length > 1 && lowerNamed.endsWith(";")) return reference;
    return lowerNamed.toUpperCase();
  });
}

const ligatures = /[Ĳĳŉ\u01c4-\u01cc\u01f1-\u01f3\ufb00-\ufb06]/g;
const otherWidths = /[\u3000\uff01-\uffef]/g;
// deno-lint-ignore no-control-regex
const terminalEscapes = /\x1b\[[\p{Nd};]*[a-zA-Z]/gu;
// deno-lint-ignore no-control-regex
const controls = /[\0-\x08\x0b\x0e-\x1f\x7f\u206a-\u206f\ufeff\ufff9-\ufffc]/g;
