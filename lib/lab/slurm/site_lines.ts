/**
 * A site's own lines for a job script, read as `sbatch` reads them (seen in Slurm 22 to 24): whatever follows `#SBATCH` is
 * cut into words by white space, with quotes and backslashes, up to a `#`; words are options in any number, long ones in
 * any abbreviation that is not ambiguous, short ones one after the other; after the first command no more are read.
 *
 * @module
 */
import { UserError } from "../../errors.ts";

/** What a site adds to a script. */
export interface SiteLines {
  /** Options, as they stand behind `#SBATCH`. */
  directives: string[];
  /** Shell lines that run before a cell: `module load cuda`. */
  setup: string[];
}

/** Options that the runner decides itself, with their letters: a second value would break the bookkeeping. */
const ours: readonly [name: string, letter?: string][] = [
  ["array", "a"],
  ["job-name", "J"],
  ["output", "o"],
  ["error", "e"],
  ["chdir", "D"],
  ["clusters", "M"],
  ["wait", "W"],
  ...["open-mode", "requeue", "no-requeue", "wrap", "test-only", "parsable"]
    .map((name): [string] => [name]),
];

/** Letters of options that take no value, so that another letter follows: `-Ha0-3`. */
const bare = new Set("HhIkOQsuvVW");

/**
 * Reads the text of a site's file.
 *
 * @param where its name, for messages
 * @throws {UserError} for what sbatch would refuse or not read, and for an option that the runner sets itself
 */
export function siteLines(text: string, where: string): SiteLines {
  const found: SiteLines = { directives: [], setup: [] };
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    const fail = (what: string): never => {
      throw new UserError(`line ${i + 1} of ${where} ${what}`);
    };
    if (!line.startsWith("#SBATCH")) {
      if (line.trim() !== "" && !line.trimStart().startsWith("#")) found.setup.push(line);
      continue;
    }
    if (found.setup.length > 0) {
      fail("has #SBATCH after a command, where Slurm reads none: move it to the top.");
    }
    const { words, length } = cut(line.slice("#SBATCH".length), fail);
    words.forEach((word, at) => check(word, words[at - 1], fail));
    const directive = line.slice("#SBATCH".length, "#SBATCH".length + length).trim();
    if (directive !== "") found.directives.push(directive);
  }
  return found;
}

type Fail = (what: string) => never;

/** The words of a line, and where its comment begins. */
function cut(text: string, fail: Fail): { words: string[]; length: number } {
  const words: string[] = [];
  let [word, quote, escaped]: [string | undefined, string, boolean] = [undefined, "", false];
  let at = 0;
  for (; at < text.length; at++) {
    const letter = text[at];
    if (quote === "" && /\s/.test(letter!)) {
      // A backslash does not keep a blank: sbatch ends the word there all the same.
      if (word !== undefined) words.push(word);
      [word, escaped] = [undefined, false];
    } else if (escaped) [word, escaped] = [(word ?? "") + letter, false];
    else if (letter === "\\") [word, escaped] = [word ?? "", true];
    else if (letter === quote) quote = "";
    else if (quote === "" && (letter === '"' || letter === "'")) {
      [word, quote] = [word ?? "", letter];
    } else if (quote === "" && letter === "#") break;
    else word = (word ?? "") + letter;
  }
  if (quote !== "") fail(`has a ${quote} that is not closed: close it.`);
  if (word !== undefined) words.push(word);
  return { words, length: at };
}

/** Refuses a word that is an option of the runner's, and one that is neither an option nor an option's value. */
function check(word: string, before: string | undefined, fail: Fail): void {
  if (word === "--" || word.startsWith(":")) {
    fail(`has the word ${JSON.stringify(word)}: take it out.`);
  }
  if (!word.startsWith("-")) {
    const named = before?.startsWith("-") && !before.includes("=");
    if (!named) fail(`has the word ${JSON.stringify(word)}, which is no option: take it out.`);
    return;
  }
  const name = word.startsWith("--") ? long(word) : short(word);
  if (name === undefined) return;
  fail(
    `sets --${name}, which the runner sets itself: take it out` +
      (name === "array" ? " and use --slurm at-once=N." : "."),
  );
}

/** Which of ours a long option is, in full or abbreviated. */
function long(word: string): string | undefined {
  const given = word.slice(2).split("=")[0]!;
  return ours.find(([name]) => name.startsWith(given))?.[0];
}

/** Which of ours is among short options. */
function short(word: string): string | undefined {
  for (const letter of word.slice(1)) {
    const found = ours.find(([, short]) => short === letter)?.[0];
    if (found !== undefined || !bare.has(letter)) return found;
  }
}
