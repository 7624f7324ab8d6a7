/**
 * Where the weights lie that `--clip` names.
 *
 * @module
 */
import { UserError } from "../../errors.ts";

/**
 * The path itself when something is there.
 *
 * @throws {UserError} when there is nothing
 */
export async function weightsPath(given: string): Promise<string> {
  try {
    await Deno.stat(given);
    return given;
  } catch {
    throw new UserError(
      `there are no weights at ${given}: name a safetensors file or a folder with one`,
    );
  }
}
