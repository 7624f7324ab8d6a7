/**
 * Does a text look like mojibake, that is, like UTF-8 read in another encoding? The heuristic is ftfy 6.3.1's (R. Speer,
 * Apache-2.0): the few hundred characters that occur in mojibake fall into kinds, and some neighbourhoods of kinds are
 * far likelier to be a mistake than to be meant. The kinds and the neighbourhoods are facts of that program, set down
 * here in a notation of our own: `{a b}` is one character of kind a or b, everything else is a regular expression.
 */

/** Whether `text` has a sequence of characters that hardly anyone writes on purpose. */
export function isBad(text: string): boolean {
  return unlikely.test(text);
}

const kinds: Record<string, string> = {
  common: "\\u00a0\\u00ad´·–-―’…",
  c1: "\\u0080-\\u009f",
  bad: "¤¦¨ª¬¯¸ºƒˆˇ˘˛˜†‡‰⌐◊\\ufffd",
  law: "§¶",
  currency: "¢£¥₧€",
  start: "¡©«¿΄΅‘‚“„•‹\\uf8ff",
  end: "®»˝”›™",
  numeric: "±-³µ¹¼-¾×÷⁄№∂∆∏∑√∞∩∫≈≠≡≤≥",
  kaomoji: "°Ò-ÖÙ-Üò-öø-üŌŐŪŲ",
  upper: "À-ÑØÜÝĀĂĄĆČĎĐĒĖĘĚĞĢĪİĶĹĻĽŁŃŅŇŒŘŚŞŠŢŤŮŰŸŹŻŽҐ",
  lower: "ß-ñüāăąćčďđēėęěğģīįķĺļľłœŕśşšťźżžґﬁﬂ",
  plainUpper: "ÞΆΈ-ΊΌΎΏΑ-ΫЁ-Я",
  plainLower: "ά-ωа-џ",
  box: "│┌┐┘├┤┬┼═-╬▀▄█▌▐-▓",
  // Python's \w and \s, which differ from JavaScript's.
  word: "\\p{L}\\p{N}_",
  space:
    "\\t-\\r\\u001c-\\u0020\\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000",
};

const neighbourhoods = [
  "{c1}",
  "{bad lower upper box start end currency numeric law}{bad}",
  "[a-zA-Z]{plainLower plainUpper}{bad}",
  "{bad}{lower upper box start end currency numeric law}",
  "{lower plainLower box end currency numeric}{upper}",
  "{box end currency numeric}{lower}",
  "{lower box end}{currency}",
  "{space}{upper}{currency}",
  "{upper box}{numeric law}",
  "{lower upper box currency end}{start}{numeric}",
  "{lower upper currency numeric box law}{end}{start}",
  "{currency numeric box}{start}",
  "[a-z]{upper}{start currency}",
  "{box}{kaomoji}",
  "{lower upper currency numeric start end law}{box}",
  "{box}{end}",
  "{lower upper}{start end}{word}",
  "[Œœ][^A-Za-z]",
  "{upper}°",
  // Windows-1252 read from UTF-8: two-byte sequences, Arabic, the Indic scripts.
  "[ÂÃÎÐ](?:[€œŠš¢£Ÿž\\u00a0\\u00ad®©°·»–—´]|{start end})",
  "×[²³]",
  "(?:[ØÙ](?:[ŸŠ®°µ»]|{common currency bad numeric start})){2}",
  "à[²µ¹¼½¾]",
  // MacRoman.
  "√[±∂†≠®™´≤≥¥µø]",
  "≈[°¢]",
  "‚Ä[ìîïòôúùû†°¢π]",
  "‚[âó][àä°ê]",
  // Windows-1251.
  "вЂ",
  "[ВГРС](?:[°µ]|{c1 bad start end currency})[ВГРС]",
  "ГўВЂВ[^\\n][A-Za-z ]",
  // A lost no-break space, or none lost at all.
  "Ã[\\u00a0¡]",
  "[a-z]{space}?[ÃÂ] ",
  "^[ÃÂ] ",
  "(?:[a-z.,?!]|{end})Â(?: |{start end})",
  // Windows-1253 and 1257.
  "β€[™\\u00a0Ά\\u00ad®°]",
  "[ΒΓΞΟ](?:°|{c1 bad start end currency})[ΒΓΞΟ]",
  "ā€",
];

const unlikely = new RegExp(
  neighbourhoods.map((n) =>
    n.replace(/\{([a-zA-Z1 ]+)\}/g, (_, names) => `[${ofKinds(names.split(" "))}]`)
  ).join("|"),
  "u",
);

function ofKinds(names: string[]): string {
  return names.map((name) => kinds[name]).join("");
}
