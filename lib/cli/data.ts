/**
 * `deno task data`: fetches, checks and lists data sets; draws few-shot samples; writes the data-set cards of the docs.
 *
 * @module
 */

import { join } from "node:path";
import { UserError } from "../errors.ts";
import {
  checkDataset,
  type Dataset,
  dataset,
  datasets,
  drawPocket,
  fetchDataset,
  fewShot,
  type Item,
  mirrorsNamed,
  pocketSets,
  pocketShifts,
  readSplit,
  stateOf,
} from "../datasets/mod.ts";
import { writeSheet } from "../datasets/contact_sheet.ts";
import { bytesOf, datasetCards, formatBytes } from "./data_cards.ts";
import { argument, flag, integer, type Option, parse, text, UsageError } from "./options.ts";
import { progress } from "./progress.ts";
import { run } from "./run.ts";
import { print } from "../terminal.ts";

const options = {
  all: flag("every published data set"),
  check: flag("check what is there, file by file and image by image, instead of fetching"),
  list: flag("say of each whether it is there, its size, licence and citation"),
  root: text("DIR", "the folder that the data sets lie under", "datasets"),
};

const summary =
  "Fetches and checks data sets: data eurosat dtd, data --all --check, data --list; draws those of the pocket suite; lists and checks your own (data folder:./birds --check). Further: data sample SPLIT.json " +
  "--shots K --seed S prints a few-shot sample; data sheet NAME --out FILE draws a contact sheet; data cards --out FILE " +
  "writes the data-set cards.";

/**
 * What the command does with its arguments.
 *
 * @param say takes the lines of its output
 * @param silent no progress display
 * @returns the exit code: 1 when a data set is not whole
 * @throws {UserError} for wrong usage, names and files
 */
export async function data(
  args: readonly string[],
  say: (line: string) => void,
  { silent = false }: { silent?: boolean } = {},
): Promise<number> {
  const [first, ...rest] = args;
  if (first === "sample") return await sample(rest, say);
  if (first === "sheet") return await sheet(rest, say);
  if (first === "cards") return await cards(rest);
  const { names, all, check, list, root } = parseNames(args);
  const chosen = all
    ? [...datasets]
    : list && names.length === 0
    ? [...datasets, ...pocket]
    : names.map((name) => dataset(name));
  if (list) return await listed(chosen, root, say);
  if (chosen.length === 0) {
    throw new UsageError("data: name a data set, or give --all or --list. See data --help.");
  }
  let code = 0;
  for (const set of chosen) {
    const whole = check
      ? await checked(set, root, all, say, silent)
      : await fetched(set, root, say, silent);
    if (!whole) code = 1;
  }
  return code;
}

/** The options, with as many names as are given. */
function parseNames(args: readonly string[]) {
  const places: Record<string, Option<string>> = Object.fromEntries(
    (args.length === 0 ? [""] : args).map((
      _,
      i,
    ) => [`name${i}`, argument("NAME", "a data set", "")]),
  );
  const values = parse("data", { ...options, ...places }, args, summary);
  const { all, check, list, root } = values;
  const names = Object.keys(places).map((place) => String(Reflect.get(values, place))).filter((
    name,
  ) => name !== "");
  return { names, all, check, list, root };
}

async function fetched(
  set: Dataset,
  root: string,
  say: (line: string) => void,
  silent: boolean,
): Promise<boolean> {
  if (!set.published) return await drawn(set, root, say);
  const display = progress(set.title, { silent });
  const results = await fetchDataset(
    set,
    root,
    (note, done, total) => display.update(done, total ?? done + 1, note),
    undefined,
    mirrorsNamed((name) => Deno.env.get(name)),
  )
    .finally(() => display.stop());
  for (const { source, outcome, problem, noted } of results) {
    const done = `${source.what}: ${outcome === "there" ? "there already" : "fetched"}.`;
    const note = noted
      ? ` No checksum of it is published: SHA-256 ${noted} is noted in ${root}/checksums.json.`
      : "";
    say(`${set.name}: ${problem ?? done + note}`);
  }
  return results.every((result) => result.outcome !== "failed");
}

/** Of the pocket suite: drawn where it is not there. */
const pocket: readonly Dataset[] = [...pocketSets, ...pocketShifts];

