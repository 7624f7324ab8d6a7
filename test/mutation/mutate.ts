/** One error at a time, of the kinds that are easily made, in the text of a module. */

/** A module's text with one error in it. */
export interface Mutant {
  /** Of the line, from 1. */
  line: number;
  /** The line as it is, and as it was made. */
  was: string;
  is: string;
  /** The whole text. */
  text: string;
}

/** Operations of lib/tensor that may be forgotten: what is left is their first input. */
const operations = /\b(?:add|sub|mul|div|scale|shift|neg|relu|abs|square|sigmoid|softmax)\(/g;

const errors: [found: RegExp, made: string][] = [
  [operations, "((x) => x)("],
  [/ \+ /g, " - "],
  [/ - /g, " + "],
  [/ \* /g, " / "],
  [/ \/ /g, " * "],
  [/ \*\* /g, " * "],
  [/ < /g, " <= "],
  [/ > /g, " >= "],
  [/ === /g, " !== "],
  [/ !== /g, " === "],
  [/(?<![\w.$-])0(?![\w.])/g, "1"],
  [/(?<![\w.$])1(?![\w.])/g, "2"],
  [/\btrue\b/g, "false"],
  [/\bfalse\b/g, "true"],
];

/** All mutants of a module. */
export function mutants(text: string): Mutant[] {
  const code = codeOf(text);
  return errors.flatMap(([found, made]) =>
    [...code.matchAll(found)].map(({ index, 0: whole }): Mutant => {
      const mutated = text.slice(0, index) + made + text.slice(index + whole.length);
      const line = text.slice(0, index).split("\n").length;
      const [was, is] = [text, mutated].map((all) => all.split("\n")[line - 1]!.trim()) as [
        string,
        string,
      ];
      return { line, was, is, text: mutated };
    })
  ).sort((a, b) => a.line - b.line);
}

/** The text with blanks, letter for letter, in place of comments, imports, texts and types. */
function codeOf(text: string): string {
  const other =
    /\/\*[\s\S]*?\*\/|\/\/.*$|^import [\s\S]*?;$|^(?:export )?(?:interface|type) [\s\S]*?(?:^}|;$)|"[^"\n]*"|`[^`]*`/gm;
  return text.replace(other, (part) => part.replace(/\S/g, " "));
}
