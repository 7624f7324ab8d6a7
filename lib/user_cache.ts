/**
 * Where this user's caches are: weights, features, the native backend.
 *
 * @module
 */
import { UserError } from "./errors.ts";

/**
 * The folder `plumbline/NAME` in the user's cache folder; undefined where the environment names no home (in a container
 * HOME may be `/`, which is nobody's).
 */
export function userCache(name: string): string | undefined {
  const named = variable("XDG_CACHE_HOME");
  if (named?.startsWith("/")) return `${named}/plumbline/${name}`;
  const home = variable("HOME")?.replace(/\/+$/, "");
  return home ? `${home}/.cache/plumbline/${name}` : undefined;
}

/** What to do where there is no cache, or none that can be written. */
export const NO_CACHE = "set HOME or XDG_CACHE_HOME to a folder that you can write";

/**
 * Makes a folder of a cache, for this user alone where it is new.
 *
 * @throws {UserError} when it cannot be made
 */
export async function makeCache(folder: string): Promise<void> {
  try {
    await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
    if (Deno.build.os === "windows") return;
    // Listing says nothing about writing.
    const probe = await Deno.makeTempFile({ dir: folder, prefix: ".probe" });
    await Deno.remove(probe);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable || !(error instanceof Error)) throw error;
    const [reason] = error.message.split(/: \w+ '/);
    throw new UserError(`The cache ${folder} cannot be written (${reason}): ${NO_CACHE}.`);
  }
}

/** A variable of the environment that may be read; undefined where it is empty or there is no environment, too. */
export function variable(name: string): string | undefined {
  if (!("Deno" in globalThis)) return undefined;
  if (Deno.permissions.querySync({ name: "env", variable: name }).state !== "granted") {
    return undefined;
  }
  return Deno.env.get(name) || undefined;
}
