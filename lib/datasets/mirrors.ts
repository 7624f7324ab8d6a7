/**
 * Other addresses of the published files, for networks that reach no others: tried before their own. A checksum, where one is known,
 * holds for all of them.
 *
 * @module
 */

import { basename } from "node:path";
import { UserError } from "../errors.ts";
import type { Dataset, Source } from "./dataset.ts";

/** Where mirrors are. */
export interface Mirrors {
  /** An address with a folder for each data set, and its files in it: `https://mirror.example/data` for `…/caltech-101/caltech-101.zip`. */
  data?: string | undefined;
  /** A mirror of the Hugging Face Hub, as `HF_ENDPOINT` names it. */
  hub?: string | undefined;
}

/** The Hub itself. */
const HUB = "https://huggingface.co/";

/**
 * The mirrors that the environment names: `PLUMBLINE_DATA_MIRROR`, and `HF_ENDPOINT`, which the Hub's own tools go by.
 *
 * @throws {UserError} for what is no address of http or https
 */
export function mirrorsNamed(variable: (name: string) => string | undefined): Mirrors {
  const address = (name: string) => {
    const given = variable(name)?.trim();
    if (!given) return undefined;
    if (/^https?:\/\/[^/]/.test(given) && URL.canParse(given)) return given.replace(/\/+$/, "");
    throw new UserError(
      `${name} is "${given.slice(0, 200)}": give an address, such as https://mirror.example.`,
    );
  };
  return { data: address("PLUMBLINE_DATA_MIRROR"), hub: address("HF_ENDPOINT") };
}

/** The addresses of a file, mirrors first. */
export function addressesOf(
  { published }: Pick<Dataset, "published">,
  { urls, to }: Pick<Source, "urls" | "to">,
  { data, hub }: Mirrors,
): string[] {
  if (urls.length === 0) return [];
  // Google Drive's addresses name no file; what they hold is called as on disk.
  const [path] = urls.map((url) => new URL(url).pathname).filter((path) => /\.\w+$/.test(path));
  const name = path === undefined ? basename(to) : basename(path);
  return [
    ...data === undefined ? [] : [`${data}/${published?.folder ?? ""}/${name}`],
    ...hub === undefined
      ? []
      : urls.filter((url) => url.startsWith(HUB)).map((url) => `${hub}/${url.slice(HUB.length)}`),
    ...urls,
  ];
}
