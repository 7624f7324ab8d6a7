/** Recognises files that are not safetensors by their first bytes, and says what to do with each. */

import { UserError } from "../errors.ts";

/**
 * Refuses a Python pickle or zip archive of PyTorch's, whose loading runs the code in it, and a pointer of Git LFS.
 *
 * @param start The first bytes of the file.
 * @param end Gives its last bytes, where a zip archive lists what it holds.
 * @throws {UserError} with the command that converts it.
 */
export function refusePickle(name: string, start: Uint8Array, end: () => Uint8Array): void {
  const magic = latin1(start);
  if (magic.startsWith("PK\x03\x04")) {
    refuse(name, latin1(end()).includes("/constants.pkl") ? SCRIPT : STATE);
  }
  // Protocols 2 to 5 open with 80 and their number; so may a header's length, but then its "{" follows.
  if (start[0] === 0x80 && start[1] >= 2 && start[1] <= 5 && magic[8] !== "{") refuse(name, STATE);
  if (magic.startsWith("version ")) {
    throw new UserError(
      `${name} is a pointer of Git LFS, not the weights themselves; fetch them with: git lfs pull`,
    );
  }
}

/** OpenAI's own files are TorchScript. */
const SCRIPT = "torch.jit.load(p, map_location='cpu').state_dict()";
const STATE = "torch.load(p, map_location='cpu', weights_only=True)";

function refuse(name: string, load: string): never {
  // A command is there to be pasted: a path that a shell or Python would read otherwise is left to the user.
  const path = /["'$`\\!]/.test(name) ? "PATH" : name;
  throw new UserError(
    `${name} is a Python pickle, and loading one runs whatever code is in it; if you trust where it comes from, ` +
      `convert it once, then name the new file: python3 -c "import torch, safetensors.torch as s; p = '${path}'; ` +
      `w = ${load}; w = w.get('state_dict', w); ` +
      `s.save_file({k: v.contiguous().clone() for k, v in w.items()}, p.rsplit('.', 1)[0] + '.safetensors')"`,
  );
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
