/**
 * Files that come with this module and are no code, such as the pocket CLIP's weights: read from disk in a checkout,
 * fetched where the module was imported from the web. (JSON is imported like code instead, which needs no permission.)
 */
import { UserError } from "./errors.ts";

/**
 * The bytes of a file of this module.
 *
 * @param path from the module's root, `data/pocket/pocket.safetensors`
 * @throws {UserError} where it is missing, or may not be read or fetched: says which permission is needed
 */
export async function moduleFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const url = new URL(`../${path}`, import.meta.url);
  try {
    if (url.protocol === "file:") return await Deno.readFile(url);
    const response = await fetch(url);
    if (response.ok) return new Uint8Array(await response.arrayBuffer());
    await response.body?.cancel();
    throw new UserError(`${url.href} is not there (status ${response.status}).`);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${url.href} cannot be read: ${why(error, url)}.`);
  }
}

function why(error: unknown, url: URL): string {
  if (error instanceof Deno.errors.NotCapable) {
    return `Deno needs --allow-${url.protocol === "file:" ? "read" : `net=${url.host}`}`;
  }
  if (error instanceof Deno.errors.NotFound) return "it is not in this checkout";
  return error instanceof Error ? error.message.split("\n")[0]! : String(error);
}
