/**
 * Files that are named like pictures and are none, found when they are first read, before anything is trained: a page that a server
 * sent in place of a picture, an empty file, a picture of another kind.
 *
 * @module
 */
import { kindOfBytes } from "../datasets/mod.ts";
import { UserError } from "../errors.ts";

/** What is found out by looking at the start of each file. */
export function notPictures(): {
  /** Whether a file begins as a JPEG, PNG or WebP picture does. */
  sound(path: string, bytes: Uint8Array): boolean;
  /** @throws {UserError} that counts those that do not */
  refuse(): void;
} {
  const bad: string[] = [];
  return {
    sound(path, bytes) {
      const isPicture = kindOfBytes(bytes.subarray(0, 16)) === "read";
      if (!isPicture) bad.push(bytes.length === 0 ? `${path} (empty)` : path);
      return isPicture;
    },
    refuse() {
      if (bad.length === 0) return;
      bad.sort();
      throw new UserError(
        `${bad.length} ${
          bad.length === 1 ? "file is" : "files are"
        } no JPEG, PNG or WebP, whatever the name says, for example ${
          bad.slice(0, 3).join(", ")
        }: replace or remove ${bad.length === 1 ? "it" : "them"}.`,
      );
    },
  };
}
