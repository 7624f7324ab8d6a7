/** Recognises files that are not safetensors by their first bytes, and says what to do with each. */

import { UserError } from "../errors.ts";

/**
 * Refuses PyTorch's files where safetensors are read, and a pointer of Git LFS.
 *
 * @param start The first bytes of the file.
 * @throws {UserError} saying where such a file is read.
 */
export function refusePickle(name: string, start: Uint8Array): void {
  const magic = latin1(start);
  // Protocols 2 to 5 open with 80 and their number; so may a header's length, but then its "{" follows.
  const isPickle = start[0] === 0x80 && start[1]! >= 2 && start[1]! <= 5 && magic[8] !== "{";
  if (isPickle || magic.startsWith("PK\x03\x04")) {
    throw new UserError(
      `${name} is a file of PyTorch's, not safetensors: as a CLIP's weights it is read by its path (--clip, loadClip), ` +
        "as any other by readTorch.",
    );
  }
  if (magic.startsWith("version ")) {
    throw new UserError(
      `${name} is a pointer of Git LFS, not the weights themselves; fetch them with: git lfs pull`,
    );
  }
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
