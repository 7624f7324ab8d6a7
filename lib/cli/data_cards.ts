/**
 * Data-set cards in Markdown, from the data sets' own descriptions: `docs/datasets.md`.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { type Dataset, datasets, type Published, type Source } from "../datasets/mod.ts";

/**
 * The cards of all published data sets. A contact sheet `datasets/NAME.jpg` is shown where it lies beside `file`.
 *
 * @param file where the cards will be written
 */
export async function datasetCards(file: string): Promise<string> {
  const cards = await Promise.all(datasets.map((set) => card(set, file)));
  return [
    "<!-- deno-fmt-ignore-file -->",
    "",
    "# Data sets",
    "",
    "Written by `deno task data cards` from `lib/datasets/`; do not edit.",
    "",
    "Lengths and checksums are those that the named collections recorded. **No address has been verified by fetching it**, except",
    "where a card gives the day.",
    "",
    "The [pocket suite](pocket.md), eleven small sets and four shifts that stand in for these offline, is drawn on first use.",
    "",
    "| data set | name | classes | train | val | test | size |",
    "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ...datasets.map(({ title, name, published }) => {
      const { classes, train, val, test } = published!.counts;
      return `| [${title}](#${title.toLowerCase()}) | \`${name}\` | ${
        [classes, train, val, test].join(" | ")
      } | ${formatBytes(bytesOf(published!))} |`;
    }),
    "",
    ...cards,
  ].join("\n");
}

/** The known bytes of all files to fetch. */
export function bytesOf({ sources }: Published): { known: number; complete: boolean } {
  // Files of unknown length that are no archives are label and split files, too small to count.
  const large = sources.filter((source) =>
    source.unpack || source.bytes || source.urls.length === 0
  );
  return {
    known: large.reduce((sum, source) => sum + (source.bytes ?? 0), 0),
    complete: large.every((source) => source.bytes !== undefined),
  };
}

/** `94 MB`, `more than 1.2 GB`, `size unknown`. */
export function formatBytes({ known, complete }: { known: number; complete: boolean }): string {
  if (known === 0) return "size unknown";
  const [unit, name] = known >= 1e9 ? [1e9, "GB"] : known >= 1e6 ? [1e6, "MB"] : [1e3, "kB"];
  return `${complete ? "" : "more than "}${Number((known / unit).toPrecision(3))} ${name}`;
}

async function card({ name, title, template, published }: Dataset, file: string): Promise<string> {
  const { folder, counts, homepage, licence, citation, sources } = published!;
  const sheet = `datasets/${name}.jpg`;
  const shown = await Deno.stat(join(dirname(file), sheet)).then(() => true, () => false);
  return [
    `## ${title}`,
    "",
    ...shown ? [`![One image of each class of ${title}](${sheet})`, ""] : [],
    `- Fetch: \`deno task data ${name}\`; folder \`${folder}/\``,
    `- Classes: ${counts.classes}; images: ${counts.train} train, ${counts.val} val, ${counts.test} test`,
    `- Prompt: \`${template}\``,
    `- Licence: ${licence}`,
    `- Home: <${homepage}>`,
    `- Cite: ${citation}`,
    "- Files:",
    ...sources.map(line),
    "",
  ].join("\n");
}

function line(source: Source): string {
  const facts = [
    source.bytes === undefined ? "length unknown" : `${source.bytes} bytes`,
    source.sha256 === undefined ? "checksum unknown" : `SHA-256 \`${source.sha256}\``,
    `found ${source.found.when} in ${source.found.where}`,
    source.verified === undefined ? "not verified" : `verified ${source.verified}`,
  ];
  const from = source.urls.length === 0
    ? "by hand"
    : source.urls.map((url) => `<${url}>`).join(" or ");
  const hand = source.byHand ? ` ${source.byHand}.` : "";
  return `  - ${source.what} (\`${source.to || "the whole folder"}\`): ${from}; ${
    facts.join("; ")
  }.${hand}`;
}