async function drawn(set: Dataset, root: string, say: (line: string) => void): Promise<boolean> {
  if (!pocket.some(({ name }) => name === set.name)) {
    throw new UserError(
      `${set.title} is your own data: there is nothing to fetch. --check looks at every picture, --list says what is there.`,
    );
  }
  const before = await isThere(set, root);
  await drawPocket(root, [set.name]);
  say(`${set.name}: ${before ? "there already" : "drawn"}, in ${join(root, set.name)}.`);
  return true;
}

async function isThere({ name }: Dataset, root: string): Promise<boolean> {
  return await Deno.stat(join(root, name)).then(() => true, () => false);
}

async function checked(
  set: Dataset,
  root: string,
  all: boolean,
  say: (line: string) => void,
  silent: boolean,
): Promise<boolean> {
  if (all && await stateOf(set, root) === "not there") {
    say(`${set.name}: not there.`);
    return true;
  }
  const display = progress(set.title, { silent });
  const problems = await checkDataset(
    set,
    root,
    (done, total) => display.update(done, total, "images"),
  )
    .finally(() => display.stop());
  const good = set.published ? "as published, every image read" : "every image read";
  if (problems.length === 0) say(`${set.name}: ${good}.`);
  for (const problem of problems) say(`${set.name}: ${problem}`);
  return problems.length === 0;
}

async function listed(
  chosen: Dataset[],
  root: string,
  say: (line: string) => void,
): Promise<number> {
  for (const set of chosen) {
    const { published } = set;
    if (!published) {
      say(await ownLine(set, root));
      continue;
    }
    const unverified = published.sources.filter((source) =>
      source.urls.length > 0 && !source.verified
    );
    say(
      `${set.name}: ${await stateOf(set, root)} · ${
        formatBytes(bytesOf(published))
      } · ${published.licence}`,
    );
    say(`    ${published.citation}`);
    const { found } = published.sources[0]!;
    if (unverified.length > 0) {
      say(
        `    addresses not verified by fetching: ${
          unverified.map((s) => s.what).join(", ")
        } (found ${found.when})`,
      );
    }
  }
  return 0;
}

/** What there is to say of a set that is not published. */
async function ownLine(set: Dataset, root: string): Promise<string> {
  if (pocket.some(({ name }) => name === set.name)) {
    const state = await isThere(set, root) ? "there" : "not there";
    return `${set.name}: ${state} · drawn by this project, here or on first use`;
  }
  const { classNames, train, val, test, assumed = [] } = await set.load(root);
  const counts = [train, val, test].map(({ length }) => length).join("/");
  return [
    `${set.name}: ${classNames.length} classes, ${counts} images to train, validate and test on`,
    ...assumed,
  ]
    .join("; ") + ".";
}

async function sample(args: readonly string[], say: (line: string) => void): Promise<number> {
  const { split, shots, seed } = parse(
    "data sample",
    {
      split: argument("SPLIT.json", "a split file in CoOp's format"),
      shots: integer("training images per class; val has at most 4", 16, 1),
      seed: integer("the seed of Python's random", 1),
    },
    args,
    'Prints the few-shot sample that the published code draws: {"train": [[path, label, class], …], "val": …}.',
  );
  const { train, val } = fewShot(await readSplit(split), shots, seed);
  const rows = (items: Item[]) => items.map((item) => [item.path, item.label, item.className]);
  say(JSON.stringify({ train: rows(train), val: rows(val) }));
  return 0;
}

async function sheet(args: readonly string[], say: (line: string) => void): Promise<number> {
  const { name, root, out } = parse(
    "data sheet",
    {
      name: argument("NAME", "a data set, or folder:PATH"),
      root: options.root,
      out: text("FILE", "the JPEG to write", "sheet.jpg"),
    },
    args,
    "Draws a contact sheet of the images that are there: one of each of up to 48 classes.",
  );
  const count = await writeSheet(await dataset(name).load(root), out);
  say(`${out}: ${count} classes.`);
  return 0;
}

async function cards(args: readonly string[]): Promise<number> {
  const { out } = parse(
    "data cards",
    { out: text("FILE", "the Markdown to write", "docs/datasets.md") },
    args,
    "Writes the data-set cards, with the contact sheets that lie beside them in datasets/.",
  );
  await Deno.writeTextFile(`${out}.part`, await datasetCards(out));
  await Deno.rename(`${out}.part`, out);
  return 0;
}

if (import.meta.main) await run(() => data(Deno.args, print));
