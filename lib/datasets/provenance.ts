/**
 * Where the addresses and checksums of the published data sets were found. None could be fetched from where they were collected:
 * what is known of a file's length and checksum is what the named collections recorded of it.
 *
 * @module
 */

import type { Source } from "./dataset.ts";

/** The layouts, split files and most addresses. */
export const COOP = {
  where: "KaiyangZhou/CoOp DATASETS.md at ff61507 (2022-10-08)",
  when: "2026-11-21",
};

/** Lengths and SHA-256 checksums. */
export const TFDS = "checksums of TensorFlow Datasets 4.9.10";

/** A split file of CoOp's authors, on Google Drive. */
export function coopSplit(file: string, id: string): Source {
  return {
    what: "split file",
    urls: [`https://drive.google.com/uc?export=download&id=${id}`],
    to: file,
    found: COOP,
  };
}
