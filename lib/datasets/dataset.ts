/**
 * What a data set is to the rest of the project: labelled image files in three splits, class names and a prompt template.
 *
 * @module
 */

/**
 * One labelled image.
 *
 * @category Load
 */
export interface Item {
  /** The image file, absolute or relative to the working directory. */
  path: string;
  /** Class index, from 0. */
  label: number;
  /** The class's name as it is written into a prompt. */
  className: string;
}

/** The three splits of a data set; few-shot and base/new selections have the same shape. */
export interface Splits {
  /** Images to train on. */
  train: Item[];
  /** Images to validate on. */
  val: Item[];
  /** Images to test on. */
  test: Item[];
}

/**
 * A data set read from disk: its splits, its class names by label, and the template its prompts use.
 *
 * @category Load
 */
export interface LoadedDataset extends Splits {
  /** Short name, as on the command line: `eurosat`. */
  name: string;
  /** The papers' name of it: `EuroSAT`. */
  title: string;
  /** The custom prompt template, with `{}` where the class name goes: `a centered satellite photo of {}.` */
  template: string;
  /** Class names, by label. */
  classNames: string[];
  /** Where the splits come from: the split file's path, or the rule that made them. */
  splitFrom: string;
  /** Several templates to average over, where the user gave them; `template` is the first. */
  templates?: readonly string[];
  /** Training images of each class by label, where they are to differ. */
  shotsPerClass?: readonly number[];
  /** What was assumed of it or left out, a sentence each: records and reports say it. */
  assumed?: readonly string[];
}

/**
 * A data set that can be read from disk.
 *
 * @category Load
 */
export interface Dataset {
  /** Short name, as on the command line: `eurosat`. */
  readonly name: string;
  /** The papers' name of it: `EuroSAT`. */
  readonly title: string;
  /** The custom prompt template, with `{}` where the class name goes. */
  readonly template: string;
  /** What is published about it; absent for a user's own. */
  readonly published?: Published | undefined;
  /** URL of the module that defines it, where it has one: other processes import it from there. */
  readonly module?: string | undefined;
  /**
   * Reads splits and class names (not the images) from `root`, the folder that all data sets lie under.
   *
   * @throws {UserError} if folders or files that it needs are missing or malformed
   */
  load(root: string): Promise<LoadedDataset>;
}

/** What is published about a data set: enough to fetch, check and cite it. */
export interface Published {
  /** The folder it has under the root, as CoOp's DATASETS.md lays it out: `caltech-101`. */
  folder: string;
  /** Published numbers of classes and of images in each split; 0 images where there is no such split. */
  counts: Counts;
  /** The address of the data set's own page. */
  homepage: string;
  /** Under what terms the images may be used, in a few words. */
  licence: string;
  /** How to cite the data set. */
  citation: string;
  /** The files to fetch, in this order. */
  sources: Source[];
}

/** Numbers of classes and of images in each split. */
export interface Counts {
  /** Number of classes. */
  classes: number;
  /** Images to train on. */
  train: number;
  /** Images to validate on. */
  val: number;
  /** Images to test on. */
  test: number;
}

/** One file to fetch, from the first of its addresses that has it, or by hand. */
export interface Source {
  /** What it is, for messages: `images`, `split file`. */
  what: string;
  /** Addresses, tried in order; none where it can only be had by hand. */
  urls: string[];
  /** Where it goes, under the data set's folder: the file itself, or the folder an archive puts there. */
  to: string;
  /** Present for archives: which of its entries go to `to`. */
  unpack?: Unpack;
  /** What to do by hand where no address works: a licence to accept, a page that is gone. */
  byHand?: string;
  /** Length in bytes. */
  bytes?: number;
  /** SHA-256 in hexadecimal, where known. */
  sha256?: string;
  /** Where the addresses, the length and the checksum were found, and when. */
  found: { where: string; when: string };
  /** When the addresses were last seen to work, by fetching them; absent: never. */
  verified?: string;
}

/** How an archive is unpacked. Its format is read off its first bytes. */
export interface Unpack {
  /** The folder in the archive that becomes the target folder; `""` for all of it. */
  folder: string;
  /** An archive inside the archive that holds the images. */
  inner?: string | undefined;
}
